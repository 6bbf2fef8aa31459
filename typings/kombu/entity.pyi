from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from kombu.message import Message
from kombu.transport.base import Channel

TRANSIENT_DELIVERY_MODE: int
PERSISTENT_DELIVERY_MODE: int

class _MaybeChannelBound:
    @property
    def channel(self) -> Channel: ...
    @property
    def is_bound(self) -> bool: ...
    def __call__(self, channel: Channel) -> Self: ...
    def bind(self, channel: Channel) -> Self: ...

class Exchange(_MaybeChannelBound):
    name: str
    type: str
    durable: bool
    auto_delete: bool
    passive: bool
    arguments: Mapping[str, Any] | None
    def __init__(
        self,
        name: str = ...,
        type: str = ...,
        channel: Channel | None = ...,
        *,
        durable: bool = ...,
        auto_delete: bool = ...,
        delivery_mode: int | str = ...,
        arguments: Mapping[str, Any] | None = ...,
        passive: bool = ...,
        no_declare: bool = ...,
        **kwargs: Any,
    ) -> None: ...
    def declare(
        self, nowait: bool = ..., passive: bool | None = ..., channel: Channel | None = ...
    ) -> Any: ...
    def delete(self, if_unused: bool = ..., nowait: bool = ...) -> Any: ...
    def publish(
        self,
        message: Any,
        routing_key: str | None = ...,
        mandatory: bool = ...,
        immediate: bool = ...,
        exchange: str | None = ...,
    ) -> Any: ...

class binding:
    exchange: Exchange | None
    routing_key: str | None
    def __init__(
        self,
        exchange: Exchange | None = ...,
        routing_key: str = ...,
        arguments: Mapping[str, Any] | None = ...,
        unbind_arguments: Mapping[str, Any] | None = ...,
    ) -> None: ...

class Queue(_MaybeChannelBound):
    name: str
    exchange: Exchange
    routing_key: str
    durable: bool
    exclusive: bool
    auto_delete: bool
    no_ack: bool
    queue_arguments: Mapping[str, Any] | None
    def __init__(
        self,
        name: str = ...,
        exchange: Exchange | None = ...,
        routing_key: str = ...,
        channel: Channel | None = ...,
        bindings: Sequence[binding] | None = ...,
        on_declared: Callable[..., None] | None = ...,
        *,
        durable: bool = ...,
        exclusive: bool = ...,
        auto_delete: bool = ...,
        no_ack: bool = ...,
        no_declare: bool = ...,
        queue_arguments: Mapping[str, Any] | None = ...,
        expires: float | None = ...,
        message_ttl: float | None = ...,
        max_length: int | None = ...,
        max_priority: int | None = ...,
        **kwargs: Any,
    ) -> None: ...
    def bind_to(
        self,
        exchange: Exchange | str = ...,
        routing_key: str = ...,
        arguments: Mapping[str, Any] | None = ...,
        nowait: bool = ...,
        channel: Channel | None = ...,
    ) -> Any: ...
    def consume(
        self,
        consumer_tag: str = ...,
        callback: Callable[[Any], None] | None = ...,
        no_ack: bool | None = ...,
        nowait: bool = ...,
        on_cancel: Callable[[str], None] | None = ...,
    ) -> Any: ...
    def declare(self, nowait: bool = ..., channel: Channel | None = ...) -> str: ...
    def delete(self, if_unused: bool = ..., if_empty: bool = ..., nowait: bool = ...) -> Any: ...
    def get(self, no_ack: bool | None = ..., accept: Sequence[str] | None = ...) -> Message | None: ...
    def purge(self, nowait: bool = ...) -> int: ...
    def queue_bind(self, nowait: bool = ..., channel: Channel | None = ...) -> Any: ...
    def queue_declare(
        self, nowait: bool = ..., passive: bool = ..., channel: Channel | None = ...
    ) -> Any: ...
    def unbind_from(
        self,
        exchange: Exchange | str = ...,
        routing_key: str = ...,
        arguments: Mapping[str, Any] | None = ...,
        nowait: bool = ...,
        channel: Channel | None = ...,
    ) -> Any: ...
