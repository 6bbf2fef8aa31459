from collections.abc import Mapping
from typing import Any

class Channel:
    """What the AMQP and the in-memory channel have in common."""

    connection: Any
    def basic_ack(self, delivery_tag: Any, multiple: bool = ...) -> Any: ...
    def basic_cancel(self, consumer_tag: str, nowait: bool = ...) -> Any: ...
    def basic_get(self, queue: str = ..., no_ack: bool = ...) -> Any: ...
    def basic_qos(
        self, prefetch_size: int = ..., prefetch_count: int = ..., a_global: bool = ...
    ) -> Any: ...
    def basic_reject(self, delivery_tag: Any, requeue: bool = ...) -> Any: ...
    def close(self) -> None: ...
    def exchange_declare(self, exchange: str, type: str, *args: Any, **kwargs: Any) -> Any: ...
    def exchange_delete(self, exchange: str, if_unused: bool = ..., nowait: bool = ...) -> Any: ...
    def queue_bind(
        self,
        queue: str,
        exchange: str = ...,
        routing_key: str = ...,
        nowait: bool = ...,
        arguments: Mapping[str, Any] | None = ...,
    ) -> Any: ...
    def queue_declare(
        self,
        queue: str = ...,
        passive: bool = ...,
        durable: bool = ...,
        exclusive: bool = ...,
        auto_delete: bool = ...,
        nowait: bool = ...,
        arguments: Mapping[str, Any] | None = ...,
    ) -> Any: ...
    def queue_delete(
        self, queue: str = ..., if_unused: bool = ..., if_empty: bool = ..., nowait: bool = ...
    ) -> Any: ...
    def queue_purge(self, queue: str = ..., nowait: bool = ...) -> Any: ...

class Transport:
    driver_type: str
    driver_name: str
    connection_errors: tuple[type[BaseException], ...]
    channel_errors: tuple[type[BaseException], ...]
    recoverable_connection_errors: tuple[type[BaseException], ...]
    recoverable_channel_errors: tuple[type[BaseException], ...]
