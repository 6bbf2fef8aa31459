"""The list of clients: searched, filtered, ordered."""

from __future__ import annotations

from typing import Final, TypeVar

import falcon

from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource
from gateway.web.submitted import read_query
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.clients import (
    LIST_CLIENTS,
    LONGEST_SEARCH,
    ClientSort,
    ClientStatus,
    ListClients,
)

ALL: Final = "all"

E = TypeVar("E", ClientSort, ClientStatus)


class ClientsPage(Resource):
    """``/console/clients``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Search, filter, sort and page; only the table where only that is asked for."""
        sent = read_query(req)
        query = {
            "search": sent.text("search")[:LONGEST_SEARCH],
            "status": sent.text("status") or ClientStatus.ACTIVE,
            "sort": sent.text("sort") or ClientSort.NAME,
            "cursor": sent.text("cursor"),
        }
        page = context_of(req).backend.ask(LIST_CLIENTS, _read_filter(query))
        resp.append_header("Vary", "HX-Request")
        self.show(
            req,
            resp,
            "console/clients.html",
            block="table" if req.get_header("HX-Request") == "true" else None,
            device=practitioner_of(req),
            page=page,
            query=query,
        )


def _read_filter(query: dict[str, str]) -> ListClients:
    status = None if query["status"] == ALL else _choice(ClientStatus, "status", query)
    return ListClients(
        search=query["search"],
        status=status,
        sort=_choice(ClientSort, "sort", query),
        cursor=query["cursor"] or None,
    )


def _choice(kind: type[E], name: str, query: dict[str, str]) -> E:
    try:
        return kind(query[name])
    except ValueError:
        raise Invalid(
            "invalid_input", "This filter does not exist.", fields={name: "invalid"}
        ) from None
