"""``scheduling-admin`` on a database of its own."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from portal_chassis.clock import Clock
from portal_chassis.database import revisions
from scheduling.admin import app
from scheduling.operations.restoring import RAISED_BY
from scheduling.storage.tables import appointment, availability, busy_calendar


@pytest.fixture
def run(database, monkeypatch):
    monkeypatch.setenv("SCHEDULING_DATABASE_URL", database.runtime_url)
    monkeypatch.setenv("SCHEDULING_OWNER_DATABASE_URL", database.owner_url)

    def invoke(*arguments):
        done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    return invoke


def test_appointments_are_listed_by_ids_times_and_states(run, calendar, now):
    client = calendar.client()
    appointment = calendar.appointment(client, now + timedelta(days=1), title="Grief counselling")
    printed = run("appointments", "list", "--json")
    assert json.loads(printed) == [
        {
            "id": str(appointment),
            "practitioner_id": str(calendar.practitioner_id),
            "client_id": str(client.id),
            "starts_at": "2026-12-02T12:00:00+00:00",
            "ends_at": "2026-12-02T12:50:00+00:00",
            "timezone": "Europe/Berlin",
            "status": "confirmed",
        }
    ]
    assert "Grief" not in run("appointments", "list")


def test_the_list_narrows_to_one_person(run, calendar, now):
    anna, ben = calendar.client(), calendar.client()
    of_anna = calendar.appointment(anna, now + timedelta(days=1))
    colleague = calendar.colleague()
    colleague.appointment(ben, now + timedelta(days=1))
    by_client = json.loads(run("appointments", "list", "--client", str(anna.id), "--json"))
    assert [row["id"] for row in by_client] == [str(of_anna)]
    practitioner = str(colleague.practitioner_id)
    by_practitioner = json.loads(
        run("appointments", "list", "--practitioner", practitioner, "--json")
    )
    assert [row["client_id"] for row in by_practitioner] == [str(ben.id)]


def test_sessions_are_listed_without_what_they_were_about(run, calendar, now):
    client, started_at = calendar.client(), now.replace(year=2020)
    planned = calendar.appointment(client, started_at)
    recorded = calendar.session(client, started_at.replace(hour=8), title="Grief counselling")
    calendar.summary(client, recorded, version=2)
    printed = run("sessions", "list", "--client", str(client.id), "--json")
    found = [
        (row["id"], row["had_appointment"], row["summary_version"], row["shared_version"])
        for row in json.loads(printed)
    ]
    assert found == [(str(planned), True, None, None), (str(recorded), False, 2, None)]
    assert "Grief" not in printed


def test_summaries_are_listed_by_versions_and_states(run, calendar, now):
    client = calendar.client()
    session = calendar.session(client, now)
    calendar.summary(client, session, shared_at=now, unshared_at=now)
    calendar.summary(client, session, version=2, revision=3, shared_at=now, read_at=now)
    for named in (("--session", session), ("--client", client.id)):
        rows = json.loads(run("summaries", "list", named[0], str(named[1]), "--json"))
        assert [(row["version"], row["revision"], row["shared"]) for row in rows] == [
            (2, 3, True),
            (1, 1, False),
        ]
        assert rows[0]["read_at"] == now.isoformat()
        assert "body" not in rows[0]


def test_services_are_listed_without_their_titles(run, calendar):
    service = calendar.offer(title="Grief counselling")
    calendar.colleague().service()
    (row,) = json.loads(
        run("services", "list", "--practitioner", str(calendar.practitioner_id), "--json")
    )
    assert (row["id"], row["self_scheduling"], row["minutes"]) == (str(service), True, 50)
    assert "Grief" not in run("services", "list")


def test_hours_are_shown_and_why_a_time_is_not_offered(run, calendar, monkeypatch, now):
    monkeypatch.setattr(Clock, "now", lambda _clock: now)
    calendar.hours(("09:00", "12:00"))
    service = calendar.offer()
    practitioner = str(calendar.practitioner_id)
    rows = json.loads(run("availability", "show", "--practitioner", practitioner, "--json"))
    assert {row["works"] for row in rows} == {"09:00-12:00"}
    assert {row["timezone"] for row in rows} == {"Europe/Berlin"}
    with calendar.database.transaction() as tx:
        tx.execute(
            update(availability).values(
                holidays={"country": "DE", "region": "BY", "open_on": ["2027-01-06"]},
                time_off=[{"first_on": "2027-02-01", "last_on": "2027-02-02", "start": "13:00"}],
            )
        )
    rows = json.loads(run("availability", "show", "--practitioner", practitioner, "--json"))
    assert [(row["on"], row["works"]) for row in rows[7:]] == [
        ("2027-02-01 13:00 to 2027-02-02 24:00", "time off"),
        ("holidays DE BY", "closed"),
        ("2027-01-06", "open on this holiday"),
    ]
    taken = calendar.book(datetime(2026, 12, 3, 9, tzinfo=UTC), service_id=service)
    seat = calendar.seat(calendar.client(), taken, status="confirmed")

    def why(at):
        return json.loads(run("why", "--service", str(service), "--at", at, "--json"))

    (free,) = why("2026-12-03T11:00")
    assert (free["starts_at"], free["means"]) == ("2026-12-03T10:00:00+00:00", "offered")
    (refused,) = why("2026-12-03T10:00")
    assert (refused["reason"], refused["appointment_id"]) == ("own_appointment", str(seat))
    assert why("2027-03-28T02:30") == []
    assert len(why("2027-10-31T02:30")) == 2


def test_an_empty_calendar_says_so(run):
    assert "No appointments." in run("appointments", "list")


def test_status_tells_the_revision(run):
    (row,) = json.loads(run("status", "--json"))
    assert row["revision"] == row["newest_revision"] == revisions.head("scheduling.migrations")
    assert (row["outbox_unsent"], row["dead_letters"]) == (0, 0)


def test_migrating_again_changes_nothing(run):
    assert revisions.head("scheduling.migrations") in run("migrate")


def test_after_a_restore_invitations_go_on_higher(run, calendar, database, now):
    calendar.appointment(calendar.client(), now + timedelta(days=1))

    def raised():
        with database.transaction() as tx:
            return tx.execute(select(appointment.c.sequence_raised)).scalars().all()

    assert run("restored").startswith("Would: let invitations of 1 appointment(s)")
    assert raised() == [0]
    assert "1 appointment(s) go on 1000 above" in run("restored", "--apply").replace("\n", " ")
    assert raised() == [RAISED_BY]


def test_calendars_kept_elsewhere_are_listed_and_made_due(run, calendar, database, now):
    hour = (now, now + timedelta(hours=1))
    calendar.busy_elsewhere(hour)
    late = calendar.busy_elsewhere(hour, failure="not_found", failing_since=now)
    (listed,) = json.loads(run("busy-calendars", "list", "--failing", "--json"))
    assert (listed["id"], listed["failure"]) == (str(late), "not_found")
    assert "example.org" not in run("busy-calendars", "list")
    due = select(busy_calendar.c.due_at).where(busy_calendar.c.id == late)
    with database.transaction() as tx:
        before = tx.execute(due).scalar_one()
    run("busy-calendars", "fetch", str(late))
    run("busy-calendars", "fetch", str(late), "--apply")
    with database.transaction() as tx:
        assert tx.execute(due).scalar_one() != before
