"""The list of clients: searched, filtered, ordered."""

from __future__ import annotations

from typing import Final, NamedTuple, TypeVar
from uuid import UUID

import falcon

from gateway.console.chosen_practitioner import choosable_practitioners
from gateway.web.backend import Backend
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.submitted import read_query
from portal_contracts.actor import Actor
from portal_contracts.errors import Invalid
from portal_contracts.forms.rpc.requests import COUNT_OPEN_FORMS, CountOpenForms
from portal_contracts.identity_links.rpc.access import PractitionerCard
from portal_contracts.identity_links.rpc.clients import (
    LIST_CLIENTS,
    LONGEST_SEARCH,
    ClientPage,
    ClientSort,
    ClientStatus,
    ListClients,
)
from portal_contracts.scheduling.rpc.calendar import (
    LIST_CLIENT_TIMES,
    ClientTime,
    ListClientTimes,
)

ALL: Final = "all"

E = TypeVar("E", ClientSort, ClientStatus)


class ClientsPage(Resource):
    """``/console/clients``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Search, filter, sort and page; only the table where only that is asked for.

        The search that stands on every page says ``go``: whoever is found alone is shown at once.
        """
        sent = read_query(req)
        query = {
            "search": sent.text("search")[:LONGEST_SEARCH],
            "status": sent.text("status") or ClientStatus.ACTIVE,
            "sort": sent.text("sort") or ClientSort.NAME,
            "practitioner": sent.text("practitioner"),
            "cursor": sent.text("cursor"),
        }
        backend = context_of(req).backend
        people = choosable_practitioners(req, sent.uuid("practitioner"))
        page = backend.ask(LIST_CLIENTS, _read_filter(query))
        if sent.text("go") and query["search"] and len(page.items) == 1 and not query["cursor"]:
            see_other(resp, f"/console/clients/{page.items[0].id}")
            return
        resp.append_header("Vary", "HX-Request")
        self.show(
            req,
            resp,
            "console/clients.html",
            block="table" if req.get_header("HX-Request") == "true" else None,
            device=practitioner_of(req),
            page=page,
            columns=_columns(backend, [row.id for row in page.items]),
            query=query,
            people=people if len(people) > 1 else [],
            names_practitioner=_names_practitioner(practitioner_of(req).actor, people, page),
        )


class Columns(NamedTuple):
    """What other services know of the clients of a page.

    Attributes:
        times: client id to when the client comes next and came last; None while it cannot be said.
        open_forms: client id (as text) to how many forms wait; None while it cannot be said.
    """

    times: dict[UUID, ClientTime] | None
    open_forms: dict[str, int] | None


def _names_practitioner(actor: Actor, people: list[PractitionerCard], page: ClientPage) -> bool:
    """Whether the table says whose own each client is: of whoever sees several practitioners'."""
    alone = people[0].id if len(people) == 1 else actor.id
    mains = {row.main_practitioner_id for row in page.items}
    return len(people) > 1 or not mains <= {None, alone}


def _columns(backend: Backend, client_ids: list[UUID]) -> Columns:
    if not client_ids:
        return Columns({}, {})
    times_part = backend.part(LIST_CLIENT_TIMES, ListClientTimes(client_ids=client_ids))
    forms_part = backend.part(COUNT_OPEN_FORMS, CountOpenForms(client_ids=client_ids))
    times, forms = times_part.get(), forms_part.get()
    return Columns(
        None if times is None else {one.client_id: one for one in times.items},
        None if forms is None else forms.counts,
    )


def _read_filter(query: dict[str, str]) -> ListClients:
    status = None if query["status"] == ALL else _choice(ClientStatus, "status", query)
    return ListClients(
        search=query["search"],
        status=status,
        sort=_choice(ClientSort, "sort", query),
        practitioner_id=_practitioner(query),
        cursor=query["cursor"] or None,
    )


def _practitioner(query: dict[str, str]) -> UUID | None:
    try:
        return UUID(query["practitioner"]) if query["practitioner"] else None
    except ValueError:
        raise Invalid(
            "invalid_input", "This filter does not exist.", fields={"practitioner": "invalid"}
        ) from None


def _choice(kind: type[E], name: str, query: dict[str, str]) -> E:
    try:
        return kind(query[name])
    except ValueError:
        raise Invalid(
            "invalid_input", "This filter does not exist.", fields={name: "invalid"}
        ) from None
