"""Reaching the practice: who works there, where and when; own devices, and who opened the data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import falcon

from gateway.web.request_context import client_of, context_of
from gateway.web.resource import Resource
from gateway.web.submitted import read_query
from portal_contracts.calls import Nothing, PortalOf
from portal_contracts.identity_links.rpc.access import (
    LIST_ACCESS,
    LIST_OWN_VISITS,
    LIST_PRACTITIONERS,
    ListAccess,
    ListOwnVisits,
    PractitionerCard,
    Practitioners,
)
from portal_contracts.identity_links.rpc.devices import LIST_OWN_DEVICES
from portal_contracts.scheduling.rpc.appointments import Place, PlaceKind
from portal_contracts.scheduling.rpc.availability import Window
from portal_contracts.scheduling.rpc.offering import LIST_OFFERED, OfferedHours, OfferedServices
from portal_contracts.scheduling.rpc.overview import PORTAL_SCHEDULE, PortalSchedule

ACCESS_ROWS: Final = 20
VISITS: Final = 7


class Days(NamedTuple):
    """Days of the week that follow each other and have the same hours; Monday is 0."""

    first: int
    last: int
    windows: list[Window]


class Person(NamedTuple):
    """Someone who works in the practice; without hours where the client can book nothing there."""

    card: PractitionerCard
    timezone: str | None
    days: list[Days]


class ContactPage(Resource):
    """``/contact``: the practice, the client's devices, and who opened the client's data."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Ask for all of it at once."""
        backend, query = context_of(req).backend, read_query(req)
        cursor, earlier = query.text("cursor") or None, query.text("visits") or None
        practitioners = backend.part(LIST_PRACTITIONERS, Nothing())
        offered = backend.part(LIST_OFFERED, Nothing())
        schedule = backend.part(PORTAL_SCHEDULE, PortalOf())
        devices = backend.part(LIST_OWN_DEVICES, Nothing())
        access = backend.part(
            LIST_ACCESS, ListAccess(others=True, cursor=cursor, limit=ACCESS_ROWS)
        )
        visits = backend.part(LIST_OWN_VISITS, ListOwnVisits(cursor=earlier, limit=VISITS))
        self.show(
            req,
            resp,
            "portal/contact.html",
            device=client_of(req),
            people=people(practitioners.get(), offered.get()),
            places=places(offered.get(), schedule.get()),
            devices=devices.get(),
            access=access.get_unless_refused(),
            cursor=cursor,
            visits=visits.get_unless_refused(),
        )


def people(practitioners: Practitioners | None, offered: OfferedServices | None) -> list[Person]:
    """Who works in the practice, with the hours of those who offer the client something."""
    hours = {one.practitioner_id: one for one in offered.hours} if offered else {}
    return [
        Person(card, found.timezone if found else None, days_of(found) if found else [])
        for card in (practitioners.items if practitioners else [])
        for found in (hours.get(card.id),)
    ]


def places(offered: OfferedServices | None, schedule: PortalSchedule | None) -> list[str]:
    """The addresses at which the client meets somebody, or may: each once."""
    known: Iterable[Place] = [
        *(one.place for one in (schedule.upcoming if schedule else [])),
        *(one.place for one in (offered.items if offered else [])),
    ]
    named = (one.text.strip() for one in known if one.kind is PlaceKind.ADDRESS)
    return [*dict.fromkeys(text for text in named if text)]


def days_of(hours: OfferedHours) -> list[Days]:
    """The days with hours, those with the same that follow each other together."""
    days: list[Days] = []
    for day, windows in enumerate(hours.weekly):
        if not windows:
            continue
        if days and days[-1].last == day - 1 and days[-1].windows == windows:
            days[-1] = days[-1]._replace(last=day)
        else:
            days.append(Days(day, day, windows))
    return days
