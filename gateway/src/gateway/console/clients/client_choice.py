"""Choosing a client, wherever one is chosen: those met lately first, others by typing a name."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

import falcon

from gateway.console.client_names import names_of_clients
from gateway.console.clients.named_client import MOST_MEANT, clients_meant
from gateway.web.backend import Backend
from gateway.web.lengths import TEXT_TOO_LONG
from gateway.web.request_context import context_of
from gateway.web.submitted import Submitted
from gateway.words.errors import FieldError
from portal_contracts.errors import Invalid, PortalError
from portal_contracts.identity_links.rpc.clients import LIST_CLIENTS, LONGEST_SEARCH, ListClients
from portal_contracts.permissions import Permission, has_permission
from portal_contracts.scheduling.rpc.calendar import LIST_CALENDAR, ListCalendar

MOST_RECENT: Final = 6

_BEFORE: Final = timedelta(days=21)
_AFTER: Final = timedelta(days=3)


class ClientOption(NamedTuple):
    """Somebody who can be chosen; `more` tells namesakes apart."""

    id: UUID
    name: str
    more: str = ""


class ClientChoice(NamedTuple):
    """Who is chosen, and who could be.

    Attributes:
        typed: what was typed to find somebody.
        options: who can be chosen, the chosen one among them; None while nobody can say.
        chosen: who is.
        full: more than are listed were found.
    """

    typed: str
    options: list[ClientOption] | None
    chosen: ClientOption | None
    full: bool = False

    @property
    def code(self) -> str:
        """What is wrong while nobody is chosen, as a code that has a sentence."""
        if not self.typed:
            return "client_missing"
        if len(self.typed) > LONGEST_SEARCH:
            return FieldError(TEXT_TOO_LONG, limit=LONGEST_SEARCH)
        return "client_unclear" if self.options else "client_unknown"


def choose_client(
    req: falcon.Request, sent: Submitted, *, practitioner_id: UUID | None = None
) -> ClientChoice:
    """Who is chosen by ``client_id``, or by what is typed at ``client`` where it fits one alone.

    Args:
        req: the request.
        sent: what was chosen and typed; a chosen one whom the typed text does not mean is not
            chosen any more.
        practitioner_id: whose clients of late are offered before anything is typed; None: the
            actor's.
    """
    backend = context_of(req).backend
    typed, chosen_id = sent.text("client"), sent.uuid("client_id")
    if typed:
        return _by_typing(backend, typed, chosen_id)
    recent = _met_lately(req, practitioner_id)
    ids = [chosen_id, *recent] if chosen_id is not None else recent
    names = names_of_clients(backend, ids)
    known = [one for one in dict.fromkeys(ids) if str(one) in names]
    options = [ClientOption(one, names[str(one)]) for one in known]
    chosen = next((one for one in options if one.id == chosen_id), None)
    return _with_others(backend, options, chosen)


def _by_typing(backend: Backend, typed: str, chosen_id: UUID | None) -> ClientChoice:
    try:
        found = clients_meant(backend, typed)
    except Invalid:
        found = []
    except PortalError:
        return ClientChoice(typed, None, None)
    options = [ClientOption(one.id, one.name, one.email) for one in found]
    chosen = next((one for one in options if one.id == chosen_id), None)
    if len(options) == 1:
        chosen = options[0]
    return ClientChoice(typed, options, chosen, full=len(options) == MOST_MEANT)


def _with_others(
    backend: Backend, options: list[ClientOption], chosen: ClientOption | None
) -> ClientChoice:
    """Filled up from the list of clients, where few were met lately."""
    if len(options) >= MOST_RECENT:
        return ClientChoice("", options, chosen, full=True)
    listed = backend.part(LIST_CLIENTS, ListClients(limit=MOST_MEANT)).get()
    if listed is None:
        return ClientChoice("", options or None, chosen)
    there = {one.id for one in options}
    others = [
        ClientOption(one.id, one.name, one.email) for one in listed.items if one.id not in there
    ]
    options = [*options, *others]
    return ClientChoice(
        "",
        options[:MOST_MEANT],
        chosen,
        full=len(options) > MOST_MEANT or listed.next_cursor is not None,
    )


def _met_lately(req: falcon.Request, practitioner_id: UUID | None) -> list[UUID]:
    """Whom the practitioner met last or meets next, the nearest first."""
    context = context_of(req)
    if not has_permission(context.backend.actor, Permission.APPOINTMENTS_READ):
        return []
    stretch = ListCalendar(
        starts_from=context.now - _BEFORE,
        starts_before=context.now + _AFTER,
        practitioner_id=practitioner_id,
    )
    found = context.backend.part(LIST_CALENDAR, stretch).get()
    near = sorted(
        found.items if found else [], key=lambda entry: abs(entry.starts_at - context.now)
    )
    ids = dict.fromkeys(one.client_id for one in near if one.client_id is not None)
    return list(ids)[:MOST_RECENT]
