"""One rule for what text may be."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_contracts.text import cut_line, line, paragraphs

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
CODER = "\U0001f469\u200d\U0001f4bb"

MEANINGLESS = [
    *("\x00", "\x07", "\x08", "\x1b", "\x1f", "\x7f", "\x80", "\x9f", "\ud800", "\udfff"),
    *("\ufdd0", "\uffff", "\U0010fffe", "\u00ad", "\u034f", "\u115f", "\u1160", "\u17b4"),
    *("\u200b", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2060", "\u2061", "\u2065"),
    *("\u2066", "\u2067", "\u2068", "\u2069", "\u206a", "\u3164", "\ufeff", "\uffa0", "\ufff0"),
    *("\ufff9", "\ufffa", "\ufffb", "\U0001bca0", "\U0001d173", "\U000e0001", "\U000e0041"),
    *("\U000e007f", "\U000e0fff", "\u180e"),
]
LINE_ENDS = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"]
MEANINGFUL = [
    "Zo\u00eb",
    "Łukasz O’Brien",
    "می\u200cخواهم",  # noqa: RUF001 - it is Persian
    "\u0647\u200d",
    "ന\u0d4d\u200d",
    CODER,
    ENGLAND,
    "❤\ufe0f",
    "1\ufe0f\u20e3",
    "葛\U000e0100",
    "\U0001fae9",
    "\U0001fb9f\U0001faff",
    "\ue000",
    "\ufffc \ufffd",
    "\u1820\u180e\u1820",
    "\u0603",
]
EDGES = "ab é\u0301\u200d\u200c\ufe0f\u180e\u200e\u200f\u061c\n\t\r\x0b\u00ad\u200b"
EDGES += "\U0001f3f4\U000e0067\U000e007f\u0647\u0915\u094d\u2800\u00a0\u1100\u1161\u0958\U000e0100"
anything = st.text() | st.text(alphabet=EDGES)


@pytest.mark.parametrize("character", MEANINGLESS, ids=ascii)
def test_what_cannot_be_seen_and_means_nothing_is_dropped(character):
    for clean in (line, paragraphs):
        assert clean(f"{character}Anna{character}{character} Ad{character}ler{character}") == (
            "Anna Adler"
        )
        assert clean(character) == ""


@pytest.mark.parametrize("text", MEANINGFUL, ids=ascii)
def test_what_means_something_is_kept(text):
    assert line(text) == paragraphs(text) == text
    assert line(f"a {text} b") == f"a {text} b"


@pytest.mark.parametrize("end", LINE_ENDS, ids=ascii)
def test_line_ends_are_line_feeds_in_paragraphs_and_blanks_in_lines(end):
    assert paragraphs(f"My story{end}pasted{end}") == "My story\npasted"
    assert line(f"My story{end}{end}pasted{end}") == "My story pasted"


def test_white_space():
    assert line("  Anna\u00a0\t \u2003Adler ") == "Anna Adler"
    assert paragraphs(" a\tb  c\u00a0d  \n\n e \n") == "a\tb  c\u00a0d  \n\n e"


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\u200b", "\u2800", "\u200e \u200f", "\ufe0f", "\u200d\u200c", "\u3000\ufeff"),
        *("\u3164\u115f", "\U000e0067\U000e007f", "\n\u00ad\n", "\u202e"),
    ],
    ids=ascii,
)
def test_text_of_which_nothing_can_be_seen_is_empty(text):
    assert line(text) == paragraphs(text) == ""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Anna\u200d", "Anna"),
        ("\u200dAnna\u200c Adler", "Anna Adler"),
        ("a\u200d\u200d\u200cb", "a\u200db"),
        ("\ufe0fa\ufe0f\ufe0fb", "a\ufe0fb"),
        ("a \ufe0fb", "a b"),
        (f"a{ENGLAND[1:]}b", "ab"),
        (ENGLAND[:-1], "\U0001f3f4"),
        ("ab\u180ecd", "abcd"),
        ("e\u00ad\u0301", "é"),
    ],
    ids=ascii,
)
def test_what_means_something_elsewhere_is_dropped_where_it_does_not(text, kept):
    assert line(text) == paragraphs(text) == kept


def test_marks_of_direction_order_paragraphs_and_have_no_place_in_a_line():
    hebrew = "שלום (C++\u200e)"
    assert paragraphs(hebrew) == hebrew
    assert line(hebrew) == "שלום (C++)"
    assert paragraphs("a\u200e\u200e\u200fb") == "a\u200eb"


@given(anything)
def test_cleaning_twice_is_cleaning_once(text):
    for clean in (line, paragraphs):
        assert clean(clean(text)) == clean(text)


@given(anything)
def test_it_can_be_stored_sent_and_compared(text):
    for clean in (line, paragraphs):
        kept = clean(text)
        kept.encode()
        assert unicodedata.is_normalized("NFC", kept)
        assert kept == kept.strip()
        assert not {"Cs"} & set(map(unicodedata.category, kept))
        controls = {one for one in kept if unicodedata.category(one) == "Cc"}
        assert controls <= (set() if clean is line else set("\n\t"))
    assert len(line(text).splitlines()) <= 1


@given(anything)
def test_a_line_of_paragraphs_is_a_line_of_the_text(text):
    assert line(paragraphs(text)) == line(text)


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"]), min_size=1))
def test_letters_numbers_and_signs_are_all_kept(text):
    visible = [one for one in text if one not in "\u115f\u1160\u3164\uffa0\u2800"]
    assert line("".join(visible)) == unicodedata.normalize("NFC", "".join(visible))


@given(anything, st.integers(min_value=0, max_value=9))
def test_a_cut_line_is_a_line(text, most):
    cut = cut_line(text, most)
    assert len(cut) <= most
    assert cut == line(cut)


@pytest.mark.parametrize(
    "text",
    [
        "a" + "\u0301\u0316" * 300_000,
        "\u200d" * 1_000_000,
        "\u0627\u200c " * 300_000,
        "a\ufe0f" * 500_000,
    ],
    ids=["accents", "joiners", "ends of words", "selectors"],
)
def test_no_text_takes_long(text):
    began = time.process_time()
    paragraphs(text)
    assert time.process_time() - began < 5
