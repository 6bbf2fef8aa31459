"""Until when an appointment can be cancelled or moved: one sentence for pages and mails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal_chassis.change_terms import cancel_terms, move_terms
from portal_contracts.scheduling.rpc.appointments import Allowance, Closed

NOW = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
START = datetime(2026, 12, 9, 11, 0, tzinfo=UTC)
NOTICE = START - timedelta(hours=24)

IN_TIME = Allowance(until=START, free_until=NOTICE)
LATE = Allowance(until=START, free_until=NOTICE, late=True)
CLOSES = Allowance(until=NOTICE)
TOO_LATE = Allowance(until=NOTICE, closed=Closed.NOTICE)
TOO_SOON = Allowance(closed=Closed.NOTICE)
UNBOUND = Allowance(until=START)


def cancel(allowance, language="en", zone="Europe/Berlin", *, has_policy=False):
    return cancel_terms(
        allowance,
        starts_at=START,
        has_policy=has_policy,
        timezone=zone,
        language=language,
        now=NOW,
    )


def move(allowance, language="en"):
    return move_terms(
        allowance, starts_at=START, timezone="Europe/Berlin", language=language, now=NOW
    )


@pytest.mark.parametrize(
    ("allowance", "english", "german"),
    [
        (
            IN_TIME,
            "Free to cancel until Tue 8 Dec, 12:00 Berlin time; after that the session is charged.",
            (
                "Kostenfrei absagbar bis Di., 8. Dez., 12:00 Uhr Ortszeit Berlin; "
                "danach wird die Sitzung berechnet."
            ),
        ),
        (
            LATE,
            "It was free to cancel until Tue 8 Dec, 12:00 Berlin time; cancelling now is charged.",
            (
                "Kostenfrei absagbar war der Termin bis Di., 8. Dez., 12:00 Uhr Ortszeit Berlin; "
                "eine Absage wird jetzt berechnet."
            ),
        ),
        (
            CLOSES,
            (
                "Free to cancel until Tue 8 Dec, 12:00 Berlin time; "
                "after that it can no longer be cancelled online."
            ),
            (
                "Kostenfrei absagbar bis Di., 8. Dez., 12:00 Uhr Ortszeit Berlin; "
                "danach online nicht mehr absagbar."
            ),
        ),
        (
            TOO_LATE,
            (
                "It was free to cancel until Tue 8 Dec, 12:00 Berlin time; "
                "now it can no longer be cancelled online."
            ),
            (
                "Kostenfrei absagbar war der Termin bis Di., 8. Dez., 12:00 Uhr Ortszeit Berlin; "
                "online ist eine Absage nicht mehr möglich."
            ),
        ),
        (
            TOO_SOON,
            "It begins too soon to be cancelled online.",
            "Für eine Absage online beginnt der Termin zu bald.",
        ),
        (UNBOUND, "Free to cancel until it begins.", "Bis zum Beginn kostenfrei absagbar."),
        (Allowance(closed=Closed.SWITCHED_OFF), "", ""),
        (Allowance(closed=Closed.OVER), "", ""),
        (None, "", ""),
    ],
)
def test_what_cancelling_costs_until_when(allowance, english, german):
    assert cancel(allowance) == english
    assert cancel(allowance, "de") == german


def test_nothing_is_called_free_beside_terms_that_may_charge():
    assert "free" not in cancel(UNBOUND, has_policy=True).lower()
    assert "kostenfrei" not in cancel(UNBOUND, "de", has_policy=True).lower()
    assert "Free to cancel until Tue" in cancel(IN_TIME, has_policy=True)


@pytest.mark.parametrize(
    ("language", "when"),
    [
        ("en", "Sun 31 Oct 2027, 02:30 (UTC+1) Berlin time"),
        ("de", "So., 31. Okt. 2027, 02:30 Uhr (UTC+1) Ortszeit Berlin"),
    ],
)
def test_the_time_is_the_reader_s_and_tells_a_repeated_hour_apart(language, when):
    assert "Tue 8 Dec, 06:00 New York time" in cancel(IN_TIME, zone="America/New_York")
    assert "06:00 UTC\N{MINUS SIGN}5;" in cancel(IN_TIME, zone="Etc/GMT+5")
    twice = Allowance(until=datetime(2027, 10, 31, 1, 30, tzinfo=UTC))
    assert when in cancel_terms(
        twice,
        starts_at=twice.until + timedelta(days=1),
        has_policy=False,
        timezone="Europe/Berlin",
        language=language,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("allowance", "english"),
    [
        (
            CLOSES,
            (
                "You can move it until Tue 8 Dec, 12:00 Berlin time; "
                "after that it can no longer be moved online."
            ),
        ),
        (UNBOUND, "You can move it until it begins."),
        (
            TOO_LATE,
            (
                "It could be moved until Tue 8 Dec, 12:00 Berlin time; "
                "now it can no longer be moved online."
            ),
        ),
        (TOO_SOON, "It begins too soon to be moved online."),
        (Allowance(closed=Closed.MAX_MOVES), ""),
    ],
)
def test_until_when_it_can_be_moved(allowance, english):
    assert move(allowance) == english
    assert bool(move(allowance, "de")) is bool(english)
