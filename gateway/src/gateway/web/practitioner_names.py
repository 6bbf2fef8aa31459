"""Practitioners' names by id, for pages that can do without them."""

from __future__ import annotations

from uuid import UUID

from gateway.web.backend import Backend, Part
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.access import LIST_PRACTITIONERS, Practitioners


class PractitionerNames:
    """Names under way, by id.

    Args:
        part: the call.
    """

    def __init__(self, part: Part[Practitioners]) -> None:
        self._part = part

    def get(self) -> dict[UUID, str]:
        """The names; empty when they cannot be had."""
        found = self._part.get()
        return {} if found is None else {card.id: card.name for card in found.items}


def practitioner_names(backend: Backend) -> PractitionerNames:
    """Begin to ask who works in the client's practice."""
    return PractitionerNames(backend.part(LIST_PRACTITIONERS, Nothing()))
