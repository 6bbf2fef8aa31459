from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from eventlet.greenpool import GreenPile as GreenPile
from eventlet.greenpool import GreenPool as GreenPool
from eventlet.greenthread import GreenThread as GreenThread
from eventlet.patcher import is_monkey_patched as is_monkey_patched
from eventlet.patcher import monkey_patch as monkey_patch
from eventlet.queue import Queue as Queue
from eventlet.timeout import Timeout as Timeout

_P = ParamSpec("_P")
_R = TypeVar("_R")

__version__: str

class EventletDeprecationWarning(Warning): ...

def spawn(func: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> GreenThread: ...
def spawn_n(func: Callable[_P, Any], *args: _P.args, **kwargs: _P.kwargs) -> Any: ...
def spawn_after(
    seconds: float, func: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs
) -> GreenThread: ...
def sleep(seconds: float = ...) -> None: ...
def kill(g: Any, *throw_args: Any) -> None: ...
def listen(
    addr: Any,
    family: int = ...,
    backlog: int = ...,
    reuse_addr: bool = ...,
    reuse_port: bool | None = ...,
) -> Any: ...
