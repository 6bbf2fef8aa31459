"""One link of a client, as the list of them has it."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from gateway.api.api_request import ApiRequest
from portal_contracts.errors import NotFound
from portal_contracts.identity_links.rpc.links import LIST_LINKS, Link, ListLinks


class GetLink(Struct, frozen=True, kw_only=True):
    """One link of one client."""

    client_id: UUID
    link_id: UUID


def get_link(request: ApiRequest, arguments: GetLink) -> Link:
    """The link.

    Raises:
        NotFound: ``not_found``: the client has no such link, or is none of the practice's.
    """
    links = request.context.backend.ask(LIST_LINKS, ListLinks(client_id=arguments.client_id))
    for link in links.items:
        if link.id == arguments.link_id:
            return link
    raise NotFound("not_found", "There is no such link.")
