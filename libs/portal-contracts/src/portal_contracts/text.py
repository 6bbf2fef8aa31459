r"""What text may be: one rule for everything that people type, and for what programs send.

What cannot be seen and means nothing is dropped: control characters, lone surrogates,
noncharacters, and the default-ignorable code points of Unicode (zero-width spaces, soft
hyphens, marks that embed or override a direction, fillers, annotations, stray tags). What
means something stays: joiners between what they join, variation selectors behind a base,
the tags of a flag, and whatever this Python's tables do not know yet. Nothing is refused.
Limits are measured afterwards, in code points.

A text is of one line or of paragraphs. In a contract a plain ``str`` is paragraphs, a `Line`
one line, and what is marked `EXACTLY`, as a password, stays as it is;
`portal_contracts.cleaning` goes by that.

Both functions are idempotent, and a text of which nothing can be seen becomes empty.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, Final

from msgspec import Meta

ONE_LINE: Final[dict[str, Any]] = {"text": "line"}
EXACTLY: Final[dict[str, Any]] = {"text": "exact"}
"""For `Meta.extra` of a text that has other limits too."""

Line = Annotated[str, Meta(extra=ONE_LINE)]
"""Text in one line: a name, a title, an address."""

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_NONCHARACTERS = "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_MEANINGLESS = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls, but for tabs and line ends
    "\ud800-\udfff\ufdd0-\ufdef"
    + _NONCHARACTERS
    + "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u200b\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
    "]+"
)
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_VOWEL_SEPARATOR = "\u180e"  # of Mongolian
_JOINERS = f"{_VOWEL_SEPARATOR}\u200c\u200d"
_MARKS = "\u061c\u200e\u200f"
"""They order the punctuation and numbers beside them, in Hebrew and Arabic paragraphs; they
cannot turn a text around, as embeddings and overrides do."""
_TAGS = "\U000e0020-\U000e007f"

_CONDITIONAL = re.compile(f"[{_SELECTORS}{_JOINERS}{_MARKS}{_TAGS}]")
_FLAG_OR_TAGS = re.compile(
    f"(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{{1,6}}\U000e007f)|[{_TAGS}]+"
)
_STRAY_SELECTORS = re.compile(
    f"(?<![^\\s{_SELECTORS}{_JOINERS}{_MARKS}])[{_SELECTORS}]+|(?<=[{_SELECTORS}])[{_SELECTORS}]+"
)
_JOINER_RUN = re.compile(f"[{_JOINERS}]+")
_MARK_RUN = re.compile(f"[{_MARKS}]+")
_NOTHING_TO_SEE = re.compile(f"[\\s\u2800{_MARKS}]*")
_MOST_ACCENTS = 30
_MAYBE_ACCENTS = re.compile(f"[^\\w\\s -~]{{{_MOST_ACCENTS + 1},}}")
_VIRAMA: Final = 9
_ARABIC: Final = "AL"


def line(text: str) -> str:
    """`text` in one line: NFC, a blank for each run of white space, none at the ends."""
    if not (text.isascii() and text.isprintable()):
        text = _meaningful(_LINE_ENDS.sub(" ", text), marks=False)
    return " ".join(text.split())


def paragraphs(text: str) -> str:
    """`text` in paragraphs: NFC, line feeds for line ends, no white space at the ends.

    Tabs and blanks within stay as they are.
    """
    if not (text.isascii() and text.isprintable()):
        text = _meaningful(_LINE_ENDS.sub("\n", text), marks=True)
    return text.strip()


def cut_line(text: str, most: int) -> str:
    """`text` in one line of at most `most` characters, for words that nobody is asked about."""
    return line(line(text)[:most])


def _meaningful(text: str, *, marks: bool) -> str:
    text = _MEANINGLESS.sub("", text)
    if _CONDITIONAL.search(text):
        text = _without_strays(text, marks=marks)
    text = _capped(unicodedata.normalize("NFC", _capped(text)))
    return "" if _NOTHING_TO_SEE.fullmatch(text) else text


def _capped(text: str) -> str:
    """At most 30 accents on one letter (UAX 15, section 13): sorting more takes for ever."""
    return _MAYBE_ACCENTS.sub(_with_few_accents, text)


def _with_few_accents(run: re.Match[str]) -> str:
    kept, accents = [], 0
    for character in run[0]:
        accents = accents + 1 if unicodedata.combining(character) else 0
        if accents <= _MOST_ACCENTS:
            kept.append(character)
    return "".join(kept)


def _without_strays(text: str, *, marks: bool) -> str:
    text = _FLAG_OR_TAGS.sub(lambda found: found[1] or "", text)
    text = _STRAY_SELECTORS.sub("", text)
    text = _JOINER_RUN.sub(lambda run: run[0][0] if _joins(run) else "", text)
    return _MARK_RUN.sub(lambda run: run[0][0] if marks else "", text)


def _joins(run: re.Match[str]) -> bool:
    """Whether joiners stand between what can be seen, or end a word whose script needs one."""
    text, begin, end = run.string, run.start(), run.end()
    before, after = text[begin - 1 : begin], text[end : end + 1]
    if not _can_be_seen(before):
        return False
    if run[0][0] == _VOWEL_SEPARATOR and not "\u1820" <= before <= "\u18aa":
        return False
    return _can_be_seen(after) or _ends_joined(text, begin)


def _ends_joined(text: str, end: int) -> bool:
    """Whether what ends before `end` is a half form (behind a virama), or joins in Arabic."""
    for at in range(end - 1, -1, -1):
        combining = unicodedata.combining(text[at])
        if combining == _VIRAMA:
            return True
        if not combining:
            return _can_be_seen(text[at]) and unicodedata.bidirectional(text[at]) == _ARABIC
    return False


def _can_be_seen(character: str) -> bool:
    return bool(character) and not character.isspace() and character not in _MARKS
