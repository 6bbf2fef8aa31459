"""The page that offers the nearest free times when the chosen one cannot be had; a note is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import falcon

from gateway.portal.month import NOON, address_of_start, read_day
from gateway.portal.picker import REAL_YEARS, own_zone
from gateway.web.request_context import client_of, context_of
from gateway.web.resource import Resource
from gateway.web.statuses import status_of
from portal_contracts.errors import PortalError
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.free_times import NEAREST_TIMES, NearestTimes
from portal_contracts.wall_clock import zone_or_utc

# The code where the time could be had, but the client asks for another one.
CHOSE_ANOTHER: Final = "another"
# The code where a hold was over before it was confirmed.
HOLD_EXPIRED: Final = "hold_expired"


@dataclass(frozen=True)
class MissedTime:
    """A time that a client wanted and did not get, or no longer wants.

    Attributes:
        code: why not.
        service_id: of what.
        starts_at: which.
        zone: in which times are shown, unless one meets at a place.
        note: what the client had already written.
        moving: the appointment that was to be moved there.
        day: near which other times are asked for, as it was typed; empty: near this one.
    """

    code: str
    service_id: UUID
    starts_at: datetime
    zone: str
    note: str = ""
    moving: UUID | None = None
    day: str = ""

    @property
    def around(self) -> datetime | None:
        """Near which instant other times are asked for; None where what was typed is no day."""
        if not self.day:
            return self.starts_at
        day = read_day(self.day)
        if day is None or day.year not in REAL_YEARS:
            return None
        return datetime.combine(day, time(NOON), zone_or_utc(self.zone))


def show_nearest_times(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    missed: MissedTime,
    *,
    error: PortalError | None = None,
    **values: Any,
) -> None:
    """Offer the times nearest to the one that was missed.

    The page is of use without them, too: it leads back to the month. A note
    goes along nowhere but by its form: with one, other days are asked for there,
    and nothing leads away. Where one meets at a place, times are shown in its zone.
    `error`: why, where no time was missed.
    """
    nearest = (
        context_of(req)
        .backend.part(
            NEAREST_TIMES,
            NearestTimes(
                service_id=missed.service_id,
                around=missed.around or missed.starts_at,
                moving=missed.moving,
            ),
        )
        .get()
    )
    address = (
        f"/appointments/{missed.moving}/move" if missed.moving else f"/book/{missed.service_id}"
    )
    starts = nearest.starts if nearest else []
    chosen_zone = missed.zone if missed.zone != own_zone(req) else None
    if nearest and nearest.place_kind is PlaceKind.ADDRESS:
        missed, chosen_zone = replace(missed, zone=nearest.timezone), None
    resource.show(
        req,
        resp,
        "portal/nearest.html",
        status=_status(missed, error),
        error=error.code if error else None,
        device=client_of(req),
        missed=missed,
        nearest=nearest,
        errors={} if missed.around else {"day": "date_invalid"},
        others=[start for start in starts if missed.day or start != missed.starts_at],
        still_free=missed.code == HOLD_EXPIRED and missed.starts_at in starts,
        action=address if missed.moving else f"{address}/hold",
        all_times=address_of_start(address, missed.starts_at, missed.zone, chosen_zone),
        **values,
    )


def _status(missed: MissedTime, error: PortalError | None) -> HTTPStatus:
    if error is not None:
        return status_of(error)
    if missed.around is None:
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.OK if missed.code == CHOSE_ANOTHER else HTTPStatus.CONFLICT
