"""Conditions and calculations of a form: what is asked when, and what follows from answers.

Both are small trees of an operator and what it works on. There is nothing to run in them, and
`forms.domain` and the page's scripts read them alike.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct

IDENTIFIER: Final = "[a-z][a-z0-9_]{0,39}"

Identifier = Annotated[str, Meta(pattern=f"^{IDENTIFIER}$", max_length=40)]
"""Of a section, question, row, choice or score; stays the same from version to version."""

Item = Annotated[str, Meta(pattern=rf"^{IDENTIFIER}(\.{IDENTIFIER})?$", max_length=81)]
"""What can be answered or scored: a question, ``mood.sad`` for a row of a matrix, or a score."""

MOST_OF: Final = 50
DEEPEST: Final = 5
MOST_DECIMALS: Final = 6
"""What a condition or a calculation may hold on one level, how deep it goes, and how exact a
value is. Checked by the service, place by place."""


class ConditionOperator(StrEnum):
    """How a condition is met.

    ``all`` and ``any`` join the conditions in `of`. The others look at `item`: ``is`` and
    ``is_not`` have one value, ``any_of`` several; ``at_least`` and ``at_most`` compare a number
    or a score, ``before`` and ``after`` a date or a time, both exclusive; ``answered`` and
    ``not_answered`` have no value. Without an answer only ``not_answered`` is met.
    """

    ALL = "all"
    ANY = "any"
    IS = "is"
    IS_NOT = "is_not"
    ANY_OF = "any_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BEFORE = "before"
    AFTER = "after"
    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"


JOINING: Final = (ConditionOperator.ALL, ConditionOperator.ANY)
LIMITS: Final = (ConditionOperator.AT_LEAST, ConditionOperator.AT_MOST)
TIMES: Final = (ConditionOperator.BEFORE, ConditionOperator.AFTER)
EQUALITY: Final = (ConditionOperator.IS, ConditionOperator.IS_NOT)
PRESENCE: Final = (ConditionOperator.ANSWERED, ConditionOperator.NOT_ANSWERED)

Value = str | int | float | bool
"""What an answer is compared with: the code of a choice, a number, a day, a time, yes or no."""


class Condition(Struct, frozen=True, kw_only=True):
    """A comparison of `item` with `values`, or several conditions `of` which all or any hold."""

    operator: ConditionOperator
    item: Item | None = None
    values: list[Value] = []
    of: list[Condition] = []


class CalculationOperator(StrEnum):
    """What is calculated of the terms in `of`, from the first to the last.

    ``sum``, ``product`` and ``mean`` take any number of them, ``difference`` and ``quotient``
    two. ``age`` takes the id of a date: whole years until the day it is answered.
    """

    SUM = "sum"
    DIFFERENCE = "difference"
    PRODUCT = "product"
    QUOTIENT = "quotient"
    MEAN = "mean"
    AGE = "age"


class Calculation(Struct, frozen=True, kw_only=True):
    """A value that follows from answers; there is none while one of its terms has none.

    A term is an item (its number, or what its answer scores), a number as it stands, or a
    calculation again.
    """

    operator: CalculationOperator
    of: list[Term]


Term = Item | int | float | Calculation
