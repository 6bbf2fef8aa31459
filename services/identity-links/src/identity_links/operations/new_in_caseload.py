"""How a client comes into a caseload by being added, or by an appointment."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from identity_links.domain.access import Act, note
from identity_links.domain.attribution import Attribution
from identity_links.storage import access_log, caseloads, former_caseloads, practices
from portal_chassis.authority.ownership import own_id
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.envelope import Event
from portal_contracts.errors import Forbidden, NotFound
from portal_contracts.identity_links.rpc.caseload import (
    CaseloadKind,
)
from portal_contracts.scheduling.events import AppointmentBooked, AppointmentsRetained, SeriesBooked
from portal_contracts.scheduling.request_events import AppointmentRequested


def begin_caseload(
    tx: Transaction,
    client_id: UUID,
    practice_id: UUID,
    wished: UUID | None,
    actor: Actor,
    *,
    now: datetime,
) -> None:
    """Put a new client into the caseload she is to be in.

    That is the practitioner's who is named; else of whoever adds her, and for an assistant the
    only practitioner's whom they work for. Among several, an assistant of all of the practice who
    names none adds a client who is nobody's own until somebody is booked or an owner says whose;
    one of chosen practitioners adds her to those.

    Raises:
        Forbidden: ``not_allowed``: a practitioner adds clients of the own, an assistant those of
            whom they work for.
        NotFound: ``practitioner_not_found``.
    """
    if wished is not None and not actor.may_work_for(wished):
        raise Forbidden("not_allowed", "An assistant adds clients of those they work for.")
    main = wished or _who_it_is_for(tx, practice_id, actor)
    if main is None:
        # Whoever is to see the client again who was just added: all whom the assistant works for.
        for one in actor.works_for or ():
            caseloads.add_as_it_comes(tx, client_id, one, practice_id, added_by=actor.id, now=now)
        return
    if actor.role is Role.PRACTITIONER and main != actor.id:
        raise Forbidden("not_allowed", "A practitioner adds clients of the own.")
    require_practitioner(tx, main, practice_id)
    caseloads.add(tx, client_id, main, practice_id, CaseloadKind.OWN, added_by=actor.id, now=now)


def take_booking(
    tx: Transaction,
    event: Event[AppointmentBooked]
    | Event[SeriesBooked]
    | Event[AppointmentRequested]
    | Event[AppointmentsRetained],
) -> None:
    """Put a client who was booked with a practitioner, or asks to be, into that one's caseload.

    So is one whose appointments stay there when the rest is handed over.

    Whoever books herself shows herself to the one she comes to, and so does a practice that books
    for a colleague. Whoever books into the own calendar gains nothing by it: an owner would see
    by a booking what is not shown. Nor does one out of whose caseload she was taken since: what
    comes late undoes nothing. Logged as ``caseload.shared``.
    """
    data = event.data
    if event.actor.id == data.practitioner_id and not _was_own(tx, event):
        return
    if caseloads.has(tx, data.client_id, data.practitioner_id):
        # As of almost every booking.
        return
    if not caseloads.own_ids(tx, event.practice_id, [data.client_id]):
        return
    if data.practitioner_id not in practitioners_with_clients(tx, event.practice_id):
        return
    if former_caseloads.withdrawn_since(
        tx, event.practice_id, data.client_id, data.practitioner_id, event.occurred_at
    ):
        return
    by = event.actor.id if event.actor.kind is ActorKind.PRACTITIONER else None
    added = caseloads.add_as_it_comes(
        tx,
        data.client_id,
        data.practitioner_id,
        event.practice_id,
        added_by=by,
        now=event.occurred_at,
    )
    if added is not None:
        access_log.append(
            tx,
            note(
                Attribution(event.actor, event.request_id, ""),
                Act.CASELOAD_SHARED,
                event.practice_id,
                event.occurred_at,
                client_id=data.client_id,
                subject_id=data.practitioner_id,
            ),
        )


def _was_own(tx: Transaction, event: Event[Any]) -> bool:
    """Whether an event tells what is left of the own caseload, which its actor handed over."""
    data = event.data
    return isinstance(data, AppointmentsRetained) and former_caseloads.handed_over_by(
        tx, event.practice_id, data.client_id, data.practitioner_id, event.request_id
    )


def _who_it_is_for(tx: Transaction, practice_id: UUID, actor: Actor) -> UUID | None:
    if actor.role is not Role.ASSISTANT:
        return own_id(actor)
    able = {one for one in practitioners_with_clients(tx, practice_id) if actor.may_work_for(one)}
    return able.pop() if len(able) == 1 else None


def require_practitioner(tx: Transaction, practitioner_id: UUID, practice_id: UUID) -> None:
    """Refuse whoever can have no clients in the practice.

    Raises:
        NotFound: ``practitioner_not_found``.
    """
    if practitioner_id not in practitioners_with_clients(tx, practice_id):
        raise NotFound("practitioner_not_found", "There is no such practitioner.")


def practitioners_with_clients(tx: Transaction, practice_id: UUID) -> set[UUID]:
    """Who may have clients: an assistant has none, nor anybody who is not in any more."""
    people = practices.practitioners(tx, practice_id=practice_id)
    return {one.id for one in people if one.role is not Role.ASSISTANT and one.active}
