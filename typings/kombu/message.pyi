from typing import Any

class Message:
    acknowledged: bool
    body: Any
    channel: Any
    content_encoding: str | None
    content_type: str | None
    delivery_info: dict[str, Any]
    delivery_tag: Any
    headers: dict[str, Any]
    properties: dict[str, Any]
    def __init__(
        self,
        body: Any = ...,
        delivery_tag: Any = ...,
        content_type: str | None = ...,
        content_encoding: str | None = ...,
        delivery_info: dict[str, Any] | None = ...,
        properties: dict[str, Any] | None = ...,
        headers: dict[str, Any] | None = ...,
        postencode: str | None = ...,
        accept: Any = ...,
        channel: Any = ...,
        **kwargs: Any,
    ) -> None: ...
    @property
    def payload(self) -> Any: ...
    def ack(self, multiple: bool = ...) -> None: ...
    def ack_log_error(
        self, logger: Any, errors: tuple[type[BaseException], ...], multiple: bool = ...
    ) -> None: ...
    def decode(self) -> Any: ...
    def reject(self, requeue: bool = ...) -> None: ...
    def requeue(self) -> None: ...
