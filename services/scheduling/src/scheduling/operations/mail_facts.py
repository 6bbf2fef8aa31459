"""Facts that mails are written from, as they are at the moment of writing."""

from __future__ import annotations

from datetime import datetime

from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.errors import NotFound
from portal_contracts.permissions import require_kind
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus, Place, PlaceKind
from portal_contracts.scheduling.rpc.overview import (
    AppointmentFacts,
    ReadAppointmentFacts,
    ReadSummaryFacts,
    SummaryFacts,
)
from scheduling.domain.policy import cancelling, moving
from scheduling.operations.sessions import session_not_found
from scheduling.storage import appointments, sessions


def read_appointment_facts(
    tx: Transaction, command: ReadAppointmentFacts, actor: Actor, *, now: datetime
) -> AppointmentFacts:
    """An appointment as it is now, without its title; the address of a meeting is left out.

    Raises:
        Forbidden: ``not_allowed``: the actor is no service.
        NotFound: ``appointment_not_found``.
    """
    require_kind(actor, ActorKind.SERVICE)
    one = appointments.find_anywhere(tx, command.appointment_id)
    if one is None:
        raise NotFound("appointment_not_found", "There is no such appointment.")
    # For video the place is the meeting's address, which is told in the portal alone.
    text = "" if one.place_kind is PlaceKind.VIDEO else one.place
    return AppointmentFacts(
        practice_id=one.practice_id,
        client_id=one.client_id,
        practitioner_id=one.practitioner_id,
        status=AppointmentStatus(one.status),
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        timezone=one.timezone,
        place=Place(kind=one.place_kind, text=text),
        ics_sequence=one.ics_sequence,
        sequence_raised=one.sequence_raised,
        cancel=cancelling(one.rules, one.standing, now=now),
        move=moving(one.rules, one.standing, now=now),
        has_policy=bool(one.policy_accepted or one.policy),
    )


def read_summary_facts(
    tx: Transaction, command: ReadSummaryFacts, actor: Actor, *, now: datetime
) -> SummaryFacts:
    """Which version of a session's summary is shared at present, if any.

    Raises:
        Forbidden: ``not_allowed``: the actor is no service.
        NotFound: ``session_not_found``.
    """
    require_kind(actor, ActorKind.SERVICE)
    session = sessions.find(tx, command.session_id, practice_id=None, now=now)
    if session is None:
        raise session_not_found()
    summary = session.summary
    return SummaryFacts(
        practice_id=session.practice_id,
        client_id=session.client_id,
        practitioner_id=session.practitioner_id,
        shared_version=summary.shared_version if summary else None,
        read_at=summary.read_at if summary and not summary.read_revealed else None,
    )
