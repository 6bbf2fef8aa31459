from collections.abc import Callable, Iterable
from typing import Any

def register(
    name: str,
    encoder: Callable[[Any], str | bytes] | None,
    decoder: Callable[[Any], Any] | None,
    content_type: str,
    content_encoding: str = ...,
) -> None: ...
def unregister(name: str) -> None: ...
def enable_insecure_serializers(choices: Iterable[str] = ...) -> None: ...
def disable_insecure_serializers(allowed: Iterable[str] | None = ...) -> None: ...
def dumps(data: Any, serializer: str | None = ...) -> tuple[str, str, Any]: ...
def loads(
    data: Any,
    content_type: str | None,
    content_encoding: str | None,
    accept: Iterable[str] | None = ...,
    force: bool = ...,
    _trusted_content: frozenset[str] = ...,
) -> Any: ...
