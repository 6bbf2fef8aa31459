"""Each invariant holds of what the services write, and a planted breach of it is found."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import kombu
import pytest
from sqlalchemy import text

from portal_chassis.ids import new_id
from portal_chassis.testing.waiting import eventually
from portal_contracts.catalogue import SERVICES
from portal_contracts.scheduling import events
from portal_runner.invariants import acts, at_rest, drafts, mails, overlaps
from portal_runner.invariants.ground import Allowed
from portal_runner.invariants.journal import Act, Entry, Outcome, by_act

HOUR = timedelta(hours=1)
ACKNOWLEDGED, REFUSED, UNKNOWN = Outcome


def one_sentence(verdict, *words):
    """The verdict has found one thing, and says these words of it."""
    [sentence] = verdict.wrong
    for word in words:
        assert str(word) in sentence
    assert not verdict.holds
    assert any(sentence in line for line in verdict.lines())


# --- I1: overlaps ---------------------------------------------------------------------------------


def test_an_overlap_is_found_buffers_included_and_the_missing_constraint(planted, now):
    house = planted("scheduling")
    house.book(now, buffer=10)
    house.book(now + HOUR)
    house.book(now + 3 * HOUR, status="confirmed")
    verdict = overlaps.check(house.ground())
    assert verdict.holds
    assert verdict.counted == {"live times": 3, "practitioners": 1, "constraints": 1}

    house.as_owner("scheduling", "ALTER TABLE booked_time DROP CONSTRAINT ex_booked_time_overlap")
    one_sentence(overlaps.check(house.ground()), "constraint ex_booked_time_overlap is not there")
    house.book(now + 55 * timedelta(minutes=1))
    missing, *overlap = overlaps.check(house.ground()).wrong
    assert "constraint" in missing
    assert len(overlap) == 2, "it begins in one's buffer, and another begins in it"
    assert str(house.practitioner_id) in overlap[0]


def test_a_constraint_that_forbids_less_is_found(planted):
    house = planted("scheduling")
    house.as_owner("scheduling", "ALTER TABLE booked_time DROP CONSTRAINT ex_booked_time_overlap")
    house.as_owner(
        "scheduling",
        "ALTER TABLE booked_time ADD CONSTRAINT ex_booked_time_overlap EXCLUDE USING gist"
        " (practitioner_id WITH =, blocked WITH &&) WHERE (status IN ('held', 'requested'))",
    )
    one_sentence(overlaps.check(house.ground()), "does not say confirmed")


# --- I2: acts -------------------------------------------------------------------------------------


def told(*entries):
    return by_act(Entry(**entry) for entry in entries)


def test_rows_events_and_the_journal_agree(planted, now):
    house = planted("scheduling")
    later = now + HOUR
    moved = house.book(now, ics_sequence=1)
    house.publish(events.AppointmentMoved, moved, later, previous_starts_at=now)
    cancelled = house.book(now + 2 * HOUR, status="cancelled", cancelled_at=now, ics_sequence=1)
    house.publish(events.AppointmentCancelled, cancelled, now + 2 * HOUR)
    journal = told(
        {"act": Act.BOOK, "outcome": ACKNOWLEDGED, "id": moved, "key": "k"},
        {"act": Act.BOOK, "outcome": UNKNOWN, "id": moved, "key": "k"},
        {"act": Act.MOVE, "outcome": ACKNOWLEDGED, "id": moved, "starts_at": later},
        {"act": Act.MOVE, "outcome": REFUSED, "id": moved, "starts_at": later + HOUR},
        {"act": Act.CANCEL, "outcome": ACKNOWLEDGED, "id": cancelled},
        {"act": Act.CANCEL, "outcome": REFUSED, "id": cancelled, "key": "again"},
        {"act": Act.CANCEL, "outcome": REFUSED, "id": moved},
        {"act": Act.BOOK, "outcome": REFUSED, "client_id": new_id(), "starts_at": now},
        {"act": Act.BOOK, "outcome": UNKNOWN, "id": new_id()},
    )
    verdict = acts.check(house.ground(journal=journal))
    assert verdict.wrong == []
    counts = ("attempted", "acknowledged", "refused", "unknown", "lost", "duplicated")
    assert [verdict.counted[name] for name in counts] == [8, 3, 4, 1, 0, 0]


@pytest.mark.parametrize("act", [Act.HOLD, Act.BOOK, Act.MOVE, Act.CANCEL], ids=str)
def test_what_was_acknowledged_and_is_not_there_is_lost(planted, now, act):
    house = planted("scheduling")
    one = house.book(now) if act in (Act.MOVE, Act.CANCEL) else new_id()
    lost = {"act": act, "outcome": ACKNOWLEDGED, "id": one, "starts_at": now + HOUR}
    verdict = acts.check(house.ground(journal=told(lost)))
    one_sentence(verdict, f"{act} of {one}", "acknowledged and is not there")
    assert verdict.counted["lost"] == 1


def test_what_was_refused_and_is_there_is_found(planted, now):
    house = planted("scheduling")
    one = house.book(now)
    by_id = {"act": Act.BOOK, "outcome": REFUSED, "id": one}
    one_sentence(acts.check(house.ground(journal=told(by_id))), "was refused and is there")
    by_place = {
        "act": Act.BOOK,
        "outcome": REFUSED,
        "client_id": house.client_id,
        "starts_at": now,
    }
    one_sentence(acts.check(house.ground(journal=told(by_place))), "was refused and is there")


def test_two_answers_under_one_key_are_found(planted, now):
    house = planted("scheduling")
    entries = [
        {"act": Act.BOOK, "outcome": ACKNOWLEDGED, "id": house.book(at), "key": "same"}
        for at in (now, now + HOUR)
    ]
    verdict = acts.check(house.ground(journal=told(*entries)))
    one_sentence(verdict, "in two ways under one key")
    assert verdict.counted["duplicated"] == 1


def test_an_event_that_was_lost_or_never_happened_is_found(planted, now):
    house = planted("scheduling")
    one = house.book(now)
    house.write("scheduling", text("UPDATE outbox SET sent_at = NULL"))
    one_sentence(acts.check(house.ground()), one, "published as booked 0 times")
    house.write("scheduling", text("UPDATE outbox SET sent_at = occurred_at"))
    house.publish(events.AppointmentCancelled, one, now)
    changed, cancelled = acts.check(house.ground()).wrong
    assert "published 1 times" in changed
    assert "is confirmed and was published as cancelled 1 times" in cancelled


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ({"appointment_id": "{gone}"}, "booking"),
        ({"appointment_id": "{one}", "starts_at": "2030-01-01T10:00:00Z"}, "never was"),
        ({"appointment_id": "{one}", "late": True}, "it is not so"),
        ({"hold_id": "{gone}", "expires_at": "2030-01-01T10:00:00Z"}, "hold"),
        (None, "kept without a reply"),
    ],
    ids=["booked", "moved", "cancelled", "held", "nothing"],
)
def test_a_stored_reply_without_what_it_promised_is_found(planted, now, reply, words):
    house = planted("scheduling")
    one, gone = house.book(now), new_id()
    body = json.dumps(reply).replace("{one}", str(one)).replace("{gone}", str(gone)).encode()
    house.write(
        "scheduling",
        text("INSERT INTO idempotency VALUES ('s', 'h', :body, now())"),
        body=body if reply is not None else None,
    )
    one_sentence(acts.check(house.ground()), words)


# --- I3: mails ------------------------------------------------------------------------------------


def test_deliveries_that_were_sent_once_or_need_not_be_are_well(planted, now, tmp_path):
    house = planted("notifications")
    one = house.deliver()
    idle = {"sent_at": None, "accepted": 0}
    house.deliver(state="closed", reason="link_used", **idle)
    house.deliver(state="failed", reason="address_refused", **idle)
    house.deliver(state="waiting", next_attempt_at=now + HOUR, **idle)
    write_mail(tmp_path, one)
    (tmp_path / "foreign.eml").write_text("Message-ID: <somebody@else>\n\n")
    verdict = mails.check(house.ground(mails=tmp_path))
    assert verdict.wrong == []
    assert (verdict.counted["deliveries"], verdict.counted["mails"]) == (4, 1)


def write_mail(folder, delivery_id, name="a"):
    (folder / f"{name}.eml").write_text(f"Message-ID: <delivery.{delivery_id}@here>\n\nHello")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"accepted": 0}, "accepted 0 times"),
        ({"accepted": 2}, "accepted 2 times"),
        ({"state": "failed", "reason": "mail_server_unreachable", "sent_at": None}, "given up"),
        ({"state": "waiting", "sent_at": None, "next_attempt_at": "due"}, "due and was not sent"),
    ],
    ids=["never accepted", "accepted twice", "given up", "due"],
)
def test_a_delivery_that_was_not_sent_once_is_found(planted, now, values, words):
    house = planted("notifications")
    if "next_attempt_at" in values:
        values = values | {"next_attempt_at": now - HOUR}
    one = house.deliver(**values)
    one_sentence(mails.check(house.ground()), one, words)


def test_a_mail_that_never_arrived_and_one_that_came_twice_are_found(planted, tmp_path):
    house = planted("notifications")
    one, other = house.deliver(), house.deliver()
    accepted = tmp_path / "accepted"
    lines = [{"message_id": f"<delivery.{one}@here>"}] * 2
    accepted.write_text("\n".join(map(json.dumps, lines)))
    missing, twice = mails.check(house.ground(mails=accepted)).wrong
    assert str(other) in missing
    assert f"{one} went out 2 times" in twice
    write_mail(tmp_path, one, "a")
    write_mail(tmp_path, one, "b")
    write_mail(tmp_path, other, "c")
    assert not mails.check(house.ground(mails=tmp_path)).holds
    assert mails.check(house.ground(mails=tmp_path, allowed=Allowed(resent=1))).holds


# --- I4: drafts -----------------------------------------------------------------------------------


@pytest.fixture
def saved(planted):
    """``saved(revision, answers, *saves)``: the verdict on a draft and what a test says of it."""
    house = planted("forms")

    def check(revision, answers, *saves):
        one = house.save(revision, json.dumps(answers))
        journal = told(*({"act": Act.SAVE, "id": one} | save for save in saves))
        return drafts.check(house.ground(journal=journal))

    return check


def save(revision, outcome=ACKNOWLEDGED, **answers):
    return {"revision": revision, "outcome": outcome, "answers": answers}


def test_a_draft_that_equals_what_was_acknowledged_is_well(saved):
    saves = [save(1, a="x", b="ü"), save(2, a="y"), save(3, b=None)]
    verdict = saved(3, {"a": "y"}, *saves, save(None, REFUSED, a="stale"))
    assert verdict.wrong == []
    assert verdict.counted["saves in the journal"] == 4


def test_a_save_nobody_answered_may_or_may_not_be_there(saved):
    lost_answer = save(None, UNKNOWN, a="z")
    assert saved(1, {"a": "x"}, save(1, a="x"), lost_answer).holds
    assert saved(2, {"a": "z"}, save(1, a="x"), lost_answer).holds
    assert saved(3, {"a": "z", "b": 1}, save(1, a="x"), lost_answer, save(3, b=1)).holds


@pytest.mark.parametrize(
    ("revision", "stored", "saves", "words"),
    [
        (1, {"a": "x "}, [save(1, a="x")], "answer to a is not the one"),
        (1, {}, [save(1, a="x")], "answer to a is not the one"),
        (1, {"a": "x"}, [save(1, a="x"), save(2, a="x")], "revision 2 was acknowledged"),
        (3, {"a": "x"}, [save(1, a="x"), save(3, a="x")], "1 revision(s) between"),
        (1, {"a": "x"}, [save(1, a="x"), save(1, b="y")], "for different answers"),
        (4, {"a": "x"}, [save(1, a="x")], "acknowledged and 4 is stored"),
    ],
    ids=["other bytes", "gone", "lost", "gap", "merged silently", "from nowhere"],
)
def test_a_draft_that_is_not_what_was_acknowledged_is_found(saved, revision, stored, saves, words):
    one_sentence(saved(revision, stored, *saves), words)


def test_a_draft_that_does_not_open_is_found(planted):
    house = planted("forms")
    one = house.save(1, "{}")
    house.write("forms", text("UPDATE draft SET answers = answers || 'x'::bytea"))
    one_sentence(drafts.check(house.ground()), one, "does not open")
    house.write("forms", text("DELETE FROM data_key"))
    verdict = drafts.check(house.ground())
    assert (verdict.wrong, verdict.counted["erased"]) == ([], 1)


# --- I7: at rest ----------------------------------------------------------------------------------


def test_what_is_left_lying_is_found(planted, now, amqp_uri):
    house = planted(*SERVICES)
    ground = house.ground(amqp_uri=amqp_uri)
    assert at_rest.check(ground).wrong == []

    one = house.book(now)
    queue = "notifications.on_appointment_booked"
    one_sentence(at_rest.check(ground), "1 event(s) were sent", queue)
    house.write("scheduling", text("UPDATE outbox SET sent_at = NULL"))
    one_sentence(at_rest.check(ground), "scheduling: 1 event(s) wait in the outbox")
    house.write("scheduling", text("DELETE FROM outbox WHERE body IS NOT NULL"))
    assert one

    with kombu.Connection(amqp_uri) as connection:
        connection.Producer().publish(b"{}", routing_key=queue)
    one_sentence(eventually(lambda: broken(ground)), f"1 message(s) wait in {queue}")
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
    waiting, dead = eventually(lambda: broken(ground, count=2)).wrong
    assert waiting == "forms: 1 event(s) in the inbox are not handled"
    assert dead == "1 dead letter(s), and 0 were planted"
    house.write("forms", text("DELETE FROM inbox WHERE NOT dead"))
    poisoned = house.ground(amqp_uri=amqp_uri, allowed=Allowed(dead_letters=1))
    assert at_rest.check(poisoned).holds

    with house.databases["forms"].transaction() as tx:
        tx.execute(text("SELECT 1"))
        verdict = eventually(lambda: broken(poisoned))
    one_sentence(verdict, "forms: 1 session(s) of the database are idle in a transaction")


def broken(ground, count=1):
    """The verdict, once it has found as many things."""
    verdict = at_rest.check(ground)
    assert len(verdict.wrong) == count, verdict.wrong
    return verdict


def test_memory_is_looked_at_when_it_is_asked_for(planted):
    house = planted(*SERVICES)
    ours = {"pids": {"tests": os.getpid(), "gone": 2**22 + 1}}
    assert at_rest.check(house.ground(**ours, allowed=Allowed(memory_mb=100_000))).holds
    verdict = at_rest.check(house.ground(**ours, allowed=Allowed(memory_mb=1)))
    one_sentence(verdict, "tests uses", "more than 1")
