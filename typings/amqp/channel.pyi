from collections.abc import Callable
from typing import Any, NamedTuple, Self

from amqp.basic_message import Message
from amqp.connection import Connection

class queue_declare_ok_t(NamedTuple):
    queue: str
    message_count: int
    consumer_count: int

class Channel:
    channel_id: int
    connection: Connection
    events: dict[str, set[Callable[..., Any]]]
    def __enter__(self) -> Self: ...
    def __exit__(self, *exc_info: object) -> None: ...
    def basic_ack(self, delivery_tag: int, multiple: bool = ...) -> None: ...
    def basic_cancel(self, consumer_tag: str, nowait: bool = ...) -> Any: ...
    def basic_consume(
        self,
        queue: str = ...,
        consumer_tag: str = ...,
        no_local: bool = ...,
        no_ack: bool = ...,
        exclusive: bool = ...,
        nowait: bool = ...,
        callback: Callable[[Message], Any] | None = ...,
        arguments: dict[str, Any] | None = ...,
        on_cancel: Callable[[str], Any] | None = ...,
    ) -> Any: ...
    def basic_get(self, queue: str = ..., no_ack: bool = ...) -> Message | None: ...
    def basic_publish(
        self,
        msg: Message,
        exchange: str = ...,
        routing_key: str = ...,
        mandatory: bool = ...,
        immediate: bool = ...,
        timeout: float | None = ...,
        confirm_timeout: float | None = ...,
    ) -> Any: ...
    def basic_qos(self, prefetch_size: int, prefetch_count: int, a_global: bool) -> Any: ...
    def basic_reject(self, delivery_tag: int, requeue: bool) -> None: ...
    def close(self, *args: Any, **kwargs: Any) -> None: ...
    def confirm_select(self, nowait: bool = ...) -> Any: ...
    def exchange_declare(
        self,
        exchange: str,
        type: str,
        passive: bool = ...,
        durable: bool = ...,
        auto_delete: bool = ...,
        nowait: bool = ...,
        arguments: dict[str, Any] | None = ...,
    ) -> Any: ...
    def queue_bind(
        self,
        queue: str,
        exchange: str = ...,
        routing_key: str = ...,
        nowait: bool = ...,
        arguments: dict[str, Any] | None = ...,
    ) -> Any: ...
    def queue_declare(
        self,
        queue: str = ...,
        passive: bool = ...,
        durable: bool = ...,
        exclusive: bool = ...,
        auto_delete: bool = ...,
        nowait: bool = ...,
        arguments: dict[str, Any] | None = ...,
    ) -> queue_declare_ok_t: ...
    def queue_delete(
        self, queue: str = ..., if_unused: bool = ..., if_empty: bool = ..., nowait: bool = ...
    ) -> Any: ...
    def queue_purge(self, queue: str = ..., nowait: bool = ...) -> int: ...
