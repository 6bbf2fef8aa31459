"""A client's page in the console, tab by tab, and the preview of the client's portal."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from uuid import UUID

import falcon

from gateway.console.alerts import ask_alerts, read_alerts
from gateway.web.backend import Part
from gateway.web.portal_home import home_parts
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource
from gateway.web.submitted import read_query
from portal_contracts.calls import MOST_ON_A_PAGE, PortalOf
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.forms.rpc.requests import (
    LIST_REQUESTS,
    ListRequests,
    RequestPage,
    RequestRow,
)
from portal_contracts.identity_links.rpc.access import LIST_ACCESS, ListAccess
from portal_contracts.identity_links.rpc.clients import GET_CLIENT, ClientDetails, GetClient
from portal_contracts.identity_links.rpc.devices import LIST_CLIENT_DEVICES, ListClientDevices
from portal_contracts.identity_links.rpc.duplicates import LIST_DUPLICATES, ListDuplicates
from portal_contracts.identity_links.rpc.links import LIST_LINKS, Links, ListLinks
from portal_contracts.notifications.rpc import (
    LIST_DELIVERIES,
    Delivery,
    DeliveryPage,
    ListDeliveries,
)
from portal_contracts.permissions import Permission, has_permission
from portal_contracts.scheduling.rpc.calendar import (
    LIST_CLIENT_APPOINTMENTS,
    ListClientAppointments,
)
from portal_contracts.scheduling.rpc.sessions import LIST_CLIENT_SESSIONS, ListClientSessions

MOST_FORMS: Final = 5
"""On a client's first page."""


class ClientPage(Resource):
    """``/console/clients/<client_id>``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Who the client is, what comes next and was last, links and devices."""
        backend = context_of(req).backend
        parts: dict[str, Part[Any] | None] = {"upcoming": None, "latest": None}
        parts["duplicates"] = backend.part(LIST_DUPLICATES, ListDuplicates(client_id=client_id))
        if has_permission(backend.actor, Permission.APPOINTMENTS_READ):
            parts["upcoming"] = backend.part(
                LIST_CLIENT_APPOINTMENTS, ListClientAppointments(client_id=client_id, limit=1)
            )
        if has_permission(backend.actor, Permission.SESSIONS_READ):
            parts["latest"] = backend.part(
                LIST_CLIENT_SESSIONS, ListClientSessions(client_id=client_id, limit=1)
            )
        if has_permission(backend.actor, Permission.FORMS_READ):
            parts["forms"] = backend.part(
                LIST_REQUESTS, ListRequests(client_id=client_id, limit=MOST_ON_A_PAGE)
            )
        found = {name: part.get() if part else None for name, part in parts.items()}
        found["forms"] = _latest_of_each(found.get("forms"))
        show_client(self, req, resp, client_id, tab="overview", **found)


class LatestForm(NamedTuple):
    """A form as it was sent last, and while that waits, the one whose answers came back before.

    What is being corrected shows itself what came back of it.
    """

    row: RequestRow
    answered: RequestRow | None


def _latest_of_each(page: RequestPage | None) -> list[LatestForm] | None:
    """Of each form the one sent last, the newest first; a withdrawn one where there is no other."""
    if page is None:
        return None
    of_each: dict[UUID, list[RequestRow]] = {}
    for row in page.items:
        of_each.setdefault(row.template_id, []).append(row)
    return [_latest(rows) for rows in of_each.values()][:MOST_FORMS]


def _latest(rows: list[RequestRow]) -> LatestForm:
    latest = next((row for row in rows if row.state is not RequestState.WITHDRAWN), rows[0])
    if latest.submitted_at is not None or latest.unlocked_at is not None:
        return LatestForm(latest, None)
    return LatestForm(latest, next((row for row in rows if row.submitted_at is not None), None))


class ClientMailsPage(Resource):
    """``/console/clients/<client_id>/mails``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """What was mailed to the client."""
        cursor = read_query(req).text("cursor") or None
        mails = context_of(req).backend.part(
            LIST_DELIVERIES, ListDeliveries(client_id=client_id, cursor=cursor)
        )
        show_client(self, req, resp, client_id, tab="mails", mails=mails, cursor=cursor)


class ClientAccessPage(Resource):
    """``/console/clients/<client_id>/access``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Who opened or changed the client's data."""
        cursor = read_query(req).text("cursor") or None
        access = context_of(req).backend.part(
            LIST_ACCESS, ListAccess(client_id=client_id, cursor=cursor)
        )
        show_client(self, req, resp, client_id, tab="access", access=access, cursor=cursor)


class PreviewPage(Resource):
    """``/console/clients/<client_id>/preview``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """The client's home, inside the console: no device, no read receipt, nothing to press."""
        backend = context_of(req).backend
        client = backend.ask(GET_CLIENT, GetClient(client_id=client_id, with_remark=False))
        device = practitioner_of(req)
        self.show(
            req,
            resp,
            "console/preview.html",
            device=device,
            client=client,
            **home_parts(context_of(req), PortalOf(client_id=client.id)),
        )


def show_client(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    client_id: UUID,
    *,
    tab: str,
    **tab_values: Any,
) -> None:
    """The client's page with one tab open.

    Args:
        resource: shows it.
        req: the request.
        resp: the answer.
        client_id: whose page.
        tab: its name; its content is ``console/parts/client_<tab>.html``.
        **tab_values: what the tab needs; a `Part` is waited for, and is None when it is down.

    Raises:
        NotFound: there is no such client.
    """
    backend = context_of(req).backend
    alerts = ask_alerts(backend, client_id)
    links = devices = mails = None
    if has_permission(backend.actor, Permission.DELIVERIES_READ):
        mails = backend.part(
            LIST_DELIVERIES, ListDeliveries(client_id=client_id, limit=MOST_ON_A_PAGE)
        )
    if has_permission(backend.actor, Permission.LINKS_READ):
        links = backend.part(LIST_LINKS, ListLinks(client_id=client_id))
        devices = backend.part(LIST_CLIENT_DEVICES, ListClientDevices(client_id=client_id))
    awaited: dict[str, Any] = {
        name: value.get_unless_refused() if isinstance(value, Part) else value
        for name, value in tab_values.items()
    }
    client: ClientDetails = backend.ask(GET_CLIENT, GetClient(client_id=client_id))
    found_links = links.get() if links else None
    resource.show(
        req,
        resp,
        "console/client.html",
        device=practitioner_of(req),
        client=client,
        tab=tab,
        alerts=read_alerts(alerts),
        names={str(client.id): client.name},
        links=found_links,
        link_mails=_mails_of_links(found_links, mails.get() if mails else None),
        devices=devices.get() if devices else None,
        **awaited,
    )


def _mails_of_links(links: Links | None, mails: DeliveryPage | None) -> dict[UUID, Delivery] | None:
    """Link id to the newest mail that it is in, of links that were mailed lately.

    What was mailed before the client's last so many mails reached its end long ago.
    """
    if links is None or mails is None:
        return None
    newest: dict[UUID, Delivery] = {}
    for mail in mails.items:
        for key in (mail.id, mail.subject_id):
            newest.setdefault(key, mail)
    found = {link.id: newest.get(link.delivery_id or link.id) for link in links.items}
    return {link_id: mail for link_id, mail in found.items() if mail is not None}
