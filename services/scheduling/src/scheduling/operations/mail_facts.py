"""Facts that mails are written from, as they are at the moment of writing."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.errors import NotFound
from portal_contracts.permissions import require_kind
from portal_contracts.scheduling.rpc.appointments import (
    AppointmentStatus,
    Place,
    PlaceKind,
    SeriesEntry,
)
from portal_contracts.scheduling.rpc.overview import (
    AppointmentFacts,
    ReadAppointmentFacts,
    ReadSummaryFacts,
    SummaryFacts,
)
from portal_contracts.scheduling.rpc.series import ReadSeriesFacts, SeriesFacts
from scheduling.domain.policy import cancelling, moving
from scheduling.operations.series import is_to_come
from scheduling.operations.series_heads import entry_of, head_of, occurrence_of
from scheduling.operations.sessions import session_not_found
from scheduling.storage import appointments, series, sessions
from scheduling.storage.series import Series

LATELY = timedelta(days=1)
"""Longer than any mail about an act waits before it is sent."""


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
        series=None if one.series is None else occurrence_of(one.series),
        answer_by=one.answer_by,
        was_requested=one.requested_at is not None,
        has_answer=one.answer is not None,
    )


def read_series_facts(
    tx: Transaction, command: ReadSeriesFacts, actor: Actor, *, now: datetime
) -> SeriesFacts:
    """A series as it is now, without its title; the address of a meeting is left out.

    Raises:
        Forbidden: ``not_allowed``: the actor is no service.
        NotFound: ``series_not_found``.
    """
    require_kind(actor, ActorKind.SERVICE)
    found = series.find(tx, command.series_id)
    listed = [] if found is None else appointments.of_series(tx, found.id)
    if found is None or not listed:
        raise NotFound("series_not_found", "There is no such series.")
    to_come = [one for one in listed if is_to_come(one, now)]
    shown = to_come[0] if to_come else listed[-1]
    part = shown.series
    if part is None:
        raise NotFound("series_not_found", "There is no such series.")
    text = "" if shown.place_kind is PlaceKind.VIDEO else shown.place
    return SeriesFacts(
        practice_id=found.client.practice_id,
        client_id=found.client.id,
        practitioner_id=shown.practitioner_id,
        head=head_of(part),
        entry=entry_of(found, listed),
        ended=_ended_lately(tx, found),
        place=Place(kind=shown.place_kind, text=text),
        next_at=shown.starts_at,
        to_come=len(to_come),
        acts=found.acts,
        has_message=shown.answer is not None,
    )


def _ended_lately(tx: Transaction, parted: Series) -> list[SeriesEntry]:
    """The series that one went on from, the oldest first, as far as that was lately.

    The mails of acts that follow each other closely are sent as one, the last; so it tells of all.
    """
    ended: list[SeriesEntry] = []
    since, former_id = parted.created_at - LATELY, parted.follows_id
    while former_id is not None:
        former = series.find(tx, former_id)
        if former is None or former.acted_at < since:
            break
        ended.insert(0, entry_of(former, appointments.of_series(tx, former.id)))
        former_id = former.follows_id
    return ended


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
