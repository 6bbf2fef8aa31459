"""How a person is addressed in a greeting: by one function, for pages and mails."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from portal_contracts.text import line


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TITLES: Final = _set(
    "dr doctor doktor dra drs prof professor professorin pd univ-prof priv-doz doz dipl mag ing "
    "med phil rer nat jur theol habil hc h.c mr mrs ms miss mx sir dame lord lady herr frau hr fr "
    "fräulein sr sra srta señor señora don doña m mme mlle monsieur madame sig signor signora rev "
    "dhr mevr mw د אדון גברת familie family famille familia eheleute ehepaar"
)
_MAY_BE_A_TITLE: Final = frozenset(('ד"ר', "ד״ר"))
_BEHIND_NAMES: Final = _set(
    "phd ph.d md m.d mba ba bsc msc ma m.a b.a m.sc b.sc llm esq jr sr ii iii iv jun sen psyd lcsw "
    "rn mdiv frcpsych mrcpsych"
)
_ABBREVIATION: Final = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*\.(?:-?[^\W\d_]+\.)*")
_INITIAL: Final = re.compile(r"[^\W\d_]\.?(?:-?[^\W\d_]\.)*")
_PARTICLES: Final = _set(
    "van von vom zu zum zur der den de del della di da dos das do du la le los las ten ter bin ibn "
    "bint al el af av y e 't"
)
_JOINS_THE_NEXT: Final = frozenset(("عبد", "أبو", "ابو", "أم", "abd", "abu", "umm"))
_AND: Final = frozenset(("&", "+", "und", "and", "et", "y"))
_WITHIN_A_NAME: Final = "y"
_THE: Final = "the "
_WRITTEN_TOGETHER: Final = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")
_ASIDES: Final = re.compile("\\([^()]*\\)|\\[[^\\[\\]]*\\]|\uff08[^\uff08\uff09]*\uff09")
_COMMAS: Final = re.compile("[,;\u060c\u3001\uff0c]")
_QUOTES: Final = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a«»\"'"
_EDGES: Final = f" \t,;:/|\\()[]\uff08\uff09{_QUOTES}"


def greeting_name(name: str, preferred_name: str = "") -> str:
    """The preferred name, or else what *Hello* is followed by: the first given name.

    *Müller, Anna* and *Dr. Anna Müller* are *Anna*; *Dr. Müller* stays so, and so does what
    is written without blanks or says no given name. Of two people both are named: *Anna und
    Ben*, *Mr. and Mrs. Smith*. Never empty for a name that is not.
    """
    if preferred := line(preferred_name):
        return preferred
    whole = line(name)
    spoken = line(_ASIDES.sub(" ", whole)) or whole
    return _given(spoken).strip(_EDGES) or whole.strip(_EDGES) or whole


def _given(name: str) -> str:
    parts = [words for part in _COMMAS.split(name) if (words := _words(part))]
    titles = [word for words in parts if not _without_titles(words) for word in words]
    named = [words for words in parts if not all(map(_is_no_name, words))]
    if not named or name.casefold().startswith(_THE):
        return name
    if len(named) == 1:
        return _first_of(titles, _without_ends(named[0]))
    # The family name stands before the comma, whatever particles it begins with.
    given = _without_titles(_without_ends(named[1]))
    if given and _INITIAL.fullmatch(given[0]):
        return " ".join((*given, *named[0]))
    return _first_of([], given) if given else " ".join(named[0])


def _first_of(titles: list[str], words: list[str]) -> str:
    own_titles, rest = titles + _titles(words), _without_titles(words)
    if not rest or any(map(_is_and, own_titles)):
        return " ".join((*own_titles, *rest))
    alone = len(rest) == 1 or rest[0] in _PARTICLES
    if alone and own_titles:
        return " ".join((*own_titles, *rest))
    if alone or _is_written_together(rest[0]) or _INITIAL.fullmatch(rest[0]):
        return " ".join(rest)
    if both := _both_of(own_titles, rest):
        return " ".join(both)
    if rest[0].casefold() in _JOINS_THE_NEXT:
        return " ".join(rest[:2])
    # MÜLLER Anna: lists write the family name in capitals, and first.
    small = [word for word in rest if not word.isupper()]
    loud_first = rest[0].isupper() and len(rest[0]) > 1
    return small[0] if loud_first and small and small[0] not in _PARTICLES else rest[0]


def _both_of(titles: list[str], words: list[str]) -> list[str]:
    """*Anna und Ben* of *Anna Müller und Ben Berg*, all words where one is a family name alone."""
    at = next((at for at, word in enumerate(words) if at and _is_and(word)), len(words))
    first, joined, behind = words[:at], words[at : at + 1], words[at + 1 :]
    second = _without_titles(behind)
    # Ortega y Gasset, von und zu Hohenlohe
    is_one_name = at > 1 and (words[at - 1] in _PARTICLES or joined[:1] == [_WITHIN_A_NAME])
    if not second or is_one_name:
        return []
    is_addressed_by_title = titles or len(second) < len(behind)
    if len(second) == 1 and is_addressed_by_title:
        return [*titles, *words]
    return [first[0], *joined, second[0]]


def _words(part: str) -> list[str]:
    apart = (word for one in part.split() for word in _titles_apart(one.strip(_EDGES)))
    return [word for word in apart if word]


def _titles_apart(word: str) -> list[str]:
    """*Dr.med.Anna* as three words."""
    head, dot, tail = word.partition(".")
    is_glued = len(head) > 1 and head.casefold() in _TITLES and tail[:2].isalpha()
    return [head + dot, *_titles_apart(tail)] if is_glued else [word]


def _titles(words: list[str]) -> list[str]:
    return words[: len(words) - len(_without_titles(words))]


def _without_titles(words: list[str]) -> list[str]:
    for index, word in enumerate(words):
        joins_titles = index and _is_and(word) and all(map(_is_title, words[index + 1 : index + 2]))
        if not (_is_title(word) or joins_titles):
            return words[index:]
    return []


def _without_ends(words: list[str]) -> list[str]:
    """Without *PhD* or *jr.* at the end, unless nothing else is there."""
    end = len(words)
    while end > 1 and _is_behind(words[end - 1]):
        end -= 1
    return words[:end]


def _is_title(word: str) -> bool:
    plain = word.casefold().rstrip(".")
    if word in _MAY_BE_A_TITLE or (plain in _TITLES and (len(plain) > 1 or word.endswith("."))):
        return True
    return _ABBREVIATION.fullmatch(word) is not None and not _is_behind(word)


def _is_no_name(word: str) -> bool:
    return _is_title(word) or _is_behind(word) or _is_and(word)


def _is_and(word: str) -> bool:
    return word.casefold() in _AND


def _is_behind(word: str) -> bool:
    return word.casefold().rstrip(".") in _BEHIND_NAMES


def _is_written_together(word: str) -> bool:
    return unicodedata.name(word[0], "").startswith(_WRITTEN_TOGETHER)
