"""How a summary begins, as plain text."""

import pytest

from scheduling.domain.summaries import beginning


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("", ""),
        ("We spoke about **sleep**, and *rest*.", "We spoke about sleep, and rest."),
        ("# Today\n\nWe spoke.\n\n- one\n- two", "Today We spoke. one two"),
        ("See [the sheet](https://example.org/a) and `this`.", "See the sheet and this."),
        ("first line\nsecond line  \nthird", "first line second line third"),
        ("![a tree](tree.png) grows", "a tree grows"),
        ("```\ncode\n```\n\nafter", "code after"),
        ("5 \\* 3 &amp; 2", "5 * 3 & 2"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("   \n\n  ", ""),
    ],
)
def test_markup_is_left_out_of_the_beginning(markdown, plain):
    assert beginning(markdown) == plain


def test_a_long_text_is_cut_at_a_word():
    assert beginning("one two three four", length=9) == "one two…"
    assert beginning("one two, three four", length=9) == "one two…"
    assert beginning("one two three", length=7) == "one two…"
    assert beginning("one two", length=7) == "one two"


def test_a_word_longer_than_the_beginning_is_cut_inside():
    assert beginning("x" * 300) == "x" * 160 + "…"


def test_the_beginning_of_the_longest_summary_is_short():
    assert len(beginning("**a** " * 3_000)) <= 161
