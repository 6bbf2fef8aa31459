"""Whose clients a practice shows: what own ones means, and choosing it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from identity_links.domain.people import Practitioner
from identity_links.operations.authority import (
    not_found,
    require_in_person,
    require_practice,
)
from identity_links.operations.confirming import Desk, confirm_in_person
from identity_links.operations.new_in_caseload import practitioners_with_clients
from identity_links.operations.practice_settings import change_practice
from identity_links.operations.telling import tell
from identity_links.storage import caseloads, practices
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import Caller, Role
from portal_contracts.calls import Done
from portal_contracts.errors import Conflict
from portal_contracts.identity_links.events import AccountChange
from portal_contracts.identity_links.rpc.caseload import (
    FillCaseloads,
    SetVisibility,
    SightOf,
    Visibility,
)
from portal_contracts.identity_links.rpc.targets import ClientVisibility
from portal_contracts.permissions import Permission


def fill_caseloads(
    tx: Transaction, command: FillCaseloads, caller: Caller, *, now: datetime
) -> Done:
    """Put clients into the caseloads of those who meet them; nobody loses one by it.

    While the practice shows everyone, nothing depends on it; after that it is refused, since it
    would show clients to whoever it names.

    Raises:
        Forbidden: ``not_allowed``.
        Conflict: ``own_clients_shown``.
    """
    require_in_person(caller.actor)
    practice_id = require_practice(caller.actor, Permission.PRACTICE_WRITE)
    practice = practices.find(tx, practice_id, lock=True)
    if practice is None or practice.fields.client_visibility is ClientVisibility.OWN:
        raise Conflict("own_clients_shown", "The practice shows everybody the own clients.")
    known = caseloads.own_ids(tx, practice_id, (one.client_id for one in command.pairs))
    able = practitioners_with_clients(tx, practice_id)
    for one in command.pairs:
        if one.client_id in known and one.practitioner_id in able:
            caseloads.add_as_it_comes(
                tx, one.client_id, one.practitioner_id, practice_id, added_by=None, now=now
            )
    return Done()


def read_visibility(tx: Transaction, caller: Caller) -> Visibility:
    """Whose clients the practice shows, and how many each would see of the own ones.

    Raises:
        Forbidden: ``not_allowed``.
    """
    practice_id = require_practice(caller.actor, Permission.PRACTICE_WRITE)
    fields = practices.practice_fields(tx, practice_id)
    if fields is None:
        raise not_found()
    everybody = practices.count_clients(tx, practice_id)
    sizes = caseloads.sizes(tx, practice_id)
    people = practices.practitioners(tx, practice_id=practice_id)
    return Visibility(
        visibility=fields.client_visibility,
        clients=everybody,
        unassigned=caseloads.count_unassigned(tx, practice_id),
        sights=[
            SightOf(
                practitioner_id=one.id,
                name=one.name,
                role=one.role,
                contacts=_contacts_of(tx, one, sizes, everybody),
                clinical=sizes.get(one.id, 0),
            )
            for one in sorted(people, key=lambda one: (one.name.casefold(), one.id))
        ],
    )


def set_visibility(desk: Desk, command: SetVisibility, caller: Caller) -> Done:
    """Choose whose clients the practice shows; it holds from the next request on.

    Logged as ``practice.changed``. That everyone is shown opens to an owner what only an emergency
    opens otherwise: it is proved like one, and all who work in the practice are mailed.

    Raises:
        Forbidden: ``not_allowed``: also by an API token; see `confirm_in_person`.
    """
    asking = require_in_person(caller.actor)
    practice_id = require_practice(caller.actor, Permission.PRACTICE_WRITE)
    widens = command.visibility is ClientVisibility.EVERYONE
    if widens:
        confirm_in_person(desk, command, caller)
    with desk.database.transaction() as tx:
        before = practices.find(tx, practice_id, lock=True)
        change_practice(
            tx, practice_id, {"client_visibility": command.visibility}, caller, now=desk.now
        )
        if (
            widens
            and before is not None
            and before.fields.client_visibility is not command.visibility
        ):
            _tell_all(tx, practice_id, asking, desk.now, caller)
    return Done()


def _tell_all(
    tx: Transaction, practice_id: UUID, asking: UUID, now: datetime, caller: Caller
) -> None:
    occasion = new_id()
    for one in practices.practitioners(tx, practice_id=practice_id):
        if one.active and one.id != asking:
            change = AccountChange.EVERYONE_SHOWN
            tell(tx, one.id, practice_id, change, caller, subject_id=occasion, now=now)


def _contacts_of(tx: Transaction, one: Practitioner, sizes: dict[UUID, int], everybody: int) -> int:
    if one.works_for is not None:
        return caseloads.count_of(tx, one.works_for)
    return sizes.get(one.id, 0) if one.role is Role.PRACTITIONER else everybody
