"""Waiting with a deadline."""

import itertools

import pytest

from tests.kit.waiting import eventually


def test_it_returns_what_was_found():
    answers = iter([0, None, "", 7])
    assert eventually(lambda: next(answers), every=0.001) == 7


def test_an_assertion_that_holds_later_passes():
    count = itertools.count()

    def look():
        assert next(count) > 2
        return True

    assert eventually(look, every=0.001)


def test_the_last_assertion_is_what_fails():
    def look():
        raise AssertionError("two of three mails")

    with pytest.raises(AssertionError, match="two of three mails"):
        eventually(look, within=0.01)


def test_a_falsy_answer_fails_with_what_was_seen():
    with pytest.raises(AssertionError, match=r"last seen: \[\]"):
        eventually(list, within=0.01)
