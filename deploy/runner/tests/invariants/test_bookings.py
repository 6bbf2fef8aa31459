"""I1 and I2 hold of what scheduling writes, and a planted breach of them is found."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from portal_chassis.ids import new_id
from portal_contracts.scheduling import events
from portal_runner.doctor.invariants import overlaps, recorded_acts
from portal_runner.doctor.invariants.journal import Act, Outcome

HOUR = timedelta(hours=1)
ACKNOWLEDGED, REFUSED, UNKNOWN = Outcome
ANOTHER_SEAT = """
    INSERT INTO appointment SELECT (jsonb_populate_record(a, jsonb_build_object(
           'id', gen_random_uuid(), 'client_id', gen_random_uuid()))).* FROM appointment a
"""
MOVED = """
    UPDATE booked_time SET
           starts_at = starts_at + make_interval(hours => :hours),
           ends_at = ends_at + make_interval(hours => :hours),
           blocked = tstzrange(lower(blocked) + make_interval(hours => :hours),
                               upper(blocked) + make_interval(hours => :hours), '[)')
     WHERE id = (SELECT booked_time_id FROM appointment WHERE id = :one)
"""


# --- I1: overlaps ---------------------------------------------------------------------------------


def test_an_overlap_is_found_buffers_included_and_the_missing_constraint(
    planted, now, one_sentence
):
    house = planted("scheduling")
    house.book(now, buffer=10)
    house.book(now + HOUR)
    house.book(now + 3 * HOUR, status="confirmed")
    verdict = overlaps.check(house.context())
    assert verdict.holds
    assert verdict.counted == {"live times": 3, "practitioners": 1, "constraints": 1}

    house.as_owner("scheduling", "ALTER TABLE booked_time DROP CONSTRAINT ex_booked_time_overlap")
    one_sentence(overlaps.check(house.context()), "constraint ex_booked_time_overlap is not there")
    house.book(now + 55 * timedelta(minutes=1))
    missing, *overlap = overlaps.check(house.context()).wrong
    assert "constraint" in missing
    assert len(overlap) == 2, "it begins in one's buffer, and another begins in it"
    assert str(house.practitioner_id) in overlap[0]


def test_a_constraint_that_forbids_less_is_found(planted, one_sentence):
    house = planted("scheduling")
    house.as_owner("scheduling", "ALTER TABLE booked_time DROP CONSTRAINT ex_booked_time_overlap")
    house.as_owner(
        "scheduling",
        "ALTER TABLE booked_time ADD CONSTRAINT ex_booked_time_overlap EXCLUDE USING gist"
        " (practitioner_id WITH =, blocked WITH &&) WHERE (status IN ('held', 'requested'))",
    )
    one_sentence(overlaps.check(house.context()), "does not say confirmed")


@pytest.mark.parametrize(
    ("breach", "words"),
    [
        ("UPDATE booked_time SET status = 'cancelled'", "is confirmed and its time is cancelled"),
        ("UPDATE appointment SET starts_at = starts_at - interval '1 hour'", "is not when its"),
        ("UPDATE appointment SET booked_time_id = gen_random_uuid()", "its time is None"),
        (
            ANOTHER_SEAT,
            "has 2 seats taken of 1",
        ),
    ],
    ids=["freed", "elsewhere", "nowhere", "overfull"],
)
def test_a_seat_that_its_time_does_not_keep_is_found(planted, now, breach, words, one_sentence):
    house = planted("scheduling")
    house.book(now)
    house.as_owner(
        "scheduling", "ALTER TABLE appointment DROP CONSTRAINT fk_appointment_booked_time"
    )
    house.as_owner("scheduling", breach)
    one_sentence(overlaps.check(house.context()), words)


# --- I2: acts -------------------------------------------------------------------------------------


def test_rows_events_and_the_journal_agree(planted, now, journal_of):
    house = planted("scheduling")
    later = now + HOUR
    moved = house.book(now, ics_sequence=1)
    house.write("scheduling", text(MOVED), one=moved, hours=1)
    house.publish(events.AppointmentMoved, moved, later, previous_starts_at=now)
    cancelled = house.book(now + 2 * HOUR, status="cancelled", cancelled_at=now, ics_sequence=1)
    house.publish(events.AppointmentCancelled, cancelled, now + 2 * HOUR)
    journal = journal_of(
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
    verdict = recorded_acts.check(house.context(journal=journal))
    assert verdict.wrong == []
    counts = ("attempted", "acknowledged", "refused", "unknown", "lost", "duplicated")
    assert [verdict.counted[name] for name in counts] == [8, 3, 4, 1, 0, 0]


@pytest.mark.parametrize("act", [Act.HOLD, Act.BOOK, Act.MOVE, Act.CANCEL], ids=str)
def test_what_was_acknowledged_and_is_not_there_is_lost(
    planted, now, act, one_sentence, journal_of
):
    house = planted("scheduling")
    one = house.book(now) if act in (Act.MOVE, Act.CANCEL) else new_id()
    lost = {"act": act, "outcome": ACKNOWLEDGED, "id": one, "starts_at": now + HOUR}
    verdict = recorded_acts.check(house.context(journal=journal_of(lost)))
    one_sentence(verdict, f"{act} of {one}", "acknowledged and is not there")
    assert verdict.counted["lost"] == 1


def test_what_was_refused_and_is_there_is_found(planted, now, one_sentence, journal_of):
    house = planted("scheduling")
    one = house.book(now)
    by_id = {"act": Act.BOOK, "outcome": REFUSED, "id": one}
    one_sentence(
        recorded_acts.check(house.context(journal=journal_of(by_id))), "was refused and is there"
    )
    by_place = {
        "act": Act.BOOK,
        "outcome": REFUSED,
        "client_id": house.client_id,
        "starts_at": now,
    }
    one_sentence(
        recorded_acts.check(house.context(journal=journal_of(by_place))), "was refused and is there"
    )


def test_two_answers_under_one_key_are_found(planted, now, one_sentence, journal_of):
    house = planted("scheduling")
    entries = [
        {"act": Act.BOOK, "outcome": ACKNOWLEDGED, "id": house.book(at), "key": "same"}
        for at in (now, now + HOUR)
    ]
    verdict = recorded_acts.check(house.context(journal=journal_of(*entries)))
    one_sentence(verdict, "in two ways under one key")
    assert verdict.counted["duplicated"] == 1


def test_an_event_that_was_lost_or_never_happened_is_found(planted, now, one_sentence):
    house = planted("scheduling")
    one = house.book(now)
    house.write("scheduling", text("UPDATE outbox SET sent_at = NULL"))
    one_sentence(recorded_acts.check(house.context()), one, "published as booked 0 times")
    house.write("scheduling", text("UPDATE outbox SET sent_at = occurred_at"))
    house.publish(events.AppointmentCancelled, one, now)
    changed, cancelled = recorded_acts.check(house.context()).wrong
    assert "published 1 times" in changed
    assert "is confirmed and was published as cancelled 1 times" in cancelled


def test_a_booking_that_was_let_go_like_a_hold_is_found(planted, now, one_sentence):
    house = planted("scheduling")
    one = house.book(now)
    house.write("scheduling", text("UPDATE appointment SET status = 'expired'"))
    one_sentence(recorded_acts.check(house.context()), one, "was booked and is expired")


def test_a_move_that_was_taken_back_or_never_told_is_found(planted, now, one_sentence):
    house = planted("scheduling")
    one = house.book(now)
    house.write("scheduling", text(MOVED), one=one, hours=1)
    one_sentence(recorded_acts.check(house.context()), one, "that was not published")
    house.publish(events.AppointmentMoved, one, now + HOUR, previous_starts_at=now)
    house.write("scheduling", text("UPDATE appointment SET ics_sequence = 1"))
    assert recorded_acts.check(house.context()).holds
    house.write("scheduling", text(MOVED), one=one, hours=-1)
    one_sentence(recorded_acts.check(house.context()), one, "that was not published")


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
def test_a_stored_reply_without_what_it_promised_is_found(planted, now, reply, words, one_sentence):
    house = planted("scheduling")
    one, gone = house.book(now), new_id()
    body = json.dumps(reply).replace("{one}", str(one)).replace("{gone}", str(gone)).encode()
    house.write(
        "scheduling",
        text("INSERT INTO idempotency VALUES ('s', 'h', :body, now())"),
        body=body if reply is not None else None,
    )
    one_sentence(recorded_acts.check(house.context()), words)
