"""Finding and ordering clients without regard to case and accents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_links.domain.client_search import search_patterns, search_text, sort_name

TEXT = search_text("Änne-Marie Müller", "Anni", "am.mueller@Example.org")


STARTS = ["änn", "anne", "MARIE", "müll", "muller anne", "anni", "am.mu", "mueller", "example", ""]


def matches(text, search):
    """What LIKE does with patterns that hold no wildcard besides their ends."""
    return all(pattern.strip("%") in text for pattern in search_patterns(search))


@pytest.mark.parametrize("search", STARTS)
def test_the_start_of_any_word_finds_the_client(search):
    assert matches(TEXT, search)


@pytest.mark.parametrize("search", ["ller", "nni", "müller x", "@"])
def test_the_middle_of_a_word_does_not(search):
    assert not matches(TEXT, search)


def test_wildcards_are_letters_like_others():
    assert search_patterns("100%_\\") == ["% 100\\%\\_\\\\%"]


def test_names_sort_without_case_and_accents():
    names = ["Zoe", "änne", "Anna", "Öz"]
    assert sorted(names, key=sort_name) == ["Anna", "änne", "Öz", "Zoe"]


@given(search=st.text(max_size=100))
def test_whatever_is_typed_can_be_sent_to_the_database(search):
    for pattern in search_patterns(search):
        assert "\x00" not in pattern
        pattern.encode("utf-8")
