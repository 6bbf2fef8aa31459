"""Mails after a restore: what may have gone out does not go out again by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from notifications.operations import reminders
from notifications.operations.restoring import hold_perhaps_sent
from notifications.storage.tables import delivery

HOURS = 24


@pytest.fixture
def hold(database, clock):
    def run(stopped_at, began_at=None):
        with database.transaction() as tx:
            return hold_perhaps_sent(
                tx,
                stopped_at=stopped_at,
                began_at=began_at or clock.now() + timedelta(seconds=1),
                reminder_hours=HOURS,
            )

    return run


def states(database):
    with database.transaction() as tx:
        rows = tx.execute(select(delivery.c.kind, delivery.c.state, delivery.c.reason))
        return {row.kind: (row.state, row.reason) for row in rows}


def test_what_was_due_before_the_end_is_held_and_what_was_due_after_it_is_sent(
    plan, make_event, database, clock, hold, calendar, send
):
    plan(make_event())
    clock.advance(60)
    calendar.book(actor=calendar.therapist)  # Due after the undo time.
    [held] = hold(clock.now())
    assert (held.kind, held.recipient) == ("portal_link", "client")
    assert states(database)["portal_link"] == ("closed", "perhaps_sent")
    assert states(database)["appointment_confirmed"] == ("waiting", "")
    clock.advance(60)
    assert [letter.written.subject for letter in send()]
    assert states(database)["portal_link"] == ("closed", "perhaps_sent")


def test_what_was_planned_late_had_been_due_before(plan, make_event, clock, hold):
    began_at = clock.now()
    clock.advance(5)
    plan(make_event())
    assert hold(began_at - timedelta(minutes=1)) == []
    # That it was planned now does not say that it was not sent then.
    assert len(hold(began_at - timedelta(minutes=1), began_at=began_at)) == 1


def test_a_reminder_is_held_if_its_hour_came_before_the_end(database, calendar, clock, hold, send):
    calendar.book()
    send()
    due_at = calendar.starts_at - timedelta(hours=HOURS)
    clock.advance((due_at - clock.now()).total_seconds() + 3600)
    with database.transaction() as tx:
        reminders.plan_due(tx, hours=HOURS, now=clock.now())
    began_at = clock.now()
    assert hold(due_at - timedelta(seconds=1), began_at=began_at) == []
    assert [mail.kind for mail in hold(due_at, began_at=began_at)] == ["appointment_reminder"]


def test_a_change_is_told_to_whoever_may_know_of_what_was_held(calendar, clock, hold, send):
    calendar.book()
    assert {mail.kind for mail in hold(clock.now())} >= {"appointment_confirmed"}
    calendar.cancel()
    sent = send()
    assert {letter.written.invitation.method for letter in sent} == {"CANCEL"}
