from collections.abc import Callable
from typing import Any

def server(
    sock: Any,
    site: Callable[..., Any],
    log: Any = ...,
    environ: dict[str, Any] | None = ...,
    max_size: int | None = ...,
    max_http_version: str = ...,
    protocol: Any = ...,
    server_event: Any = ...,
    minimum_chunk_size: int | None = ...,
    log_x_forwarded_for: bool = ...,
    custom_pool: Any = ...,
    keepalive: bool = ...,
    log_output: bool = ...,
    log_format: str = ...,
    url_length_limit: int = ...,
    debug: bool = ...,
    socket_timeout: float | None = ...,
    capitalize_response_headers: bool = ...,
) -> None: ...

STATE_REQUEST: str

class HttpProtocol:
    request: Any
    connection: Any
    conn_state: list[Any]
    close_connection: bool | int
    rfile: Any
    wfile: Any
    def __init__(self, conn_state: list[Any], server: Any) -> None: ...
    def setup(self) -> None: ...
    def handle(self) -> None: ...
    def handle_one_request(self) -> None: ...
    def finish(self) -> None: ...
