from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from kombu.connection import Connection
from kombu.entity import Exchange, Queue
from kombu.message import Message
from kombu.transport.base import Channel

class Producer:
    def __init__(
        self,
        channel: Channel | Connection,
        exchange: Exchange | str | None = ...,
        routing_key: str | None = ...,
        serializer: str | None = ...,
        auto_declare: bool | None = ...,
        compression: str | None = ...,
        on_return: Callable[..., None] | None = ...,
    ) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
    @property
    def channel(self) -> Channel: ...
    @property
    def connection(self) -> Connection | None: ...
    def close(self) -> None: ...
    def publish(
        self,
        body: Any,
        routing_key: str | None = ...,
        delivery_mode: int | str | None = ...,
        mandatory: bool = ...,
        immediate: bool = ...,
        priority: int = ...,
        content_type: str | None = ...,
        content_encoding: str | None = ...,
        serializer: str | None = ...,
        headers: Mapping[str, Any] | None = ...,
        compression: str | None = ...,
        exchange: Exchange | str | None = ...,
        retry: bool = ...,
        retry_policy: Mapping[str, Any] | None = ...,
        declare: Sequence[Exchange | Queue] | None = ...,
        expiration: float | None = ...,
        timeout: float | None = ...,
        confirm_timeout: float | None = ...,
        **properties: Any,
    ) -> Any: ...
    def release(self) -> None: ...
    def revive(self, channel: Channel) -> None: ...

class Consumer:
    accept: set[str] | None
    callbacks: list[Callable[[Any, Message], None]]
    on_decode_error: Callable[[Message, Exception], None] | None
    on_message: Callable[[Message], None] | None
    def __init__(
        self,
        channel: Channel | Connection,
        queues: Queue | Sequence[Queue] | None = ...,
        no_ack: bool | None = ...,
        auto_declare: bool | None = ...,
        callbacks: Sequence[Callable[[Any, Message], None]] | None = ...,
        on_decode_error: Callable[[Message, Exception], None] | None = ...,
        on_message: Callable[[Message], None] | None = ...,
        accept: Iterable[str] | None = ...,
        prefetch_count: int | None = ...,
        tag_prefix: str | None = ...,
    ) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
    @property
    def channel(self) -> Channel: ...
    @property
    def connection(self) -> Connection | None: ...
    @property
    def queues(self) -> list[Queue]: ...
    def add_queue(self, queue: Queue) -> Queue: ...
    def cancel(self) -> None: ...
    def cancel_by_queue(self, queue: Queue | str) -> None: ...
    def close(self) -> None: ...
    def consume(self, no_ack: bool | None = ...) -> None: ...
    def consuming_from(self, queue: Queue | str) -> bool: ...
    def declare(self) -> None: ...
    def flow(self, active: bool) -> None: ...
    def purge(self) -> int: ...
    def qos(
        self, prefetch_size: int = ..., prefetch_count: int = ..., apply_global: bool = ...
    ) -> None: ...
    def receive(self, body: Any, message: Message) -> None: ...
    def recover(self, requeue: bool = ...) -> None: ...
    def register_callback(self, callback: Callable[[Any, Message], None]) -> None: ...
    def revive(self, channel: Channel) -> None: ...
