"""Choosing the portal's port."""

from __future__ import annotations

from portal_chassis.embedded.ports import is_free

PORTS_TRIED = 50


def first_free_port(host: str, wanted: int) -> int:
    """`wanted` if nobody listens there, else the next port that is free.

    Raises:
        OSError: none of the next ports is.
    """
    for port in range(wanted, min(wanted + PORTS_TRIED, 65_536)):
        if is_free(port, host):
            return port
    message = f"No port from {wanted} on is free."
    raise OSError(message)
