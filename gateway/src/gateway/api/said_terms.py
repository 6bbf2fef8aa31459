"""Until when an appointment can be cancelled and moved, as the portal says it to a client."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from gateway.api.api_request import ApiRequest
from portal_chassis.change_terms import cancel_terms, move_terms
from portal_contracts.scheduling.rpc.appointments import Allowance, UpcomingAppointment
from portal_contracts.scheduling.rpc.booking import Hold, OwnAppointments
from portal_contracts.scheduling.rpc.overview import PortalSchedule


def with_terms(request: ApiRequest, told: Any) -> Any:
    """The same with the sentence of each allowance, for the client whose bearer asks."""
    if isinstance(told, OwnAppointments | PortalSchedule):
        lists = {
            name: [with_terms(request, one) for one in getattr(told, name)]
            for name in ("upcoming", "cancelled")
            if name in told.__struct_fields__
        }
        return msgspec.structs.replace(told, **lists)
    if isinstance(told, UpcomingAppointment):
        return _said(request, told, told.starts_at, has_policy=bool(told.policy))
    if isinstance(told, Hold):
        return _said(request, told, told.starts_at, has_policy=bool(told.service.policy))
    return told


def _said(
    request: ApiRequest, told: UpcomingAppointment | Hold, starts_at: datetime, *, has_policy: bool
) -> UpcomingAppointment | Hold:
    bearer = request.context.bearer
    if bearer is None:
        return told
    reader: dict[str, Any] = {
        "starts_at": starts_at,
        "timezone": bearer.timezone,
        "language": bearer.language,
        "now": request.context.now,
    }
    cancel = cancel_terms(told.cancel, has_policy=has_policy, **reader)
    move = move_terms(told.move, **reader)
    return msgspec.structs.replace(
        told, cancel=_with(told.cancel, cancel), move=_with(told.move, move)
    )


def _with(allowance: Allowance | None, sentence: str) -> Allowance | None:
    return None if allowance is None else msgspec.structs.replace(allowance, sentence=sentence)
