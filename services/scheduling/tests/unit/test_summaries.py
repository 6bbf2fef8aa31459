"""How a summary begins, as plain text."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.domain.summaries import beginning


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("", ""),
        ("We spoke about **sleep**, and *rest*.", "We spoke about sleep, and rest."),
        ("# Today\n\nWe spoke.\n\n- one\n- two", "Today: We spoke. one two"),
        ("## What now?\n\nWe spoke.\n\n## Then", "What now? We spoke. Then"),
        ("We spoke of:", "We spoke of:"),
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


BLOCKS = st.sampled_from(
    (
        "A plain paragraph of a few words, and *some* of **them** marked.",
        "# A heading",
        "- one\n- two `code`\n  three",
        "1. first\n2. [second](https://example.org/a)",
        "```\ncode with *stars*\n\nand a blank line",
        "```",
        "> quoted\nlazily",
        "    indented",
        "[linked][there] and ![pictured][there]",
        "[there]: https://example.org/b",
        "a line\nbroken\n---",
        "**not closed",
        "&amp; &copy; \\* <b>",
    )
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(BLOCKS, st.sampled_from(("\n\n", "\n", "\n\n\n", "\n\n  "))), max_size=40)
)
def test_a_long_text_begins_as_all_of_it_does(parts: list[tuple[str, str]]) -> None:
    text = "".join(block + gap for block, gap in parts)
    without_an_end_in_sight = re.sub(r"\n(?=\n)", "\n ", text)
    assert beginning(text) == beginning(without_an_end_in_sight)
