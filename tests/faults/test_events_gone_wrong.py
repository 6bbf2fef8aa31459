"""Events that come twice, late, in another order, as a thousand, or as nonsense."""

from __future__ import annotations

import time
from contextlib import contextmanager

import psutil
import pytest

from portal_chassis.broker import topology
from portal_chassis.broker.connection import connect
from portal_chassis.broker.publisher import PERSISTENT, Publisher
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_contracts.catalogue import SERVICES, SUBSCRIPTIONS, publisher_of
from portal_contracts.scheduling.events import AppointmentBooked, ScheduleAccessRecorded
from tests.kit.portal.client_acts import cancel, confirm, confirm_for, move
from tests.kit.portal.desk_acts import share
from tests.kit.portal.effects import access_rows
from tests.kit.portal.journeys import (
    add_service,
    begin_journey,
    book,
    open_last_day,
    press_move,
)
from tests.kit.portal.repeatable_acts import ANSWER_SECONDS
from tests.kit.waiting import eventually

pytestmark = [pytest.mark.timeout(120), pytest.mark.long]

BOOKED = AppointmentBooked.TYPE
LOGGED = ScheduleAccessRecorded.TYPE
BACKLOG = 1_000
DEEP = 1_000
MEGABYTE = 1_000_000


@pytest.fixture
def publishers(portal_stack):
    broker = portal_stack.facts["amqp_uri"]
    publishers = {service: Publisher(uri_as(service, broker)) for service in SERVICES}
    yield publishers
    for publisher in publishers.values():
        publisher.close()


@pytest.fixture
def publisher(publishers):
    """That of scheduling."""
    return publishers["scheduling"]


def test_events_that_come_again_change_nothing(portal_stack, tally, publisher):
    acts = [tally.add(act(portal_stack)) for act in (confirm, move, cancel)]
    for act in acts:
        assert act.press()
    tally.wait()
    with portal_stack.connect("scheduling") as connection:
        rows = connection.execute(
            "SELECT id, type, body FROM outbox ORDER BY id DESC LIMIT 20"
        ).fetchall()
    for event_id, kind, body in rows:
        publisher.publish(
            bytes(body),
            exchange="scheduling.events",
            routing_key=kind,
            delivery_mode=PERSISTENT,
            message_id=str(event_id),
        )
    wait_until_taken(portal_stack)


@contextmanager
def held_back(portal, event):
    """Events of one type do not get into the inbox of notifications, where others overtake them."""
    with portal.connect("notifications") as connection:
        connection.execute(
            "CREATE FUNCTION hold_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'not yet'; END $$"
        )
        connection.execute(
            "CREATE TRIGGER hold_back BEFORE INSERT ON inbox FOR EACH ROW"
            f" WHEN (NEW.type = '{event}') EXECUTE FUNCTION hold_back()"
        )
        try:
            yield
        finally:
            connection.execute("DROP FUNCTION hold_back CASCADE")


def test_a_move_that_overtakes_its_booking_is_told_once(portal_stack, tally):
    ida = begin_journey(portal_stack, "Ida")
    _, service_id = add_service(ida.desk)
    booking = tally.add(confirm_for(ida, service_id))
    with held_back(portal_stack, BOOKED):
        assert booking.press()
        appointment_id = booking.about["id"]
        times = open_last_day(ida.client, f"/appointments/{appointment_id}/move", at_least=4)
        press_move(ida.client, times, 3)
        eventually(lambda: not booking.missing, within=20)
        assert not is_taken(portal_stack, BOOKED, appointment_id)
    # The booking follows now, and tells nothing that the client does not know.
    eventually(lambda: is_taken(portal_stack, BOOKED, appointment_id), within=20)
    wait_until_taken(portal_stack)
    tally.wait()


def is_taken(portal, event, appointment_id):
    with portal.connect("notifications") as connection:
        found = connection.execute(
            "SELECT handled_at IS NOT NULL FROM inbox WHERE type = %s AND aggregate_id = %s",
            (event, appointment_id),
        ).fetchone()
    return bool(found and found[0])


