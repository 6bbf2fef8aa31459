"""A client undoes a move."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method
from portal_contracts.scheduling.rpc.appointments import SERVICE
from portal_contracts.scheduling.rpc.booking import Moved


class UndoOwnMove(Struct, frozen=True, kw_only=True):
    """Move an appointment back to where it was before its client moved it just now."""

    appointment_id: UUID


UNDO_OWN_MOVE = Method(
    SERVICE,
    "undo_own_move",
    UndoOwnMove,
    Moved,
    "Undo one's move within five minutes; Conflict undo_over, or slot_taken by somebody else "
    "meanwhile: the new time stands.",
    mutates=True,
)

METHODS = (UNDO_OWN_MOVE,)
