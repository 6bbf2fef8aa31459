"""Choosing the portal's port."""

from __future__ import annotations

import json

from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.ports import is_free
from portal_runner.data_folder import DataFolder

PORTS_TRIED = 50
LET_GO_SECONDS = 15.0
"""How long whoever listened before may take to let go of a port."""


class PortTakenError(RuntimeError):
    """The port that the portal has to answer on is taken; the text says what to do."""


def settled_port(
    folder: DataFolder, host: str, wanted: int, *, let_go_seconds: float = LET_GO_SECONDS
) -> int:
    """The port to answer on: at the first start the next free one from `wanted` on, then the same.

    Mails name it, so a later start that wants the same port as the first waits
    until that one is free, and takes no other.

    Raises:
        PortTakenError: it stays taken.
        OSError: at the first start, none of the next ports is free.
    """
    before = _remembered(folder)
    if before is None or before["wanted"] != wanted:
        port = first_free_port(host, wanted)
        folder.port.write_text(json.dumps({"wanted": wanted, "port": port}), "ascii")
        return port
    port = before["port"]
    require_free(host, port, within=let_go_seconds, why=", and the mails of this portal name it")
    return port


def require_free(host: str, port: int, *, within: float, why: str = "") -> None:
    """Wait until nobody listens on `port`.

    Raises:
        PortTakenError: somebody still does after `within` seconds.
    """
    if not wait_until(lambda: is_free(port, host), within=within):
        message = (
            f"Port {port} is taken{why}. Stop what listens there, or give another one with --port."
        )
        raise PortTakenError(message)


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


def _remembered(folder: DataFolder) -> dict[str, int] | None:
    try:
        found = json.loads(folder.port.read_text("ascii"))
        return {"wanted": int(found["wanted"]), "port": int(found["port"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None
