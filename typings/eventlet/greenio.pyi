from typing import Any

socket: Any

def shutdown_safe(sock: Any) -> None: ...
