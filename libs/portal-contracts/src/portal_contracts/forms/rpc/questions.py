"""What several calls of forms speak of: the document of a form, and answers to it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct

from portal_contracts.text import Line

SERVICE = "forms"

MOST_MINUTES: Final = 240
MOST_SECTIONS: Final = 50
MOST_QUESTIONS: Final = 300
FEWEST_CHOICES: Final = 2
MOST_CHOICES: Final = 100
MOST_STEPS: Final = 11
LONGEST_TITLE: Final = 200
LONGEST_LABEL: Final = 200
LONGEST_UNIT: Final = 40
LONGEST_CHOICE: Final = 1_000
LONGEST_BAND: Final = 200
LONGEST_PARAGRAPHS: Final = 5_000
LONGEST_TEXT: Final = 20_000
"""What a document may hold, and the last also an answer. Checked by the service, place by place."""

IDENTIFIER: Final = "[a-z][a-z0-9_]{0,39}"

Identifier = Annotated[str, Meta(pattern=f"^{IDENTIFIER}$", max_length=40)]
"""Of a section, question or choice; stays the same from version to version."""


class QuestionKind(StrEnum):
    """How a question is answered, and what an answer is.

    ``text``, ``long_text``, ``signature`` (the typed name) and ``date``
    (``YYYY-MM-DD``) are texts; ``number`` and ``scale`` numbers; ``yes_no``
    and ``consent`` booleans; ``choice`` the code of a choice and ``choices``
    a list of them. ``info`` is only read.
    """

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    SCALE = "scale"
    CONSENT = "consent"
    SIGNATURE = "signature"
    INFO = "info"


Answer = str | int | float | bool | list[str]
Answers = dict[str, Answer]


class Choice(Struct, frozen=True, kw_only=True):
    """One choice. `score` counts where the form is scored.

    `alone`: *none of these*; it is never chosen beside another.
    """

    code: Identifier
    text: str
    score: int | None = None
    alone: bool = False


class Question(Struct, frozen=True, kw_only=True):
    """One question. None means no limit; `minimum` and `maximum` bound numbers and scales.

    For ``consent`` the text is what is agreed to, word for word. A scale runs
    over the whole numbers from `minimum` to `maximum`.
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


class Section(Struct, frozen=True, kw_only=True):
    """One page of a form: at most seven questions are kind."""

    id: Identifier
    title: Line
    text: str = ""
    questions: list[Question]


class Answered(Struct, frozen=True, kw_only=True):
    """How many questions of a section are answered, of those that ask for an answer."""

    done: int
    asked: int


def answered(section: Section, answers: Answers) -> Answered:
    """How much of `section` is answered by `answers`."""
    asked = [one.id for one in section.questions if one.kind is not QuestionKind.INFO]
    return Answered(done=sum(one in answers for one in asked), asked=len(asked))


class Band(Struct, frozen=True, kw_only=True):
    """A band of a score, both ends included."""

    minimum: int
    maximum: int
    text: Line


class Scoring(Struct, frozen=True, kw_only=True):
    """The sum of these questions' scores; never told while one of them is unanswered."""

    questions: list[Identifier]
    bands: list[Band]
    maximum: int


class AlertRule(Struct, frozen=True, kw_only=True):
    """A question whose answer's score above `above` asks for attention at once."""

    question: Identifier
    above: int


class FormDocument(Struct, frozen=True, kw_only=True):
    """A form: what a template holds and a version freezes.

    `language` is ``en`` or ``de``; `source` tells where a published scale comes from.
    """

    title: Line
    language: str = "en"
    intro: str = ""
    minutes: int = 5
    sections: list[Section]
    scoring: Scoring | None = None
    alerts: list[AlertRule] = []
    source: str = ""


class RequestState(StrEnum):
    """How far a form that was sent has come."""

    NOT_OPENED = "not_opened"
    STARTED = "started"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    WITHDRAWN = "withdrawn"


class Score(Struct, frozen=True, kw_only=True):
    """The score of a complete form, and the band it falls in."""

    total: int
    maximum: int
    band: str
