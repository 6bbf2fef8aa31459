"""A practitioner hands clients, appointments to come and open forms over to another one.

The clients go over in this transaction. The other services are told by an event, a row of the
same transaction: each does its part in one transaction of its own, once, whenever it is there.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from identity_links.domain.access import Act, note
from identity_links.operations.authority import not_found, require_practice
from identity_links.storage import access_log, caseloads, team
from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_contracts.actor import Caller, Role
from portal_contracts.calls import Done
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.events import HandOverStarted
from portal_contracts.identity_links.rpc.caseload import CaseloadKind
from portal_contracts.identity_links.rpc.handing_over import HandOver
from portal_contracts.permissions import Permission


def hand_over(tx: Transaction, command: HandOver, caller: Caller, *, now: datetime) -> Done:
    """Hand over from one practitioner to another; publishes `HandOverStarted`.

    Logged as ``practitioner.handed_over``, and as ``caseload.handed_over`` for each client.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``: who hands over is unknown, or another practice's.
        Invalid: ``hand_over_fields`` with ``to_practitioner_id``: ``same_practitioner``, or
            ``practitioner_unknown``: unknown, deactivated, or an assistant;
            ``still_in``: an owner who is shown own clients takes for oneself what is a colleague's
            only once that one's account is deactivated.
    """
    practice_id = require_practice(caller.actor, Permission.TEAM_WRITE)
    return hand_over_in(tx, practice_id, command, caller, now=now)


def hand_over_in(
    tx: Transaction, practice_id: UUID, command: HandOver, caller: Caller, *, now: datetime
) -> Done:
    """Hand over in any practice; see `hand_over`."""
    team.lock_team(tx, practice_id)
    giver = team.find(tx, command.from_practitioner_id, practice_id)
    if giver is None:
        raise not_found()
    taker = team.find(tx, command.to_practitioner_id, practice_id)
    wrong = None
    if command.to_practitioner_id == giver.id:
        wrong = "same_practitioner"
    elif taker is None or not taker.active or taker.role is Role.ASSISTANT:
        wrong = "practitioner_unknown"
    elif taker.id == caller.actor.id and caller.actor.caseload_only and giver.active:
        # Else an owner would open all at once what takes an emergency for each.
        wrong = "still_in"
    if wrong is not None:
        detail = "Nobody can take over who is not in."
        raise Invalid("hand_over_fields", detail, fields={"to_practitioner_id": wrong})
    moved = _move_clients(tx, practice_id, command, caller, now)
    outbox.record(
        tx,
        HandOverStarted(
            from_practitioner_id=giver.id,
            to_practitioner_id=command.to_practitioner_id,
            client_ids=command.client_ids,
            left_appointment_ids=command.left_appointment_ids,
        ),
        practice_id=practice_id,
        aggregate=("practitioner_handed_over", giver.id),
        actor=caller.actor,
        request_id=caller.request_id,
        now=now,
    )
    rows = [note(caller, Act.PRACTITIONER_HANDED_OVER, practice_id, now, subject_id=giver.id)]
    for client_id in moved:
        act, to = Act.CASELOAD_HANDED_OVER, command.to_practitioner_id
        rows.append(note(caller, act, practice_id, now, client_id=client_id, subject_id=to))
    access_log.append(tx, *rows)
    return Done()


def _move_clients(
    tx: Transaction, practice_id: UUID, command: HandOver, caller: Caller, now: datetime
) -> list[UUID]:
    """Move clients from one caseload to the other; whose they are afterwards."""
    giver, taker = command.from_practitioner_id, command.to_practitioner_id
    added_by = caller.actor.id
    wanted = None if command.client_ids is None else set(command.client_ids)
    own, shared = (
        sorted(
            caseloads.own_ids(
                tx,
                practice_id,
                [one for one in listed if wanted is None or one in wanted],
            )
        )
        for listed in (
            caseloads.of_practitioner(tx, giver, CaseloadKind.OWN),
            caseloads.of_practitioner(tx, giver, CaseloadKind.SHARED),
        )
    )
    caseloads.hand_over(tx, own, taker, practice_id, keep_shared=False, added_by=added_by, now=now)
    for client_id in shared:
        caseloads.remove(tx, client_id, giver)
        caseloads.add_as_it_comes(tx, client_id, taker, practice_id, added_by=added_by, now=now)
    return [*own, *shared]
