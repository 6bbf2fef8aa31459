from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any

from eventlet.greenpool import GreenPool
from eventlet.greenthread import GreenThread
from nameko.extensions import Entrypoint, Extension

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

class WorkerContext:
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    data: dict[str, Any]
    service: Any
    service_name: str
    config: Mapping[str, Any]
    entrypoint: Entrypoint
    container: ServiceContainer
    @property
    def call_id(self) -> str: ...
    @property
    def call_id_stack(self) -> list[str]: ...
    @property
    def context_data(self) -> dict[str, Any]: ...

class ServiceContainer:
    service_cls: type[Any]
    service_name: str
    config: dict[str, Any]
    max_workers: int
    serializer: str
    accept: list[str]
    shared_extensions: dict[Any, Extension]
    entrypoints: set[Entrypoint]
    dependencies: set[Any]
    subextensions: set[Extension]
    started: bool
    _worker_pool: GreenPool
    def __init__(self, service_cls: type[Any], config: Mapping[str, Any]) -> None: ...
    @property
    def extensions(self) -> set[Extension]: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self, exc_info: _ExcInfo | None = ...) -> None: ...
    def wait(self) -> None: ...
    def _inject_dependencies(self, worker_ctx: WorkerContext) -> None: ...
    def _worker_setup(self, worker_ctx: WorkerContext) -> None: ...
    def _worker_result(self, worker_ctx: WorkerContext, result: Any, exc_info: Any) -> None: ...
    def _worker_teardown(self, worker_ctx: WorkerContext) -> None: ...
    def spawn_worker(
        self,
        entrypoint: Entrypoint,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        context_data: Mapping[str, Any] | None = ...,
        handle_result: (
            Callable[[WorkerContext, Any, _ExcInfo | None], tuple[Any, _ExcInfo | None]] | None
        ) = ...,
    ) -> WorkerContext: ...
    def spawn_managed_thread(
        self, fn: Callable[[], Any], identifier: str | None = ...
    ) -> GreenThread: ...

def get_service_name(service_cls: type[Any]) -> str: ...
def get_container_cls(config: Mapping[str, Any]) -> type[ServiceContainer]: ...
