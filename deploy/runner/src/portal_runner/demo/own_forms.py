"""Forms that the demo practice made itself: one that is sent, and one that is still in work."""

from __future__ import annotations

from typing import Final

from portal_contracts.forms.rpc.conditions import Condition, ConditionOperator
from portal_contracts.forms.rpc.questions import (
    AlertRule,
    Band,
    Choice,
    FormDocument,
    Question,
    QuestionKind,
    Scoring,
    Section,
)

_SLEEPS_BADLY: Final = Condition(
    operator=ConditionOperator.ANY_OF, item="nights", values=["often", "always"]
)

SLEEP: Final = FormDocument(
    title="Sleep check",
    intro="A few questions about your nights, before we talk about them.",
    minutes=3,
    sections=[
        Section(
            id="nights_so_far",
            title="Your nights",
            questions=[
                Question(
                    id="nights",
                    kind=QuestionKind.CHOICE,
                    text="How often did you sleep badly in the last two weeks?",
                    choices=[
                        Choice(code="never", text="Never", score=0),
                        Choice(code="sometimes", text="On some nights", score=1),
                        Choice(code="often", text="On most nights", score=2),
                        Choice(code="always", text="Every night", score=3),
                    ],
                ),
                Question(
                    id="rested",
                    kind=QuestionKind.SCALE,
                    text="How rested do you feel in the morning?",
                    minimum=0,
                    maximum=10,
                    low_label="not at all",
                    high_label="fully",
                ),
            ],
        ),
        Section(
            id="bad_nights",
            title="When you sleep badly",
            text="You see this page because of your answer about your nights.",
            shown_when=_SLEEPS_BADLY,
            questions=[
                Question(
                    id="since",
                    kind=QuestionKind.DATE,
                    text="Since about when?",
                    required=False,
                ),
                Question(
                    id="tried",
                    kind=QuestionKind.LONG_TEXT,
                    text="What have you tried so far?",
                    required=False,
                ),
                Question(
                    id="agrees",
                    kind=QuestionKind.CONSENT,
                    text="I agree that we talk about medicines that I take for sleeping.",
                ),
            ],
        ),
    ],
    scoring=Scoring(
        questions=["nights"],
        maximum=3,
        bands=[
            Band(minimum=0, maximum=1, text="as usual"),
            Band(minimum=2, maximum=3, text="worth talking about"),
        ],
    ),
    alerts=[
        AlertRule(when=Condition(operator=ConditionOperator.IS, item="nights", values=["always"]))
    ],
)
"""What a practice can make itself: a page that is asked under a condition, a score, an alert."""

FEEDBACK_TITLE: Final = "How was our session?"
FEEDBACK: Final = (
    Question(
        id="question_1", kind=QuestionKind.SCALE, text="How helpful was it?", minimum=0, maximum=10
    ),
    Question(id="question_2", kind=QuestionKind.CHOICES, text="What would you like more of?"),
)
"""Questions of the form in work; the second has no answers to choose from yet."""
