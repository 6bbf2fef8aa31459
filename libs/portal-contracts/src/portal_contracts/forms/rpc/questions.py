"""What several calls of forms speak of: the document of a form, and answers to it."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct

from portal_contracts.forms.rpc.conditions import Calculation, Condition, Identifier, Item
from portal_contracts.instants import Instant
from portal_contracts.text import Line

SERVICE = "forms"

MOST_MINUTES: Final = 240
MOST_SECTIONS: Final = 50
MOST_QUESTIONS: Final = 300
FEWEST_CHOICES: Final = 2
MOST_CHOICES: Final = 100
MOST_ROWS: Final = 50
MOST_SCORES: Final = 20
MOST_ALERTS: Final = 50
MOST_STEPS: Final = 11
LONGEST_TITLE: Final = 200
LONGEST_LABEL: Final = 200
LONGEST_UNIT: Final = 40
LONGEST_CHOICE: Final = 1_000
LONGEST_BAND: Final = 200
LONGEST_PARAGRAPHS: Final = 5_000
LONGEST_TEXT: Final = 20_000
"""What a document may hold, and the last also an answer. Checked by the service, place by place."""


Loinc = Annotated[str, Meta(pattern=r"^([0-9]{1,7}-[0-9])?$", max_length=9)]
"""The code that LOINC has for a form, a question or a score; empty for none."""


class QuestionKind(StrEnum):
    """How a question is answered, and what an answer is.

    ``text``, ``long_text``, ``email``, ``phone``, ``signature`` (the typed name), ``date``
    (``YYYY-MM-DD``) and ``time`` (``HH:MM``) are texts; ``number`` and ``scale`` numbers;
    ``yes_no`` and ``consent`` booleans; ``choice`` the code of a choice, or that of *other* with
    what was written, as in ``{"other": "Knitting"}``; ``choices`` a list of codes; ``matrix`` the
    code of a choice by the code of the row; ``address`` texts by `ADDRESS_PARTS`.

    ``calculated`` is a number that follows from answers and is never given. ``heading`` and
    ``info`` are only read.
    """

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    SCALE = "scale"
    MATRIX = "matrix"
    CONSENT = "consent"
    SIGNATURE = "signature"
    CALCULATED = "calculated"
    HEADING = "heading"
    INFO = "info"


READ_ONLY: Final = frozenset({QuestionKind.HEADING, QuestionKind.INFO})
"""Kinds of what is only read."""

GIVES_NO_ANSWER: Final = READ_ONLY | {QuestionKind.CALCULATED}
"""Kinds that ask the client for nothing."""

ADDRESS_PARTS: Final = ("street", "postal_code", "city", "country")
"""The parts of an address; the last may be missing."""

Answer = str | int | float | bool | list[str] | dict[str, str]
Answers = dict[str, Answer]


class Choice(Struct, frozen=True, kw_only=True):
    """One choice. `score` counts where the form is scored.

    `alone`: *none of these*; it is never chosen beside another. `other`: what is meant is
    written beside it.
    """

    code: Identifier
    text: str
    score: int | None = None
    alone: bool = False
    other: bool = False


class Row(Struct, frozen=True, kw_only=True):
    """A row of a matrix, answered by one of the question's choices."""

    code: Identifier
    text: str


class Question(Struct, frozen=True, kw_only=True):
    """One question. None means no limit; `minimum` and `maximum` bound numbers and scales.

    For ``consent`` the text is what is agreed to, word for word. A scale runs
    over the whole numbers from `minimum` to `maximum`. What is not shown is not asked: it has no
    answer, whatever was typed before. It must be answered where it is `required`, or while
    `required_when` holds. `decimals` is what a calculated value is rounded to, halves upwards.
    """

    id: Identifier
    kind: QuestionKind
    text: str
    help: str = ""
    required: bool = True
    choices: list[Choice] = []
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    unit: Line = ""
    max_length: int | None = None
    low_label: Line = ""
    high_label: Line = ""
    rows: list[Row] = []
    calculation: Calculation | None = None
    decimals: int = 0
    shown_when: Condition | None = None
    required_when: Condition | None = None
    loinc: Loinc = ""


class Section(Struct, frozen=True, kw_only=True):
    """One page of a form: at most seven questions are kind. Skipped unless `shown_when` holds."""

    id: Identifier
    title: Line
    text: str = ""
    questions: list[Question]
    shown_when: Condition | None = None


class Answered(Struct, frozen=True, kw_only=True):
    """How many questions of a section are answered, of those that ask for an answer."""

    done: int
    asked: int


def answered(section: Section, answers: Answers, hidden: Collection[str] = ()) -> Answered:
    """How much of `section` is answered by `answers`; `hidden` are ids of what is not asked."""
    asked = [
        one.id
        for one in section.questions
        if one.kind not in GIVES_NO_ANSWER and one.id not in hidden
    ]
    return Answered(done=sum(one in answers for one in asked), asked=len(asked))


class ScoreMethod(StrEnum):
    """What a score is of the scores of its questions; a mean has two decimals."""

    SUM = "sum"
    MEAN = "mean"


class Band(Struct, frozen=True, kw_only=True):
    """A band of a score, both ends included."""

    minimum: int | float
    maximum: int | float
    text: Line


class Scoring(Struct, frozen=True, kw_only=True):
    """The sum or mean of these questions' scores; never told while one of them is unanswered.

    A matrix scores the sum of its rows. One that is `reversed` scores from its highest down.
    """

    questions: list[Item]
    bands: list[Band]
    maximum: int | float
    id: Identifier = "score"
    title: Line = ""
    method: ScoreMethod = ScoreMethod.SUM
    reversed: list[Item] = []
    loinc: Loinc = ""


class AlertRule(Struct, frozen=True, kw_only=True):
    """What asks for attention at once: that `when` holds.

    Or, shorter, that the answer to `question` scores more than `above`.
    """

    question: Identifier | None = None
    above: int = 0
    when: Condition | None = None


class FormDocument(Struct, frozen=True, kw_only=True):
    """A form: what a template holds and a version freezes.

    `language` is ``en`` or ``de``; `source` tells where a published scale comes from.
    `scoring` is the score of the whole, `subscales` are those of parts.
    """

    title: Line
    language: str = "en"
    intro: str = ""
    minutes: int = 5
    sections: list[Section]
    scoring: Scoring | None = None
    alerts: list[AlertRule] = []
    source: str = ""
    subscales: list[Scoring] = []
    loinc: Loinc = ""


class RequestState(StrEnum):
    """How far a form that was sent has come."""

    NOT_OPENED = "not_opened"
    STARTED = "started"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    WITHDRAWN = "withdrawn"


class Score(Struct, frozen=True, kw_only=True):
    """A score of complete answers, and the band it falls in. `id` and `title` are its scoring's."""

    total: int | float
    maximum: int | float
    band: str
    id: str = "score"
    title: str = ""


class Given(Struct, frozen=True, kw_only=True):
    """When a consent or a signature was given as it stands.

    `sha256`: of the text that was agreed to, in UTF-8, as hexadecimal digits; empty where that
    was not kept yet.
    """

    at: Instant
    sha256: str = ""
