"""Whose calendar, services or hours a page shows: the actor's own, or a colleague's."""

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
    """The practitioner whose things are shown, and who else could be chosen.

    Attributes:
        practitioner_id: of the chosen one.
        name: of the chosen one; empty where it is not known.
        own: the chosen one is the actor.
        explicit: addresses name also the actor, since somebody else was shown last.
        people: all who can be chosen; empty where there is nothing to choose.
    """

    practitioner_id: UUID
    name: str
    own: bool
    people: list[PractitionerCard]
    explicit: bool = False

    def query(self, *, first: str = "?") -> str:
        """The query of an address that says so, begun by `first`; empty for the actor's own.

        It is said also of the actor's own where an address without it leads to somebody else's.
        """
        needed = not self.own or self.explicit
        return f"{first}practitioner={self.practitioner_id}" if needed else ""


def chosen_practitioner(req: falcon.Request, sent: Submitted) -> ChosenPractitioner:
    """The practitioner that `sent` names in ``practitioner``; without it, who was shown last.

    Whoever is named is kept, and shown by the next page that names nobody; what is sent without
    a name is the actor's own.

    Owners choose among all, assistants among those they work for; an assistant, who sees no
    clients, begins with the first. While nobody can say who works here, it is the actor.

    Raises:
        Invalid: that is no id.
    """
    device = practitioner_of(req)
    own_id = device.actor.id or device.device_id
    asked = sent.uuid("practitioner")
    if sent.text("practitioner") and asked is None:
        raise Invalid("invalid_input", "There is no such practitioner.")
    people = choosable_practitioners(req, asked)
    first = own_id
    if device.actor.role == Role.ASSISTANT and people:
        first = people[0].id
    context = context_of(req)
    last = context.shown if req.method == "GET" else None
    kept = last if any(card.id == last for card in people) else None
    chosen_id = asked or kept or first
    if asked is not None and any(card.id == asked for card in people):
        context.shows = asked
    names = {card.id: card.name for card in people} | {own_id: device.name}
    return ChosenPractitioner(
        practitioner_id=chosen_id,
        name=names.get(chosen_id, ""),
        own=chosen_id == own_id,
        people=people if len(people) > 1 or (people and people[0].id != own_id) else [],
        explicit=context.shown not in {None, own_id} and bool(people),
    )


def choosable_practitioners(req: falcon.Request, asked: UUID | None) -> list[PractitionerCard]:
    """Among whom the actor may choose: an owner among all, an assistant among those worked for.

    Who is not in any more has appointments to hand over at most, and is there only if `asked` for
    by name. Nobody for a practitioner, and while it cannot be said who works here; nor where there
    is one practitioner alone, of whom nothing is asked.
    """
    device = practitioner_of(req)
    actor = device.actor
    if actor.role == Role.PRACTITIONER or not device.has_colleagues:
        return []
    listed = context_of(req).backend.part(LIST_PRACTITIONERS, Nothing()).get()
    return [
        card
        for card in (listed.items if listed else [])
        if card.role != Role.ASSISTANT
        and actor.may_work_for(card.id)
        and (card.active or card.id == asked)
    ]
