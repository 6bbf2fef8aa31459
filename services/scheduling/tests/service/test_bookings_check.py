"""``scheduling-admin bookings check`` and ``appointments show``."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from portal_chassis.clock import Clock
from portal_contracts.scheduling.rpc.booking import (
    CONFIRM_HOLD,
    HOLD_TIME,
    ConfirmHold,
    HoldTime,
)
from scheduling.admin import app


@pytest.fixture
def run(database, monkeypatch):
    monkeypatch.setenv("SCHEDULING_DATABASE_URL", database.runtime_url)
    monkeypatch.setenv("SCHEDULING_OWNER_DATABASE_URL", database.owner_url)
    return lambda *arguments: CliRunner().invoke(app, list(arguments), catch_exceptions=False)


@pytest.fixture
def without_constraint(database):
    """Somebody dropped what must never be dropped."""
    engine = create_engine(database.owner_url)
    with engine.begin() as tx:
        tx.execute(text("ALTER TABLE booked_time DROP CONSTRAINT ex_booked_time_overlap"))
    engine.dispose()


def faults(done):
    rows = json.loads(done.stdout)
    return {(row["fault"], row["id"], row["other_id"]) for row in rows}


def test_a_calendar_in_order_has_no_faults(run, calendar):
    start = Clock().now() + timedelta(days=1)
    calendar.appointment(calendar.client(), start, after=10)
    calendar.appointment(calendar.client(), start + timedelta(minutes=60))
    calendar.appointment(calendar.client(), start, status="cancelled")
    done = run("bookings", "check")
    assert (done.exit_code, done.stdout.strip()) == (0, "All is well: nobody is booked twice.")


def test_every_fault_is_found_and_ends_in_an_error(run, calendar, without_constraint):
    now = Clock().now()
    service, start = calendar.service(), now + timedelta(days=1)

    def booked(at, **values):
        return calendar.book(at, service_id=service, **values)

    first, second = booked(start, after=10), booked(start + timedelta(minutes=55))
    calendar.seat(calendar.client(), first, status="confirmed")
    calendar.seat(calendar.client(), second, status="confirmed")
    empty = booked(start + timedelta(days=1))
    freed = booked(start + timedelta(days=2), status="cancelled")
    floating = calendar.seat(calendar.client(), freed, status="confirmed")
    over = {"status": "held", "expires_at": now - timedelta(minutes=6)}
    kept = booked(start + timedelta(days=3), **over)
    forgotten = calendar.seat(calendar.client(), kept, **over)
    done = run("bookings", "check", "--json")
    assert done.exit_code == 1
    assert faults(done) == {
        ("constraint_missing", None, None),
        ("overlap", str(first), str(second)),
        ("time_without_seat", str(empty), None),
        ("seat_without_time", str(floating), None),
        ("hold_forgotten", str(forgotten), None),
    }


def test_one_appointment_is_shown_with_what_happened_and_without_what_was_written(
    run, desk, calendar, now
):
    calendar.hours(("08:00", "18:00"))
    service, anna = calendar.offer(title="Grief counselling"), calendar.client()
    starts_at = now.replace(hour=9) + timedelta(days=1)
    held = desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=starts_at), anna)
    desk.ask(CONFIRM_HOLD, ConfirmHold(hold_id=held.hold_id, note="canary"), anna)
    printed = run("appointments", "show", str(held.hold_id), "--json").stdout
    shown = json.loads(printed)
    assert (shown["id"], shown["status"], shown["ics_sequence"]) == (
        str(held.hold_id),
        "confirmed",
        0,
    )
    assert [one["what"] for one in shown["history"]] == [
        "created",
        "scheduling.appointment.booked.v1",
    ]
    plain = run("appointments", "show", str(held.hold_id)).stdout
    for private_text in ("Grief", "canary"):
        assert private_text not in printed + plain


def test_an_unknown_appointment_is_not_shown(run, calendar):
    assert run("appointments", "show", str(calendar.practice_id)).exit_code == 1
