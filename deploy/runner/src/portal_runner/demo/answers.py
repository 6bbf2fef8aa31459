"""What the demo clients have answered in their forms. All made up."""

from __future__ import annotations

from typing import Final

from portal_contracts.forms.rpc.questions import Answers

_DIFFICULTY: Final = ("not_at_all", "somewhat", "very", "extremely")
_FREQUENCY: Final = ("not_at_all", "several_days", "more_than_half", "nearly_every_day")


def phq9(*scores: int, difficulty: int) -> Answers:
    """Answers to the PHQ-9: nine of 0 to 3, and how difficult it made things."""
    answers: Answers = {f"phq{number}": _FREQUENCY[one] for number, one in enumerate(scores, 1)}
    return answers | {"difficulty": _DIFFICULTY[difficulty]}


def gad7(*scores: int) -> Answers:
    """Answers to the GAD-7: seven of 0 to 3."""
    return {f"gad{number}": _FREQUENCY[one] for number, one in enumerate(scores, 1)}


_AGREED: Final[Answers] = {"consent_data": True, "consent_terms": True}

ANNA: Final[Answers] = _AGREED | {
    "called": "Anna",
    "born_on": "1988-04-12",
    "pronouns": "she/her",
    "occupation": "Project lead in a planning office, on sick leave since November",
    "emergency": "Jule Peters, a friend, +49 30 5550190",
    "concern": "I am exhausted and cannot switch off any more. I lie awake about work, and on "
    "some mornings I cannot get up at all.",
    "since": "year",
    "burden": 8,
    "earlier_help": False,
    "goal": "That I sleep through again, and that a Sunday is a Sunday.",
    "conditions": ["sleep", "migraine"],
    "medication": "Ibuprofen for migraine, about twice a month.",
    "sleep_hours": 5,
    "alcohol": "monthly",
    "doctor": "Dr Hansen, Bergmannstraße",
    "health_told": "Thyroid and iron were checked in autumn, all fine.",
    "signature": "Anna Berg",
}
BEN: Final[Answers] = _AGREED | {
    "called": "Ben",
    "born_on": "1981-09-30",
    "pronouns": "he/him",
    "occupation": "Auditor, mostly from home",
    "emergency": "My brother Tunde, +44 20 7946 0018",
    "concern": "I have slept badly for years and it has become worse. I am asleep at one at the "
    "earliest and awake again at four.",
    "since": "years",
    "burden": 6,
    "earlier_help": True,
    "earlier_help_told": "A sleep app, and tablets for a while. Both helped for about a month.",
    "goal": "Six hours on most nights, without tablets.",
    "conditions": ["sleep"],
    "sleep_hours": 4.5,
    "alcohol": "weekly",
    "doctor": "The Elm Grove surgery",
    "signature": "Ben Okafor",
}
CHIARA: Final[Answers] = _AGREED | {
    "called": "Chia",
    "born_on": "1979-01-23",
    "occupation": "Teacher of music",
    "emergency": "Paolo Rossi, my husband, +49 30 5550193",
    "concern": "My father died in spring. I function at school and fall apart at home.",
    "since": "months",
    "burden": 7,
    "earlier_help": True,
    "earlier_help_told": "Counselling when I was a student. It did me good that nobody had advice.",
    "goal": "That I can think of him without having to leave the room.",
    "conditions": ["none"],
    "sleep_hours": 6,
    "alcohol": "weekly",
    "signature": "Chiara Rossi",
}
MIRA: Final[Answers] = _AGREED | {
    "called": "Mira",
    "born_on": "1986-11-05",
    "pronouns": "she/her",
    "occupation": "Nurse, in shifts",
    "emergency": "Daniel, my husband",
    "concern": "Daniel and I talk about the children and the shopping, and quarrel about "
    "everything else. We want to find each other again before we decide about the move.",
    "since": "year",
    "burden": 5,
    "earlier_help": False,
    "goal": "An evening in the week that we both look forward to.",
    "conditions": ["pain"],
    "health_told": "My back, from work. Physiotherapy on Mondays.",
    "sleep_hours": 6.5,
    "alcohol": "monthly",
    "signature": "Mira Novak",
}
EMMA: Final[Answers] = _AGREED | {
    "called": "Emma",
    "born_on": "1994-06-19",
    "pronouns": "she/her",
    "occupation": "Translator",
    "emergency": "Noah Lind, my partner, +1 212 555 0147",
    "concern": "Since we moved I have had panic in the subway, and by now already on the stairs.",
    "since": "months",
    "burden": 7,
    "earlier_help": False,
    "goal": "That I take the train again without planning it for an hour.",
    "conditions": ["breathing"],
    "medication": "A spray for asthma, hardly ever needed.",
    "sleep_hours": 7,
    "alcohol": "never",
    "signature": "Emma Lindqvist",
}
FARID: Final[Answers] = _AGREED | {
    "called": "Farid",
    "born_on": "1972-03-08",
    "occupation": "Bicycle mechanic, without work since the workshop closed",
    "emergency": "Leila Haddad, my wife, +49 30 5550196",
    "concern": "I do not know any more what I get up for. My wife wanted me to come.",
    "since": "months",
    "burden": 8,
    "earlier_help": False,
    "goal": "To have something to do again, and to look my sons in the eye.",
    "conditions": ["sleep", "heart"],
    "medication": "Tablets for blood pressure, in the morning.",
    "sleep_hours": 5,
    "alcohol": "never",
    "doctor": "Dr Kaya, Hermannplatz",
    "signature": "Farid Haddad",
}