def poison(event):
    """What no consumer of `event` can decode, by name."""
    return {
        "no JSON": b"{'",
        "another type": b'{"id": 7, "type": [], "data": "no"}',
        "fields missing": b'{"type": "%s"}' % event.encode(),
        "a megabyte": b'{"type": "%s"}' % (b"x" * MEGABYTE),
        "deep": b"[" * DEEP + b"]" * DEEP,
    }


def test_what_nobody_can_decode_goes_to_the_dead_letters(
    portal_stack, publishers, tally, invariant_checks
):
    for one in SUBSCRIPTIONS:
        publisher = publishers[publisher_of(one.event_type)]
        for body in poison(one.event_type).values():
            publisher.publish(body, exchange="", routing_key=one.queue, delivery_mode=PERSISTENT)
            invariant_checks.planted += 1
    asked = tally.add(confirm(portal_stack))
    assert asked.press()
    tally.wait()
    with connect(portal_stack.facts["amqp_uri"]) as connection:
        channel = connection.channel()

        def all_dead():
            found = channel.queue_declare(topology.DEAD_LETTERS, passive=True)
            assert found.message_count == invariant_checks.planted
            return True

        eventually(all_dead)
        invariant_checks.check()
        channel.queue_purge(topology.DEAD_LETTERS)
    invariant_checks.planted = 0
    assert not any("x" * 100 in text for text in portal_stack.logs().values())


def wait_until_taken(portal):
    """Wait until the event queues are empty."""
    with connect(portal.facts["amqp_uri"]) as connection:
        channel = connection.channel()

        def empty():
            for one in SUBSCRIPTIONS:
                found = channel.queue_declare(one.queue, passive=True)
                assert found.message_count == 0, one.queue
            return True

        eventually(empty, within=30)


def test_a_backlog_of_a_thousand_is_worked_off_while_people_are_answered(
    portal_stack, tally, capsys
):
    ida = begin_journey(portal_stack, "Ida")
    _, service_id = add_service(ida.desk)
    book(ida.client, service_id)
    eventually(lambda: access_rows(portal_stack, "appointment.booked", ida.client_id) == 1)
    asked = tally.add(share(portal_stack))
    process = psutil.Process(portal_stack.pids["identity-links-1"])
    process.suspend()
    try:
        repeat_last(portal_stack, LOGGED, BACKLOG)
        eventually(lambda: unsent(portal_stack) == 0, within=30)
    finally:
        process.resume()
    began = time.monotonic()
    asked.press_until_acknowledged()
    eventually(
        lambda: times_counted(portal_stack, "appointment.booked", ida.client_id) == BACKLOG + 1,
        within=60,
    )
    with capsys.disabled():
        print(f"\n{BACKLOG} events taken in {time.monotonic() - began:.1f} s")
    assert tally.slowest < ANSWER_SECONDS
    tally.wait()


def repeat_last(portal, event, times):
    """Write the newest event of one type to its outbox again, so often, under ids of their own."""
    service = event.partition(".")[0]
    with portal.connect(service) as connection:
        connection.execute(
            "INSERT INTO outbox (id, type, body, occurred_at, next_attempt_at)"
            " SELECT fresh.id, last.type,"
            " convert_to(jsonb_set(convert_from(last.body, 'UTF8')::jsonb, '{id}',"
            " to_jsonb(fresh.id::text))::text, 'UTF8'), now(), now()"
            " FROM (SELECT type, body FROM outbox WHERE type = %s ORDER BY id DESC LIMIT 1) last,"
            " (SELECT gen_random_uuid() AS id FROM generate_series(1, %s)) fresh",
            (event, times),
        )


def times_counted(portal, act, client_id):
    """How often a client did `act`, by the log's counts: of so many few are rows."""
    with portal.connect("identity_links") as connection:
        found = connection.execute(
            "SELECT sum(times) FROM act_count WHERE act = %s AND counted_for = %s",
            (act, f"client:{client_id}"),
        ).fetchone()
    return found[0]


def unsent(portal):
    with portal.connect("scheduling") as connection:
        found = connection.execute("SELECT count(*) FROM outbox WHERE sent_at IS NULL").fetchone()
    return found[0]
