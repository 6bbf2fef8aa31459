from typing import Any

class Message:
    body: Any
    channel: Any
    delivery_info: dict[str, Any]
    delivery_tag: Any
    properties: dict[str, Any]
    def __init__(
        self, body: str | bytes = ..., children: Any = ..., channel: Any = ..., **properties: Any
    ) -> None: ...
    @property
    def headers(self) -> dict[str, Any]: ...
    def _load_properties(self, class_id: int, buf: bytes, offset: int) -> None: ...
