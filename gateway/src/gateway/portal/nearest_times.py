"""That time is not to be had any more: the nearest free ones, and nothing typed is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import falcon

from gateway.web.request_context import client_of, context_of
from gateway.web.resource import Resource
from portal_contracts.scheduling.rpc.booking import NEAREST_TIMES, NearestTimes

CHANGED_HER_MIND: Final = "another"


@dataclass(frozen=True)
class Missed:
    """A time that somebody wanted and did not get, or no longer wants.

    Attributes:
        code: why not.
        service_id: of what.
        starts_at: which.
        zone: in which times are shown.
        note: what she had already written.
        moving: the appointment that was to be moved there.
    """

    code: str
    service_id: UUID
    starts_at: datetime
    zone: str
    note: str = ""
    moving: UUID | None = None


def show_nearest(
    page: Resource, req: falcon.Request, resp: falcon.Response, missed: Missed, **values: Any
) -> None:
    """Offer the times nearest to the one that was missed.

    The page is of use without them, too: it leads back to the month, and
    keeps the note.
    """
    nearest = context_of(req).backend.part(
        NEAREST_TIMES,
        NearestTimes(service_id=missed.service_id, around=missed.starts_at, moving=missed.moving),
    )
    base = f"/appointments/{missed.moving}/move" if missed.moving else f"/book/{missed.service_id}"
    page.show(
        req,
        resp,
        "portal/nearest.html",
        status=HTTPStatus.OK if missed.code == CHANGED_HER_MIND else HTTPStatus.CONFLICT,
        device=client_of(req),
        missed=missed,
        nearest=nearest.get(),
        action=base if missed.moving else f"{base}/hold",
        all_times=base,
        **values,
    )
