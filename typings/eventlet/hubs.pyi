from typing import Any

def get_hub() -> Any: ...
def use_hub(mod: Any = ...) -> None: ...
def trampoline(
    fd: Any,
    read: bool | None = ...,
    write: bool | None = ...,
    timeout: float | None = ...,
    timeout_exc: type[BaseException] = ...,
    mark_as_closed: Any = ...,
) -> Any: ...
