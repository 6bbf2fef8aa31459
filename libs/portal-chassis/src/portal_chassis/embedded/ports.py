"""Free ports of this machine."""

from __future__ import annotations

import secrets
import socket
from typing import Final

LOOPBACK = "127.0.0.1"
PICKED_FROM: Final = range(20_000, 32_000)
"""Below what systems hand out to outgoing connections: Linux from 32768, others from 49152 on."""
_TRIES: Final = 100


def free_port(host: str = LOOPBACK) -> int:
    """A TCP port that nobody listens on at this moment.

    No connection that somebody opens meanwhile takes it either, as it could take one that the
    system picks: a server is seconds away from listening when its port is chosen.
    """
    for _ in range(_TRIES):
        port = secrets.choice(PICKED_FROM)
        if is_free(port, host):
            return port
    return _any_port(host)


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether one could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _any_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
