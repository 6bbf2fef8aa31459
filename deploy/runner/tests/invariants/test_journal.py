"""What a test writes down of its acts is read again, repetitions put together."""

from __future__ import annotations

import msgspec
import pytest

from portal_chassis.ids import new_id
from portal_runner.doctor.invariants.journal import (
    Act,
    Entry,
    Journal,
    Outcome,
    by_act,
    read_journal,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal"


def test_what_was_written_is_read_but_for_a_line_that_was_cut_off(path):
    one = new_id()
    journal = Journal(path)
    journal.note(Act.BOOK, Outcome.ACKNOWLEDGED, key="k", id=one)
    journal.note(Act.SAVE, Outcome.UNKNOWN, answers={"q1": ["a"], "q2": None})
    journal.close()
    with path.open("ab") as file:
        file.write(b'{"act": "canc')
    assert read_journal(path) == [
        Entry(act=Act.BOOK, outcome=Outcome.ACKNOWLEDGED, key="k", id=one),
        Entry(act=Act.SAVE, outcome=Outcome.UNKNOWN, answers={"q1": ["a"], "q2": None}),
    ]
    path.write_text('{"act": "eat", "outcome": "refused"}\n')
    with pytest.raises(msgspec.ValidationError):
        read_journal(path)


def test_an_act_that_was_repeated_counts_by_its_best_answer():
    def journal_of(*outcomes):
        return [
            act.entry.outcome
            for act in by_act(Entry(act=Act.BOOK, key="k", outcome=one) for one in outcomes)
        ]

    assert journal_of(Outcome.UNKNOWN, Outcome.REFUSED) == [Outcome.REFUSED]
    assert journal_of(Outcome.UNKNOWN, Outcome.ACKNOWLEDGED, Outcome.UNKNOWN) == [
        Outcome.ACKNOWLEDGED
    ]
    without_key = [Entry(act=Act.BOOK, outcome=Outcome.UNKNOWN)] * 2
    assert len(by_act(without_key)) == 2


def test_two_answers_under_one_key_contradict():
    def recorded_act(*ids):
        return by_act(
            Entry(act=Act.BOOK, key="k", outcome=Outcome.ACKNOWLEDGED, id=one) for one in ids
        )[0]

    one, other = new_id(), new_id()
    assert recorded_act(one, one).contradictions == ()
    assert [entry.id for entry in recorded_act(one, other).contradictions] == [other]
