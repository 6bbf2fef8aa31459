"""What the demo practitioner has written about whom, the earliest first. All made up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Writings:
    """What was written about one client.

    Attributes:
        summaries: of every second session up to the latest, shared with the client.
        notes: of every fourth session up to the latest, the practitioner's own.
    """

    summaries: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


NOTHING = Writings()


def _summary(spoke: str, *until: str) -> str:
    steps = "\n".join(f"- {one}" for one in until)
    return f"## What we spoke about\n\n{spoke}\n\n## Until next time\n\n{steps}"


ANNA = Writings(
    summaries=(
        _summary(
            "How the months before your sick leave went: the second project, the evenings at the "
            "laptop, and the point at which sleep no longer helped.",
            "Go to bed and get up at the same hour, also at the weekend",
            "Write down in the evening one thing that cost strength and one that gave some",
        ),
        _summary(
            "Your list of the week. What gives strength is mostly **outdoors and with somebody**; "
            "what costs it comes by phone.",
            "A walk of twenty minutes on three mornings, before the phone",
            "Ask Jule whether she comes along once",
        ),
        _summary(
            "The sentence “I have to be reachable”. Where it comes from, and who really called "
            "after seven in the past month: nobody.",
            "Phone in the hall from eight in the evening",
            "Notice the first ten minutes without it",
        ),
        _summary(
            "The first talk with your team lead about coming back. You said what you can take on, "
            "and did not explain it twice.",
            "Write the three sentences for the second talk",
            "One evening without plans",
        ),
        _summary(
            "Coming back by steps: four hours a day for three weeks. We drew the two circles, "
            "*mine* and *not mine*; the page is in your notebook.",
            "Look at the circles before the Monday meeting",
            "Stop after four hours, also when it goes well",
        ),
        _summary(
            "A hard week: your mother’s operation, and the old pull to take over everything. You "
            "asked your brother, and he came.",
            "Two phone calls with the hospital this week, not two a day",
            "Keep the morning walk, even a short one",
        ),
        _summary(
            "Sleep is steadier, and Sundays are still heavy. What belongs to Sunday, and what is "
            "Monday arriving early.",
            "Plan something small for Sunday afternoon",
            "Write Monday’s first task on Friday, then close the laptop",
        ),
        _summary(
            "You are back to full hours. What you do differently: lunch away from the desk, and "
            "“I will let you know tomorrow”.",
            "Use the sentence once where it is hard",
            "Notice what happens right after",
        ),
        _summary(
            "A look back at the year, with the questionnaires side by side. You named **four "
            "things** that you would not have done in spring.",
            "Choose the one that should stay whatever comes",
        ),
        _summary(
            "The early signs, and what you do at the first of them: sleep below six hours, two "
            "walks left out, no call to Jule for a week.",
            "Put the card with the three signs where you see it",
            "Think about meeting every second week from January on",
        ),
    ),
    notes=(
        (
            "Exhaustion after 14 months of overload, mood low in the mornings. No thoughts "
            "of harming herself, asked directly. GP has checked thyroid and iron."
        ),
        "Perfectionism as loyalty to the father’s workshop. Go slowly here.",
        "Holds boundaries at work better than in the family. Mother’s operation is on the 14th.",
        "PHQ-9 down to 6. Wants to speak about relapse before reducing sessions.",
        "Agreed on relapse plan. Suggest fortnightly from January; ask how she feels about it.",
    ),
)
BEN = Writings(
    summaries=(
        _summary(
            "Your nights: in bed at ten, asleep at one. We reckoned it together: seven hours in "
            "bed are enough for five and a half of sleep.",
            "Bed from half past midnight to half past six, for two weeks",
            "Fill in the sleep diary in the morning, not at night",
        ),
        _summary(
            "The diary: two nights of almost six hours. The hardest part is the sofa at nine.",
            "Up and dishes at nine, whatever the film",
            "No clock within reach of the bed",
        ),
        _summary(
            "Thoughts at three in the morning are about the audit, not about you. Ten minutes in "
            "the afternoon to write them down.",
            "The worry list at five, then close the notebook",
        ),
        _summary(
            "The trip to Lagos and two nights of good sleep there. What was different: light, "
            "company, no screen.",
            "Breakfast at the window",
            "Call your brother on Sundays",
        ),
        _summary(
            "You sleep six hours on most nights. We moved the bedtime forward by a quarter of an "
            "hour.",
            "Bed at a quarter past midnight, if five of seven nights were good",
            "Fill in the questionnaire before we meet next",
        ),
    ),
    notes=(
        "Sleep restriction tolerated well, drives to work only after nine: asked again.",
        "Audit ends in February. Underneath: fear of being found out as not good enough.",
        "Ask about the talk with his brother. Questionnaire started, not sent yet.",
    ),
)
CHIARA = Writings(
    summaries=(
        _summary(
            "The flat of your father, and the box that you have not opened. There is no hurry with "
            "it.",
            "Leave the box where it is",
            "Light the candle on Thursday, if you feel like it",
        ),
        _summary(
            "What people say (“time heals”), and what you would like to hear instead.",
            "Tell Paolo one of the sentences that help",
        ),
        _summary(
            "The first family meal without him. You stayed an hour, and left when it was enough.",
            "An hour is an hour: plan the way out beforehand",
        ),
        _summary(
            "You have opened the box. The letters, the ticket to Genoa, and that you laughed.",
            "Choose one photo for the kitchen",
            "Write to your aunt, three lines are enough",
        ),
        _summary(
            "Singing again in the choir, and the guilt about an evening that was good.",
            "Go to the rehearsal on Wednesday",
            "Write down the moment in which guilt came, and what you did then",
        ),
    ),
    notes=(
        "Grief, not depression; appetite back. The anniversary of the death is in three weeks.",
        "Guilt about the last phone call. She told it for the first time.",
        "Choir as a resource. Speak about Christmas early.",
    ),
)
DANIEL = Writings(
    summaries=(
        _summary(
            "How a quarrel begins between you: the question about the day, the short answer, the "
            "silence. Each of you drew the same circle from the other side.",
            "Twenty minutes on Sunday, in turns, the other one only listens",
        ),
        _summary(
            "The Sunday talks took place twice. What was new: that Daniel is afraid, and not "
            "annoyed, when Mira comes late.",
            "Say the feeling first, then the wish",
            "Mira plans the evening on Friday, Daniel the one after",
        ),
        _summary(
            "Mira’s new job and the move that may come with it. No decision yet: first what each "
            "of you needs for a good year.",
            "Each writes a list of five, without talking about it",
            "Bring both lists to the next session",
        ),
    ),
    notes=(
        "Pursue and withdraw, quick to de-escalate. No violence, both asked alone.",
        "The move is about her mother too. Give him more room next time.",
    ),
)
EMMA = Writings(
    summaries=(
        _summary(
            "Panic in the subway, and what your body does there: it gets ready to run, without "
            "anything to run from.",
            "Breathe out longer than in, four and six, for five minutes a day",
            "Ride one station with Noah",
        ),
        _summary(
            "One station, four times. The fear came to seven and went down to three, by itself.",
            "Two stations, then stay on the platform until it is below three",
        ),
        _summary(
            "You rode to work alone on Tuesday. What you told yourself in the tunnel: *it rises, "
            "and it falls*.",
            "Three rides this week, one of them at rush hour",
            "Write down the number at the start and at the end",
        ),
    ),
    notes=(
        "No avoidance by taxi any more. Still checks exits; name it next time.",
        "GAD-7 down to 8. Wants to fly home for midsummer: begin to plan exposure.",
    ),
)
FARID = Writings(
    summaries=(
        _summary(
            "The months since you lost the workshop, and days without an end or a beginning.",
            "Get up at eight, shower, tea at the window",
            "Call Samir on Wednesday",
        ),
        _summary(
            "Samir was there. What you can still do with your hands, and that shame is loudest in "
            "the evening.",
            "The bicycle of your neighbour, an hour a day",
            "Our emergency card stays in your wallet; the numbers are on it",
        ),
    ),
    notes=(
        (
            "Low mood, sleep poor, withdraws. Thoughts of being a burden, no plan, no means; "
            "safety plan written together, wife knows of it."
        ),
    ),
)
GRETA = Writings(
    notes=(
        (
            "First talk, half an hour by phone, in German. Moved here in summer, feels lost "
            "between two jobs. Wants to begin in January; intake form is on its way."
        ),
    ),
)

OF_TODAY = """## Today

We looked at the two weeks since the move: what has become easier, and what takes time.

- Walk to the new office once before it begins
- Write down on Fridays what went well
"""
