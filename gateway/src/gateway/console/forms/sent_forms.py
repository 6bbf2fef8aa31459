"""Forms that were sent: what to review, all of them, and one client's."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import falcon

from gateway.console.client_names import names_of_clients
from gateway.console.clients.client import show_client
from gateway.web.backend import Backend
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource
from gateway.web.submitted import read_query
from gateway.words.wall_time import local_date
from portal_contracts.calls import MOST_ON_A_PAGE
from portal_contracts.errors import Invalid
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.forms.rpc.requests import (
    COUNT_REQUESTS,
    LIST_REQUESTS,
    CountRequests,
    ListRequests,
    RequestCounts,
    RequestPage,
)
from portal_contracts.identity_links.rpc.clients import LIST_CLIENTS, ListClients

MOST_TO_REVIEW: Final = 100
OVERDUE: Final = "overdue"
"""Beside the states: those that wait and are past their day."""
STAGES: Final = ("", OVERDUE, "not_opened", "started", "submitted", "reviewed", "withdrawn")


class Narrowed(NamedTuple):
    """Which of all forms are looked at.

    Attributes:
        stage: one of `STAGES`.
        client: what was typed to find clients by.
        client_ids: who was found by it; None without it.
        more: not all who were found fit a page.
        cursor: where the page begins.
        today: the practice's day, which decides what is overdue.
    """

    stage: str
    client: str
    client_ids: list[UUID] | None
    more: bool
    cursor: str | None
    today: date

    @property
    def query(self) -> str:
        """What stands in the address before the page."""
        return self.at(self.stage).partition("?")[2]

    def at(self, stage: str) -> str:
        """The address of another stage, of the same clients."""
        told = {"state": stage, "client": self.client}
        query = urlencode({name: text for name, text in told.items() if text})
        return f"/console/forms?{query}" if query else "/console/forms"


class FormsPage(Resource):
    """``/console/forms``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What nobody has reviewed yet, alerts first; below it all that was sent, overdue first.

        Raises:
            Invalid: a filter that does not exist.
        """
        backend, which = context_of(req).backend, _read(req)
        new_part = backend.part(
            LIST_REQUESTS,
            ListRequests(
                state=RequestState.SUBMITTED,
                answers_shown=True,
                client_ids=which.client_ids,
                limit=MOST_TO_REVIEW,
            ),
        )
        all_part = backend.part(LIST_REQUESTS, _asked(which))
        counts_part = backend.part(
            COUNT_REQUESTS, CountRequests(client_ids=which.client_ids, today=which.today)
        )
        new, requests = new_part.get(), all_part.get_unless_refused()
        self.show(
            req,
            resp,
            "console/forms.html",
            device=practitioner_of(req),
            to_review=sorted(new.items, key=lambda row: not row.alert) if new else None,
            requests=requests,
            counts=_counts(counts_part.get()),
            names=_names(backend, new, requests),
            which=which,
            stages=STAGES,
        )


class ClientFormsPage(Resource):
    """``/console/clients/<client_id>/forms``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """The forms that were sent to the client, and how far each is."""
        cursor = read_query(req).text("cursor") or None
        requests = context_of(req).backend.part(
            LIST_REQUESTS, ListRequests(client_id=client_id, cursor=cursor)
        )
        show_client(self, req, resp, client_id, tab="forms", requests=requests, cursor=cursor)


def _read(req: falcon.Request) -> Narrowed:
    """Which forms the address asks for; finds the clients whom it names by what was typed.

    Raises:
        Invalid: a filter that does not exist.
        Unavailable: the clients cannot be found now.
    """
    sent, context = read_query(req), context_of(req)
    stage, client = sent.text("state"), sent.text("client")
    if stage not in STAGES:
        raise Invalid("invalid_input", "This filter does not exist.", fields={"state": "invalid"})
    ids, more = None, False
    if client:
        command = ListClients(search=client, status=None, limit=MOST_ON_A_PAGE)
        found = context.backend.ask(LIST_CLIENTS, command)
        ids, more = [row.id for row in found.items], found.next_cursor is not None
    return Narrowed(
        stage=stage,
        client=client,
        client_ids=ids,
        more=more,
        cursor=sent.text("cursor") or None,
        today=local_date(context.now, practitioner_of(req).practice.timezone),
    )


def _asked(which: Narrowed) -> ListRequests:
    overdue = which.stage == OVERDUE
    return ListRequests(
        state=RequestState(which.stage) if which.stage and not overdue else None,
        overdue=overdue,
        overdue_first=True,
        today=which.today,
        client_ids=which.client_ids,
        cursor=which.cursor,
    )


def _counts(found: RequestCounts | None) -> dict[str, int]:
    """Stage to how many; empty where that cannot be had."""
    if found is None:
        return {}
    return {"": sum(found.states.values()), OVERDUE: found.overdue} | {
        stage: found.states.get(stage, 0) for stage in STAGES[2:]
    }


def _names(backend: Backend, *pages: RequestPage | None) -> dict[str, str]:
    return names_of_clients(
        backend, (row.client_id for page in pages if page for row in page.items)
    )
