"""Whose calendar, services or hours a page shows: one's own, or a colleague's."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

import falcon

from gateway.web.request_context import context_of, practitioner_of
from gateway.web.submitted import Submitted
from portal_contracts.actor import Role
from portal_contracts.calls import Nothing
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.access import LIST_PRACTITIONERS, PractitionerCard


class ChosenPractitioner(NamedTuple):
    """Whose things are shown, and whose could be.

    Attributes:
        practitioner_id: whose.
        name: what she is called.
        own: they are the actor's own.
        people: who there is to choose from; empty where there is nothing to choose.
    """

    practitioner_id: UUID
    name: str
    own: bool
    people: list[PractitionerCard]

    def query(self, *, first: str = "?") -> str:
        """What an address says for it, begun by `first`; nothing for one's own."""
        return "" if self.own else f"{first}practitioner={self.practitioner_id}"


def chosen_practitioner(req: falcon.Request, sent: Submitted) -> ChosenPractitioner:
    """Whose things `sent` asks for in ``practitioner``; without it, one's own.

    Owners and assistants choose among all; an assistant, who sees no clients of
    her own, begins with the first. While nobody can say who works here, it is one's own.

    Raises:
        Invalid: that is no id.
    """
    device = practitioner_of(req)
    own_id = device.actor.id or device.device_id
    asked = sent.uuid("practitioner")
    if sent.text("practitioner") and asked is None:
        raise Invalid("invalid_input", "There is no such practitioner.")
    listed = context_of(req).backend.part(LIST_PRACTITIONERS, Nothing()).get()
    people = [card for card in (listed.items if listed else []) if card.role != Role.ASSISTANT]
    if device.actor.role == Role.PRACTITIONER:
        people = []
    first = own_id
    if device.actor.role == Role.ASSISTANT and people:
        first = people[0].id
    chosen = asked or first
    names = {card.id: card.name for card in people} | {own_id: device.name}
    return ChosenPractitioner(
        practitioner_id=chosen,
        name=names.get(chosen, ""),
        own=chosen == own_id,
        people=people if len(people) > 1 or (people and people[0].id != own_id) else [],
    )
