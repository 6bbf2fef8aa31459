"""I7: what is left lying is found."""

from __future__ import annotations

import os
from uuid import UUID

import kombu
from sqlalchemy import text

from portal_chassis.clock import Clock
from portal_chassis.events.relay import SENT_KEPT
from portal_chassis.ids import made_at, new_id
from portal_contracts.catalogue import SERVICES
from portal_contracts.scheduling.events import AppointmentBooked
from portal_runner.doctor.invariants import at_rest
from portal_runner.doctor.invariants.context import Allowed
from tests.kit.waiting import eventually

# --- I7: at rest ----------------------------------------------------------------------------------


def taker_of_each(sentences, command):
    """Who takes the one event that each of the sentences misses, in the order of the contract."""
    assert all("1 event(s) were sent" in one and command in one for one in sentences)
    takers = AppointmentBooked.SUBSCRIBERS
    return tuple(taker for taker in takers for one in sentences if taker in one)


def test_what_is_left_lying_is_found(planted, now, amqp_uri, one_sentence):
    house = planted(*SERVICES)
    context = house.context(amqp_uri=amqp_uri)
    assert at_rest.check(context).wrong == []

    one = house.book(now, forms=[new_id()])
    queue = "notifications.on_appointment_booked"
    command = f"scheduling-admin outbox republish --since {house.now:%Y-%m-%dT%H:%MZ}"
    assert taker_of_each(at_rest.check(context).wrong, command) == AppointmentBooked.SUBSCRIBERS
    house.write("scheduling", text("UPDATE outbox SET sent_at = NULL"))
    one_sentence(at_rest.check(context), "scheduling: 1 event(s) wait in the outbox")
    house.write("scheduling", text("DELETE FROM outbox WHERE body IS NOT NULL"))
    assert one

    with kombu.Connection(amqp_uri) as connection:
        connection.Producer().publish(b"{}", routing_key=queue)
    one_sentence(eventually(lambda: broken(context)), f"1 message(s) wait in {queue}")
    with kombu.Connection(amqp_uri) as connection:
        connection.default_channel.queue_purge(queue)

    columns = "(id, consumer, event_id, type, aggregate_id, aggregate_seq, body, received_at, dead)"
    house.write(
        "forms",
        text(
            f"INSERT INTO inbox {columns} SELECT gen_random_uuid(), 'c', gen_random_uuid(), 't',"
            " gen_random_uuid(), 1, '', now(), dead FROM unnest(ARRAY[false, true]) AS d(dead)"
        ),
    )
    waiting, dead = eventually(lambda: broken(context, count=2)).wrong
    assert waiting == "forms: 1 event(s) in the inbox are not handled"
    assert dead == "1 dead letter(s), and 0 were planted"
    house.write("forms", text("DELETE FROM inbox WHERE NOT dead"))
    poisoned = house.context(amqp_uri=amqp_uri, allowed=Allowed(dead_letters=1))
    assert at_rest.check(poisoned).holds

    with house.databases["forms"].transaction() as tx:
        tx.execute(text("SELECT 1"))
        verdict = eventually(lambda: broken(poisoned))
    one_sentence(verdict, "forms: 1 session(s) of the database are idle in a transaction")


def test_a_booking_that_asks_for_no_form_is_not_missed_by_the_forms(planted, now):
    house = planted(*SERVICES)
    house.book(now)
    told, command = at_rest.check(house.context()).wrong, "scheduling-admin outbox republish"
    assert taker_of_each(told, command) == AppointmentBooked.SUBSCRIBERS[:2]
    assert "forms.on_appointment_booked" not in "".join(told)

    house.write("scheduling", text("UPDATE outbox SET body = 'unreadable'"))
    assert taker_of_each(at_rest.check(house.context()).wrong, command) == (
        AppointmentBooked.SUBSCRIBERS
    )


def arrive(house, service, consumer, event_id):
    house.write(
        service,
        text(
            "INSERT INTO inbox (id, consumer, event_id, type, aggregate_id, aggregate_seq, body,"
            " received_at, handled_at) VALUES (gen_random_uuid(), :consumer, :event, 't',"
            " gen_random_uuid(), 1, '', now(), now())"
        ),
        consumer=consumer,
        event=event_id,
    )


def test_what_arrived_and_was_never_sent_is_found(planted, one_sentence):
    house = planted(*SERVICES)
    queue = "notifications.on_appointment_booked"
    forgotten = new_id()
    arrive(house, "notifications", queue, forgotten)
    since = f"{made_at(forgotten):%Y-%m-%dT%H:%MZ}"
    one_sentence(
        at_rest.check(house.context()),
        f"1 event(s) are in the inbox of {queue} and not in the outbox of scheduling",
        f"of a moment before {since}",
    )
    house.write("notifications", text("DELETE FROM inbox WHERE consumer IS NOT NULL"))

    arrive(house, "notifications", "notifications.on_portal_link_shared", forgotten)
    verdict = at_rest.check(house.context())
    for publisher in ("forms", "notifications", "scheduling"):
        one_sentence(verdict, f"{publisher}-admin outbox republish --since {since}")


def test_what_the_outbox_no_longer_keeps_is_not_missed(planted):
    house = planted(*SERVICES)
    long_ago = Clock().now() - SENT_KEPT
    old = UUID(int=(int(long_ago.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62))
    arrive(house, "notifications", "notifications.on_appointment_booked", old)
    assert at_rest.check(house.context()).holds


def test_what_the_inbox_no_longer_keeps_is_not_missed(planted, now):
    house = planted(*SERVICES)
    house.book(now)
    house.write("scheduling", text("UPDATE outbox SET occurred_at = now() - interval '35 days'"))
    assert at_rest.check(house.context()).holds


def broken(context, count=1):
    """The verdict, once it has found as many things."""
    verdict = at_rest.check(context)
    assert len(verdict.wrong) == count, verdict.wrong
    return verdict


def test_memory_is_looked_at_when_it_is_asked_for(planted, one_sentence):
    house = planted(*SERVICES)
    ours = {"pids": {"tests": os.getpid(), "gone": 2**22 + 1}}
    assert at_rest.check(house.context(**ours, allowed=Allowed(memory_mb=100_000))).holds
    verdict = at_rest.check(house.context(**ours, allowed=Allowed(memory_mb=1)))
    one_sentence(verdict, "tests uses", "more than 1")
