"""Forms that are made up, with every kind of question."""

from __future__ import annotations

from typing import Any

from portal_contracts.forms.rpc.conditions import (
    Calculation,
    CalculationOperator,
    Condition,
    ConditionOperator,
)
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

HOW_OFTEN = ("Not at all", "Several days", "More than half the days", "Nearly every day")


def question(id_: str, kind: str, text: str, **more: Any) -> Question:
    """A question; `choices` as pairs of code and text."""
    choices = [
        Choice(code=code, text=words, alone=code == "none", other=code == "other")
        for code, words in more.pop("choices", ())
    ]
    return Question(id=id_, kind=QuestionKind(kind), text=text, choices=choices, **more)


def often(id_: str, text: str) -> Question:
    """A question of a scale such as PHQ-9."""
    choices = [
        Choice(code=f"c{score}", text=words, score=score) for score, words in enumerate(HOW_OFTEN)
    ]
    return Question(id=id_, kind=QuestionKind.CHOICE, text=text, choices=choices)


ABOUT_YOU = Section(
    id="about_you",
    title="About you",
    text="A few things that help us prepare.",
    questions=[
        question("called", "text", "What would you like to be called?", max_length=60),
        question("born", "date", "When were you born?"),
        question("sleep", "number", "How many hours do you sleep?", minimum=0, maximum=24,
                 unit="hours", help="On an ordinary night."),
        question("before", "yes_no", "Have you been in therapy before?"),
        question("before_when", "long_text", "When was that, and how was it?", required=False),
    ],
)  # fmt: skip
HOW_YOU_ARE = Section(
    id="how_you_are",
    title="How you are",
    questions=[
        question("note", "info", "There are no right or wrong answers.",
                 help="Answer as you feel today."),
        question("stress", "scale", "How stressed do you feel?", minimum=0, maximum=10,
                 low_label="not at all", high_label="more than I can bear"),
        question("symptoms", "choices", "What troubles you?",
                 choices=(("sleep", "Sleeping badly"), ("worry", "Worrying"),
                          ("pain", "Pain that has no cause anybody has found so far"),
                          ("none", "None of these"))),
        question("living", "choice", "How do you live?", required=False,
                 choices=(("alone", "Alone"), ("together", "With others"))),
        often("harm", "Thoughts that you would be better off dead, or of hurting yourself"),
    ],
)  # fmt: skip
AGREEMENT = Section(
    id="agreement",
    title="Your agreement",
    questions=[
        question("consent", "consent",
                 "I agree that my therapist keeps notes of our sessions.\n"
                 "I can take this back at any time, with effect from then on."),
        question("signed", "signature", "Your full name"),
    ],
)  # fmt: skip
INTAKE = FormDocument(
    title="Intake questionnaire",
    intro="It helps us to make good use of the first session.\nTake your time.",
    minutes=12,
    sections=[ABOUT_YOU, HOW_YOU_ARE, AGREEMENT],
    scoring=Scoring(
        questions=["harm"],
        bands=[Band(minimum=0, maximum=1, text="low"), Band(minimum=2, maximum=3, text="high")],
        maximum=3,
    ),
    alerts=[AlertRule(question="harm", above=0)],
    source="A form of our own.",
)
WHOLE = {
    "called": "Anni",
    "born": "1990-03-27",
    "sleep": 6.5,
    "before": True,
    "before_when": "In 2019, for a year.\nIt helped.",
    "stress": 7,
    "symptoms": ["sleep", "worry"],
    "harm": "c0",
    "consent": True,
    "signed": "Anna Bergmann",
}
"""Answers to all of `INTAKE` that must be answered, and to some that need not."""


def _when(item: str, *values: Any, operator: str = "is") -> Condition:
    return Condition(operator=ConditionOperator(operator), item=item, values=list(values))


COUGH = FormDocument(
    title="Cough",
    sections=[
        Section(
            id="about",
            title="About",
            questions=[
                question(
                    "what",
                    "choice",
                    "What is it?",
                    choices=[("cough", "A cough"), ("other", "Something else")],
                ),
                question(
                    "since", "number", "For how many weeks?", shown_when=_when("what", "cough")
                ),
                question(
                    "days",
                    "calculated",
                    "That is",
                    unit="days",
                    decimals=1,
                    calculation=Calculation(operator=CalculationOperator.PRODUCT, of=["since", 7]),
                    shown_when=_when("since", operator="answered"),
                ),
            ],
        ),
        Section(
            id="long",
            title="A long time",
            questions=[question("seen", "yes_no", "Did somebody look?")],
            shown_when=_when("days", 21, operator="at_least"),
        ),
        Section(
            id="end",
            title="The end",
            questions=[question("more", "text", "More?", required=False)],
        ),
    ],
)
"""What is asked follows from the answers, on one page and from page to page."""
