"""Forms that were sent: what to review, all of them, and one client's."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import falcon

from gateway.console.client_names import names_of_clients
from gateway.console.clients.client import show_client
from gateway.web.backend import Backend
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource
from gateway.web.submitted import read_query
from portal_contracts.errors import Invalid
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.forms.rpc.requests import LIST_REQUESTS, ListRequests, RequestPage

MOST_TO_REVIEW: Final = 100


class FormsPage(Resource):
    """``/console/forms``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What nobody has reviewed yet, alerts first; below it all that was sent, by state.

        Raises:
            Invalid: a filter that does not exist.
        """
        sent = read_query(req)
        state, cursor = _read_state(sent.text("state")), sent.text("cursor") or None
        backend = context_of(req).backend
        new_part = backend.part(
            LIST_REQUESTS,
            ListRequests(state=RequestState.SUBMITTED, answers_shown=True, limit=MOST_TO_REVIEW),
        )
        all_part = backend.part(LIST_REQUESTS, ListRequests(state=state, cursor=cursor))
        new, requests = new_part.get(), all_part.get_unless_refused()
        self.show(
            req,
            resp,
            "console/forms.html",
            device=practitioner_of(req),
            to_review=sorted(new.items, key=lambda row: not row.alert) if new else None,
            requests=requests,
            names=_names(backend, new, requests),
            state=state,
            cursor=cursor,
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


def _read_state(text: str) -> RequestState | None:
    try:
        return RequestState(text) if text else None
    except ValueError:
        raise Invalid(
            "invalid_input", "This filter does not exist.", fields={"state": "invalid"}
        ) from None


def _names(backend: Backend, *pages: RequestPage | None) -> dict[str, str]:
    return names_of_clients(
        backend, (row.client_id for page in pages if page for row in page.items)
    )
