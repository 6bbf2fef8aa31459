"""Reminders: one, a day before, never at a time that no longer holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from notifications.operations import reminders
from notifications.storage.tables import live_appointment

HOURS = 24


@pytest.fixture
def plan_reminders(database, clock):
    def plan(hours=HOURS) -> int:
        with database.transaction() as tx:
            return reminders.plan_due(tx, hours=hours, now=clock.now())

    return plan


@pytest.fixture
def until_due(calendar, clock):
    """Lets time pass until the reminder of the appointment is due."""

    def wait() -> None:
        due = calendar.starts_at - timedelta(hours=HOURS)
        clock.advance((due - clock.now()).total_seconds())

    return wait


def kept(database):
    with database.transaction() as tx:
        return tx.execute(select(live_appointment)).all()


def test_one_reminder_a_day_before_without_an_invitation(
    calendar, send, plan_reminders, until_due, clock
) -> None:
    calendar.book()
    send()
    assert plan_reminders() == 0
    until_due()
    assert plan_reminders() == 1
    assert plan_reminders() == 0
    [letter] = send()
    assert letter.recipient.address == "anna@example.org"
    assert letter.written.subject == "Reminder: your appointment on Friday, 4 December"
    assert letter.written.invitation is None
    clock.advance(3600)
    assert plan_reminders() == 0


def test_who_booked_after_the_instant_has_just_heard_of_it(
    calendar, send, plan_reminders, until_due, clock
) -> None:
    until_due()
    clock.advance(1)
    calendar.book()
    send()
    plan_reminders()
    assert send() == []


def test_a_moved_appointment_is_reminded_of_at_its_new_time_alone(
    calendar, send, plan_reminders, until_due
) -> None:
    calendar.book()
    calendar.move(timedelta(days=2))
    send()
    until_due()
    plan_reminders()
    assert [letter.written.subject for letter in send()] == [
        "Reminder: your appointment on Sunday, 6 December"
    ]


def test_what_is_planned_is_not_sent_at_a_time_that_no_longer_holds(
    calendar, send, plan_reminders, until_due, ends
) -> None:
    calendar.book()
    send()
    until_due()
    plan_reminders()
    calendar.move(timedelta(days=2), taken=False)
    assert send() == []
    assert ends()[-1] == ("appointment_reminder", "client", "closed", "appointment_changed")


def test_a_cancelled_appointment_is_not_reminded_of(
    calendar, send, plan_reminders, until_due, take
) -> None:
    booked = calendar.book(taken=False)
    calendar.cancel()
    take(booked)  # late: the cancellation is the later word
    until_due()
    assert plan_reminders() == 0
    assert send() == []


def test_an_older_event_changes_nothing(database, calendar, take) -> None:
    booked = calendar.book(taken=False)
    calendar.move()
    take(booked)
    [row] = kept(database)
    assert (row.starts_at, row.seq, row.cancelled) == (calendar.starts_at, 2, False)


def test_an_outage_over_the_instant_delays_the_reminder(
    calendar, send, plan_reminders, until_due, clock
) -> None:
    calendar.book()
    send()
    until_due()
    clock.advance(5 * 3600)
    assert plan_reminders() == 1
    assert len(send()) == 1
    clock.advance(24 * 3600)
    assert plan_reminders() == 0


def test_zero_hours_is_never(calendar, plan_reminders, until_due) -> None:
    calendar.book()
    until_due()
    assert plan_reminders(0) == 0


def test_appointments_long_past_are_forgotten(database, calendar, clock) -> None:
    calendar.book()
    clock.advance(timedelta(days=3).total_seconds())
    for expected in (0, 1):
        with database.transaction() as tx:
            assert reminders.forget_past(tx, now=clock.now()) == expected
        clock.advance(timedelta(days=31).total_seconds())
    assert kept(database) == []
