"""Alerts that nobody has reviewed: the band on top of Today and of a client's pages."""

from __future__ import annotations

from typing import Final, NamedTuple
from uuid import UUID

from gateway.web.backend import Backend, Part
from portal_contracts.forms.rpc.requests import (
    LIST_REQUESTS,
    ListRequests,
    RequestPage,
    RequestRow,
)
from portal_contracts.permissions import Permission, has_permission

MOST_ALERTS: Final = 20


class Alerts(NamedTuple):
    """What a band shows.

    Attributes:
        rows: the forms with an open alert, the latest alert first; None when forms does not
            answer, which the band has to say.
        more: there are others.
    """

    rows: list[RequestRow] | None
    more: bool


def ask_alerts(backend: Backend, client_id: UUID | None = None) -> Part[RequestPage] | None:
    """Begin to ask for the open alerts of all clients or of one; None for who may see no forms."""
    if not has_permission(backend.actor, Permission.FORMS_READ):
        return None
    return backend.part(
        LIST_REQUESTS, ListRequests(client_id=client_id, alert_open=True, limit=MOST_ALERTS)
    )


def read_alerts(part: Part[RequestPage] | None) -> Alerts:
    """The open alerts, waited for."""
    if part is None:
        return Alerts([], more=False)
    page = part.get()
    if page is None:
        return Alerts(None, more=False)
    # A service of the release before answers with all forms.
    rows = [row for row in page.items if row.alert_open]
    rows.sort(key=lambda row: row.alert_at or row.sent_at, reverse=True)
    return Alerts(rows, more=page.next_cursor is not None)
