from collections.abc import Mapping
from types import TracebackType
from typing import Any

class ClusterRpcProxy:
    def __init__(
        self, config: Mapping[str, Any], context_data: Any = ..., timeout: float | None = ...
    ) -> None: ...
    def __enter__(self) -> Any: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
