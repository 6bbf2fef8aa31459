"""What a question of each kind may say, for whoever checks it and for whoever edits it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portal_contracts.forms.rpc.conditions import (
    EQUALITY,
    LIMITS,
    PRESENCE,
    TIMES,
    ConditionOperator,
)
from portal_contracts.forms.rpc.questions import QuestionKind

MEMBERS: Final[Mapping[QuestionKind, tuple[str, ...]]] = {
    QuestionKind.TEXT: ("max_length",),
    QuestionKind.LONG_TEXT: ("max_length",),
    QuestionKind.NUMBER: ("minimum", "maximum", "whole", "unit"),
    QuestionKind.DATE: (),
    QuestionKind.TIME: (),
    QuestionKind.EMAIL: (),
    QuestionKind.PHONE: (),
    QuestionKind.ADDRESS: (),
    QuestionKind.YES_NO: (),
    QuestionKind.CHOICE: ("choices",),
    QuestionKind.CHOICES: ("choices",),
    QuestionKind.SCALE: ("minimum", "maximum", "low_label", "high_label"),
    QuestionKind.MATRIX: ("rows", "choices"),
    QuestionKind.CONSENT: (),
    QuestionKind.SIGNATURE: ("max_length",),
    QuestionKind.CALCULATED: ("calculation", "decimals", "unit"),
    QuestionKind.HEADING: (),
    QuestionKind.INFO: (),
}
"""What a question of each kind may say beside its text and `help`, in the order an editor asks
for it. `shown_when` is for all; `required` and `required_when` are for those that ask."""

_NUMBERS: Final = (*EQUALITY, ConditionOperator.ANY_OF, *LIMITS, *PRESENCE)

_OPERATORS: Final[Mapping[QuestionKind, tuple[ConditionOperator, ...]]] = {
    QuestionKind.NUMBER: _NUMBERS,
    QuestionKind.SCALE: _NUMBERS,
    QuestionKind.CALCULATED: _NUMBERS,
    QuestionKind.DATE: (*EQUALITY, *TIMES, *PRESENCE),
    QuestionKind.TIME: (*EQUALITY, *TIMES, *PRESENCE),
    QuestionKind.YES_NO: (*EQUALITY, *PRESENCE),
    QuestionKind.CONSENT: (*EQUALITY, *PRESENCE),
    QuestionKind.CHOICE: _NUMBERS,
    QuestionKind.CHOICES: (*EQUALITY, ConditionOperator.ANY_OF, *PRESENCE),
    QuestionKind.MATRIX: PRESENCE,
    QuestionKind.HEADING: (),
    QuestionKind.INFO: (),
}
"""How conditions may look at a question; for kinds that are not named, whether it is answered.

The limits of a choice are of what it scores. A row of a matrix is looked at as a choice, a score
as a number.
"""


def operators_for(kind: QuestionKind) -> tuple[ConditionOperator, ...]:
    """How conditions may look at a question of `kind`."""
    return _OPERATORS.get(kind, PRESENCE)
