"""I3 and I4 hold of what the services write, and a planted breach of them is found."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from portal_runner.doctor.invariants import drafts, mails
from portal_runner.doctor.invariants.context import Allowed
from portal_runner.doctor.invariants.journal import Act, Outcome

HOUR = timedelta(hours=1)
ACKNOWLEDGED, REFUSED, UNKNOWN = Outcome
UNSENT = {"sent_at": None, "accepted": 0}


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
    verdict = mails.check(house.context(mails=tmp_path))
    assert verdict.wrong == []
    assert (verdict.counted["deliveries"], verdict.counted["mails"]) == (4, 1)


def write_mail(folder, delivery_id, name="a"):
    (folder / f"{name}.eml").write_text(f"Message-ID: <delivery.{delivery_id}@here>\n\nHello")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"accepted": 0}, "accepted 0 times"),
        ({"accepted": 2}, "accepted 2 times"),
        (UNSENT | {"state": "failed", "reason": "mail_server_unreachable"}, "given up"),
        (UNSENT | {"state": "waiting", "next_attempt_at": "due"}, "due and was not sent"),
        (
            UNSENT | {"accepted": 1, "state": "retrying", "next_attempt_at": "later"},
            "was accepted and is retrying",
        ),
    ],
    ids=["never accepted", "accepted twice", "given up", "due", "to be sent again"],
)
def test_a_delivery_that_was_not_sent_once_is_found(planted, now, values, words, one_sentence):
    house = planted("notifications")
    if "next_attempt_at" in values:
        due = values["next_attempt_at"] == "due"
        values = values | {"next_attempt_at": now - HOUR if due else now + HOUR}
    one = house.deliver(**values)
    one_sentence(mails.check(house.context()), one, words)


def test_a_mail_that_never_arrived_and_one_that_came_twice_are_found(planted, tmp_path):
    house = planted("notifications")
    one, other = house.deliver(), house.deliver()
    accepted = tmp_path / "accepted"
    lines = [{"message_id": f"<delivery.{one}@here>"}] * 2
    accepted.write_text("\n".join(map(json.dumps, lines)))
    missing, twice = mails.check(house.context(mails=accepted)).wrong
    assert str(other) in missing
    assert f"{one} went out 2 times" in twice
    write_mail(tmp_path, one, "a")
    write_mail(tmp_path, one, "b")
    write_mail(tmp_path, other, "c")
    assert not mails.check(house.context(mails=tmp_path)).holds
    assert mails.check(house.context(mails=tmp_path, allowed=Allowed(resent=1))).holds


# --- I4: drafts -----------------------------------------------------------------------------------


@pytest.fixture
def saved(planted, journal_of):
    """``saved(revision, answers, *saves)``: the verdict on a draft and what a test says of it."""
    house = planted("forms")

    def check(revision, answers, *saves):
        one = house.save(revision, json.dumps(answers))
        journal = journal_of(*({"act": Act.SAVE, "id": one} | save for save in saves))
        return drafts.check(house.context(journal=journal))

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
        (1, {}, [save(None, a="x")], "as no revision"),
        (1, {}, [save(1, a="x") | {"id": None}], "as no revision"),
    ],
    ids=[
        "other bytes",
        "gone",
        "lost",
        "gap",
        "merged silently",
        "from nowhere",
        "no revision",
        "no form",
    ],
)
def test_a_draft_that_is_not_what_was_acknowledged_is_found(
    saved, revision, stored, saves, words, one_sentence
):
    one_sentence(saved(revision, stored, *saves), words)


def test_a_draft_that_does_not_open_is_found(planted, one_sentence):
    house = planted("forms")
    one = house.save(1, "{}")
    house.write("forms", text("UPDATE draft SET answers = answers || 'x'::bytea"))
    one_sentence(drafts.check(house.context()), one, "does not open")
    house.write("forms", text("DELETE FROM data_key"))
    verdict = drafts.check(house.context())
    assert (verdict.wrong, verdict.counted["erased"]) == ([], 1)
