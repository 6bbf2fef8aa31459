"""Makes this a process of greenthreads: the first import of whatever runs nameko.

Everything here has to happen before any other module is loaded, so the module
acts when it is imported and holds nothing else.
"""

import os
import socket
import warnings
from typing import Any

# Before psycopg is imported: its C wait would block every greenthread of the process.
os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"

# eventlet's own resolver is dnspython, loaded twice: 8 MB for asking what the
# system's resolver answers in a thread (see `_resolve`).
os.environ["EVENTLET_NO_GREENDNS"] = "yes"
os.environ.setdefault("EVENTLET_THREADPOOL_SIZE", "8")

# The notice of its retirement is for whoever develops, not for who runs it.
warnings.filterwarnings("ignore", message=r"(?s).*Eventlet is deprecated")

import eventlet
import eventlet.green.socket  # type: ignore[import-untyped]
from eventlet import tpool

_system = socket.getaddrinfo


def _resolve(host: Any, *arguments: Any, **options: Any) -> Any:
    """`socket.getaddrinfo`, asked in a thread unless `host` is a number: it may take seconds."""
    if host is None or _is_number(host):
        return _system(host, *arguments, **options)
    return tpool.execute(_system, host, *arguments, **options)


def _is_number(host: Any) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except (OSError, TypeError, ValueError):
            continue
        return True
    return False


eventlet.green.socket.getaddrinfo = _resolve
eventlet.monkey_patch()

import portal_chassis.unused_libraries  # noqa: F401 - once what it imports is patched
