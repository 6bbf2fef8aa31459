"""A made-up form of the kinds that `made_forms` has none of, with what follows from answers."""

from __future__ import annotations

from portal_contracts.forms.rpc.conditions import (
    Calculation,
    CalculationOperator,
    Condition,
    ConditionOperator,
)
from portal_contracts.forms.rpc.questions import (
    Answers,
    Band,
    Choice,
    FormDocument,
    Question,
    QuestionKind,
    Row,
    ScoreMethod,
    Scoring,
    Section,
)

_OFTEN = [
    Choice(code=code, text=words, score=score)
    for score, (code, words) in enumerate(
        (("never", "Never"), ("some", "On some days"), ("often", "On most days"))
    )
]
_LITTLE_SLEEP = Condition(operator=ConditionOperator.AT_MOST, item="hours", values=[6])

NIGHTS = FormDocument(
    title="Your nights",
    minutes=4,
    sections=[
        Section(
            id="reach",
            title="How we reach you",
            questions=[
                Question(id="mail", kind=QuestionKind.EMAIL, text="Your e-mail address"),
                Question(id="phone", kind=QuestionKind.PHONE, text="Your phone number"),
                Question(
                    id="home",
                    kind=QuestionKind.ADDRESS,
                    text="Where do you live?",
                    help="For the bill.",
                ),
                Question(
                    id="learned",
                    kind=QuestionKind.CHOICE,
                    text="How did you learn of us?",
                    required=False,
                    choices=[
                        Choice(code="friend", text="From a friend"),
                        Choice(code="doctor", text="From my doctor"),
                        Choice(code="else", text="In another way", other=True),
                    ],
                ),
            ],
        ),
        Section(
            id="nights",
            title="Your nights",
            questions=[
                Question(
                    id="about",
                    kind=QuestionKind.HEADING,
                    text="An ordinary night",
                    help="Roughly is enough.",
                ),
                Question(id="to_bed", kind=QuestionKind.TIME, text="When do you go to bed?"),
                Question(
                    id="hours",
                    kind=QuestionKind.NUMBER,
                    text="How long do you sleep?",
                    unit="hours",
                    minimum=0,
                    maximum=24,
                ),
                Question(
                    id="week",
                    kind=QuestionKind.CALCULATED,
                    text="Your sleep in a week",
                    unit="hours",
                    decimals=1,
                    calculation=Calculation(operator=CalculationOperator.PRODUCT, of=["hours", 7]),
                ),
                Question(
                    id="awake",
                    kind=QuestionKind.LONG_TEXT,
                    text="What keeps you awake?",
                    required=False,
                    required_when=_LITTLE_SLEEP,
                    shown_when=_LITTLE_SLEEP,
                ),
                Question(
                    id="how",
                    kind=QuestionKind.MATRIX,
                    text="In the last two weeks, how often …",
                    choices=_OFTEN,
                    rows=[
                        Row(code="tired", text="were you tired by day?"),
                        Row(code="rested", text="did you wake up rested?"),
                    ],
                ),
            ],
        ),
    ],
    subscales=[
        Scoring(
            id="burden",
            title="Burden",
            method=ScoreMethod.MEAN,
            questions=["how.tired", "how.rested"],
            reversed=["how.rested"],
            maximum=2,
            bands=[
                Band(minimum=0, maximum=0.99, text="low"),
                Band(minimum=1, maximum=2, text="high"),
            ],
        )
    ],
)
"""`NIGHTS_ANSWERED` answers all of it."""

NIGHTS_ANSWERED: Answers = {
    "mail": "anna@example.org",
    "phone": "+49 30 123456",
    "home": {"street": "Hauptstr. 1", "postal_code": "10115", "city": "Berlin"},
    "learned": {"else": "A poster at the station"},
    "to_bed": "23:30",
    "hours": 5.5,
    "week": 38.5,
    "awake": "Worries about work.",
    "how": {"tired": "often", "rested": "some"},
}
