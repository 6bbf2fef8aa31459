"""Why a practice may not move or cancel an appointment, as codes that have sentences."""

from __future__ import annotations

from portal_contracts.errors import PortalError
from portal_contracts.scheduling.rpc.appointments import Closed


def closed_code(error: PortalError) -> str:
    """The code of the sentence that says it; any other error keeps its own."""
    act = error.code.removesuffix("_closed")
    if act not in {"cancel", "move"}:
        return error.code
    reason = error.fields.get("appointment")
    return reason if reason == Closed.RECORDED else f"{act}_closed_here"
