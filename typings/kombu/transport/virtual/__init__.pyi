from typing import Any

from kombu import message as _message
from kombu.transport import base as _base

class Message(_message.Message):
    def __init__(self, payload: Any, channel: Any = ..., **kwargs: Any) -> None: ...
    def serializable(self) -> dict[str, Any]: ...

class Channel(_base.Channel):
    Message: type[Message]
    def basic_publish(
        self, message: Any, exchange: str, routing_key: str, **kwargs: Any
    ) -> Any: ...
    def _put(self, queue: str, message: Any, **options: Any) -> None: ...

class Transport(_base.Transport):
    Channel: type[Channel]
    polling_interval: float | None
    cycle: Any
    def _deliver(self, message: Any, queue: str) -> None: ...
