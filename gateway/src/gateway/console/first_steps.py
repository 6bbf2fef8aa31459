"""The first steps of a new practice: what is missing, and the way from one to the next.

A step is a page of the console like any other. With ``guide=1`` in its address or its form it
shows the line of all steps and leads on to the next one; without, it is what it always is.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import falcon

from gateway.web.backend import Backend, Part
from gateway.web.request_context import context_of
from gateway.web.resource import Resource, see_other
from gateway.web.submitted import read_query
from portal_contracts.actor import Actor
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.clients import (
    LIST_CLIENTS,
    ClientPage,
    ClientSort,
    ListClients,
)
from portal_contracts.notifications.mail_server import READ_MAIL_SENDER, MailSender
from portal_contracts.notifications.rpc import LIST_DELIVERIES, DeliveryPage, ListDeliveries
from portal_contracts.permissions import Permission, has_permission
from portal_contracts.scheduling.rpc.availability import (
    GET_AVAILABILITY,
    GetAvailability,
    StoredAvailability,
)
from portal_contracts.scheduling.rpc.services import LIST_SERVICES, ListServices, Services

START: Final = "/console/start"
_GUIDED: Final = "guide"


class Step(NamedTuple):
    """A step: its name, its page, and what a role needs for it."""

    name: str
    address: str
    needs: Permission


STEPS: Final = (
    Step("hours", "/console/availability", Permission.AVAILABILITY_WRITE),
    Step("service", "/console/services/new", Permission.SERVICES_WRITE),
    Step("mail", "/console/settings/mail-server", Permission.PRACTICE_WRITE),
    Step("client", "/console/clients/new", Permission.CLIENTS_WRITE),
    Step("link", "/console/clients", Permission.LINKS_MAIL),
)
"""In the order in which one leads to the next."""


class Guide(NamedTuple):
    """Where somebody is on the way: the step, its number of how many, and the way past it."""

    name: str
    number: int
    total: int
    skip: str


class StepParts(NamedTuple):
    """What tells which steps are done, asked for side by side."""

    services: Part[Services]
    hours: Part[StoredAvailability]
    clients: Part[ClientPage]
    mailed: Part[DeliveryPage]
    sender: Part[MailSender]


def ask_steps(backend: Backend, practitioner_id: Any = None) -> StepParts:
    """Begin to ask what is done; the hours and services are `practitioner_id`'s or one's own."""
    return StepParts(
        services=backend.part(LIST_SERVICES, ListServices(practitioner_id=practitioner_id)),
        hours=backend.part(GET_AVAILABILITY, GetAvailability(practitioner_id=practitioner_id)),
        clients=backend.part(LIST_CLIENTS, ListClients(sort=ClientSort.LAST_VISIT, limit=1)),
        mailed=backend.part(LIST_DELIVERIES, ListDeliveries(limit=1)),
        sender=backend.part(READ_MAIL_SENDER, Nothing()),
    )


def read_steps(actor: Actor, parts: StepParts) -> list[tuple[str, bool]] | None:
    """The steps and whether each is done; None when it cannot be said, or is not theirs."""
    if not has_permission(actor, Permission.SERVICES_WRITE):
        return None
    services, hours, clients = parts.services.get(), parts.hours.get(), parts.clients.get()
    mailed, sender = parts.mailed.get(), parts.sender.get()
    if services is None or hours is None or clients is None or mailed is None or sender is None:
        return None
    done = {
        "hours": hours.version > 0,
        "service": bool(services.items),
        "mail": bool(sender.address),
        "client": clients.total > 0,
        "link": bool(mailed.items) or any(client.last_visit_at for client in clients.items),
    }
    return [(step.name, done[step.name]) for step in _steps_of(actor)]


def guide_of(req: falcon.Request, name: str) -> Guide | None:
    """Where the step `name` is on the way, for a request that goes it; else None."""
    sent = context_of(req).form if req.method == "POST" else read_query(req)
    if sent.text(_GUIDED) != "1":
        return None
    names = [step.name for step in _steps_of(context_of(req).backend.actor)]
    if name not in names:
        return None
    return Guide(name, names.index(name) + 1, len(names), f"{START}?after={name}")


def onward(req: falcon.Request, name: str, usual: str) -> str:
    """Where to go after the step `name`: on, for a request that goes the way; else `usual`."""
    guide = guide_of(req, name)
    return guide.skip if guide else usual


class StartPage(Resource):
    """``/console/start``: the way to the first step that is not done, after ``after`` if given."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Go there; when none is left, to Today."""
        backend, after = context_of(req).backend, read_query(req).text("after")
        parts = ask_steps(backend)
        steps = read_steps(backend.actor, parts) or []
        names = [name for name, _ in steps]
        first = names.index(after) + 1 if after in names else 0
        left = [name for name, done in steps[first:] if not done]
        see_other(resp, _address(left[0], parts) if left else "/console")


def _address(name: str, parts: StepParts) -> str:
    clients = parts.clients.get()
    if name == "link":
        if clients is None or not clients.items:
            return "/console"
        return f"/console/clients/{clients.items[0].id}/share?{_GUIDED}=1"
    return next(f"{step.address}?{_GUIDED}=1" for step in STEPS if step.name == name)


def _steps_of(actor: Actor) -> list[Step]:
    return [step for step in STEPS if has_permission(actor, step.needs)]
