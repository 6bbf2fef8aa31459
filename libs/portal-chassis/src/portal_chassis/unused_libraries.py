"""Keeps optional libraries out of memory that are installed here and that nobody here uses.

structlog looks for rich, to print tracebacks in colour, which our logs never
hold; kombu looks for YAML and msgpack, which the chassis does not accept. The
module acts when it is imported, before either of the two is: they find none of
these. Whoever imports them afterwards gets them. It spares each process 5 MB (a
gateway's imports take 61 MB instead of 66, a service's 82 instead of 87).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_found(*names: str) -> Iterator[None]:
    """Meanwhile whoever looks for one of these libraries finds none; loaded ones stay as they are.

    Args:
        names: of packages that somebody takes where they are installed, and does without.
    """
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


with not_found("rich", "yaml", "msgpack"):
    import kombu.serialization  # noqa: F401
    import structlog  # noqa: F401
