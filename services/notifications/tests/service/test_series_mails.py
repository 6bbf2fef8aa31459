"""Series: one mail for each act, and what is told of one of them afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from notifications.storage.tables import live_appointment
from portal_chassis.ids import new_id
from portal_contracts.actor import Role
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.scheduling.events import (
    SeriesBooked,
    SeriesCancelled,
    SeriesMoved,
    ToldOccurrence,
)
from portal_contracts.scheduling.rpc.appointments import (
    Place,
    PlaceKind,
    RepeatUnit,
    SeriesEntry,
    SeriesHead,
)
from portal_contracts.scheduling.rpc.overview import OccurrenceFacts
from portal_contracts.scheduling.rpc.series import SeriesFacts

UNDO_SECONDS = 30
PRACTICE_ID = new_id()
WEEK = timedelta(days=7)
LENGTH = timedelta(minutes=50)


class Series:
    """A weekly series as scheduling changes it: each act is an event, and what is read then."""

    def __init__(self, calendar, take, clock):
        self.calendar, self.take, self.clock = calendar, take, clock
        self.others = calendar.others
        self.id, self.former = new_id(), None
        self.ids = [new_id() for _ in range(3)]
        self.first = clock.now() + timedelta(days=3)
        self.acts, self.sequence = 0, 0

    def told(self, n, changes=0):
        start = self.first + n * WEEK
        return ToldOccurrence(
            appointment_id=self.ids[n],
            starts_at=start,
            ends_at=start + LENGTH,
            ics_sequence=changes,
        )

    def facts(self, live=3, **more):
        wall = f"{self.first:%Y-%m-%dT%H:%M}"
        values = {
            "practice_id": new_id(),
            "client_id": self.calendar.client.id,
            "practitioner_id": self.calendar.therapist.id,
            "head": SeriesHead(
                id=self.id,
                unit=RepeatUnit.WEEKLY,
                every=1,
                weekday=self.first.weekday(),
                week_of_month=None,
                clock=f"{self.first:%H:%M}",
                timezone="UTC",
                last_on=(self.first + 2 * WEEK).date(),
            ),
            "entry": SeriesEntry(
                id=self.id,
                unit=RepeatUnit.WEEKLY,
                every=1,
                week_of_month=None,
                first_wall=wall,
                last_wall=f"{self.first + 2 * WEEK:%Y-%m-%dT%H:%M}",
                timezone="UTC",
                minutes=50,
                slots=3,
                live=live,
                sequence=self.sequence,
                left_out=[],
                moved=[],
            ),
            "ended": [],
            "place": Place(kind=PlaceKind.VIDEO, text=""),
            "next_at": self.first,
            "to_come": live,
            "acts": self.acts,
        }
        self.others.series[self.id] = SeriesFacts(**values | more)

    def _act(self, kind, actor, **more):
        data = kind(
            series_id=self.id,
            client_id=self.calendar.client.id,
            practitioner_id=self.calendar.therapist.id,
            acts=self.acts,
            **more,
        )
        event = Event(
            id=new_id(),
            type=kind.TYPE,
            occurred_at=self.clock.now(),
            practice_id=PRACTICE_ID,
            aggregate=Aggregate(type="series", id=self.id, seq=self.acts + 1),
            actor=actor or self.calendar.therapist,
            request_id="request-1",
            data=data,
        )
        self.take(event)
        return event

    def book(self, actor=None, **more):
        self.facts()
        occurrences = [self.told(n) for n in range(3)]
        return self._act(SeriesBooked, actor, timezone="UTC", occurrences=occurrences, **more)

    def move(self, by=timedelta(days=1), actor=None, **more):
        self.acts, self.sequence, self.first = self.acts + 1, self.sequence + 1, self.first + by
        self.facts()
        return self._act(
            SeriesMoved,
            actor,
            timezone="UTC",
            former_series_id=self.id,
            occurrences=[self.told(n, self.acts) for n in range(3)],
            cancelled=[],
            **more,
        )

    def cancel(self, left=0, actor=None, **more):
        self.acts, self.sequence = self.acts + 1, self.sequence + 1
        self.facts(live=left, to_come=left)
        off = [self.told(n, self.acts) for n in range(left, 3)]
        return self._act(SeriesCancelled, actor, cancelled=off, left=left, **more)


@pytest.fixture
def series(calendar, take, clock):
    return Series(calendar, take, clock)


def subjects(letters):
    return [letter.written.subject for letter in letters]


def test_a_series_without_mail_is_told_of_once_it_changes(series, send, clock, ends):
    series.book(without_mail=True)
    clock.advance(UNDO_SECONDS)
    assert send() == []
    assert ends() == [("series_confirmed", "client", "closed", "without_mail")]
    series.cancel()
    clock.advance(UNDO_SECONDS)
    assert subjects(send()) == ["Your appointments are cancelled"]


def test_a_series_that_is_changed_without_mail_is_known_to_be_so(series, send, clock, ends):
    series.book()
    clock.advance(UNDO_SECONDS)
    assert len(send()) == 1
    series.cancel(without_mail=True)
    clock.advance(UNDO_SECONDS)
    assert send() == []
    assert ends()[-1] == ("series_cancelled", "client", "closed", "without_mail")


def test_what_was_still_to_be_mailed_counts_for_a_change_without_mail_too(series, send, clock):
    series.book()
    series.move(without_mail=True)
    clock.advance(UNDO_SECONDS)
    [letter] = send()
    assert letter.written.subject.startswith("Your appointments from ")


def test_one_act_is_one_mail_after_the_undo_time(series, send, clock):
    series.book()
    assert send() == []
    clock.advance(UNDO_SECONDS)
    [letter] = send()
    assert letter.written.subject.startswith("Your appointments from ")
    assert letter.written.invitation.method == "REQUEST"


def test_the_same_event_twice_is_one_mail(series, take, send, clock):
    event = series.book()
    take(event)
    clock.advance(UNDO_SECONDS)
    assert len(send()) == 1


def test_what_is_undone_in_time_is_never_told(series, send, clock, ends):
    series.book()
    series.cancel()
    clock.advance(UNDO_SECONDS)
    assert send() == []
    assert {(state, reason) for _, _, state, reason in ends()} == {
        ("closed", "appointment_cancelled"),
        ("closed", "nothing_to_tell"),
    }


def test_moved_before_it_was_told_it_is_a_confirmation(series, send, clock):
    series.book()
    series.move()
    clock.advance(UNDO_SECONDS)
    [letter] = send()
    assert "confirmed" in letter.written.text
    series.move()
    clock.advance(UNDO_SECONDS)
    assert "new times" in send()[0].written.text


def test_some_off_keeps_the_entry_and_all_off_withdraws_it(series, send, clock):
    series.book()
    clock.advance(UNDO_SECONDS)
    send()
    series.cancel(left=1)
    clock.advance(UNDO_SECONDS)
    [shortened] = send()
    assert shortened.written.invitation.method == "REQUEST"
    series.cancel()
    clock.advance(UNDO_SECONDS)
    [off] = send()
    assert (off.written.subject, off.written.invitation.method) == (
        "Your appointments are cancelled",
        "CANCEL",
    )


def test_a_practitioner_hears_of_a_colleagues_act(series, send, clock, make_practitioner):
    series.book(make_practitioner(Role.ASSISTANT))
    clock.advance(UNDO_SECONDS)
    assert {one.recipient.address for one in send()} == {
        "anna@example.org",
        "rivera@practice.example",
    }


def test_a_practitioners_own_move_reaches_the_calendar_that_was_invited(
    series, send, clock, make_practitioner
):
    series.book(make_practitioner(Role.ASSISTANT))
    clock.advance(UNDO_SECONDS)
    send()
    series.move()
    clock.advance(UNDO_SECONDS)
    assert {one.recipient.address for one in send()} == {
        "anna@example.org",
        "rivera@practice.example",
    }


def alone(series, calendar, n):
    """The change of one occurrence of the series."""
    calendar.id, calendar.starts_at, calendar.seq = series.ids[n], series.first + n * WEEK, 1
    part = OccurrenceFacts(
        series_id=series.id,
        wall=f"{calendar.starts_at:%Y-%m-%dT%H:%M}",
        timezone="UTC",
        sequence=1,
        told_starts_at=calendar.starts_at,
    )

    def with_series():
        there = series.others.appointments[calendar.id]
        series.others.appointments[calendar.id] = replace(there, series=part)

    return with_series


def test_one_that_is_moved_alone_tells_the_time_before_and_is_part_of_the_entry(
    series, calendar, send, clock
):
    series.book()
    clock.advance(UNDO_SECONDS)
    send()
    with_series = alone(series, calendar, 1)
    calendar.move(actor=calendar.therapist)
    with_series()
    clock.advance(UNDO_SECONDS)
    [letter] = send()
    assert "Before:" in letter.written.text
    told = letter.written.invitation.body.decode().replace("\r\n ", "")
    assert f"UID:{series.id}@" in told
    assert "RECURRENCE-ID;TZID=UTC" in told or "RECURRENCE-ID:" in told


def test_one_that_is_cancelled_alone_is_told_as_the_series_told_it(series, calendar, send, clock):
    series.book()
    clock.advance(UNDO_SECONDS)
    send()
    with_series = alone(series, calendar, 2)
    calendar.cancel()
    with_series()
    letters = send()
    assert "is cancelled" in letters[0].written.subject
    assert letters[0].written.invitation.method == "CANCEL"


def test_all_are_kept_for_their_reminders_and_a_change_of_one_counts(
    series, calendar, database, take, clock
):
    series.book()
    series.move()
    alone(series, calendar, 0)
    calendar.seq = 2
    calendar.cancel()
    with database.transaction() as tx:
        rows = {row.id: row for row in tx.execute(select(live_appointment))}
    assert [rows[one].cancelled for one in series.ids] == [True, False, False]
    assert [rows[one].starts_at for one in series.ids[1:]] == [
        series.first + WEEK,
        series.first + 2 * WEEK,
    ]


def test_what_was_looked_at_in_between_outdates_no_change_of_the_series(
    series, calendar, database, take, clock
):
    series.book()
    alone(series, calendar, 0)
    moved = calendar.move(timedelta(days=2), taken=False)
    # Each look at it counts in its events' numbers.
    moved = replace(moved, aggregate=replace(moved.aggregate, seq=9))
    take(moved)
    series.acts = 1
    series.move()
    take(replace(moved, id=new_id()))
    with database.transaction() as tx:
        rows = {row.id: row.starts_at for row in tx.execute(select(live_appointment))}
    assert [rows[one] for one in series.ids] == [series.first + n * WEEK for n in range(3)]
