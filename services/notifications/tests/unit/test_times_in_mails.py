"""Times of day in mails: as people write them where the recipient is, in every kind of mail."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache

import pytest

from notifications.config import Settings
from notifications.operations.samples import SAMPLES, sample

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
TWENTY_FOUR = re.compile(r"\b\d\d:\d\d\b(?!\N{NO-BREAK SPACE}[AP]M)")
TWELVE = re.compile(r"\b(1[0-2]|[1-9]):\d\d\N{NO-BREAK SPACE}[AP]M\b")


@cache
def telling() -> frozenset[str]:
    """The mails that tell a time."""
    written = {one: sample(one, Settings(), language="de", now=NOW) for one in SAMPLES}
    return frozenset(name for name, mail in written.items() if TWENTY_FOUR.search(mail.text))


def forms(name: str, language: str, zone: str) -> list[str]:
    """Text and HTML of a mail, without its link, and the texts of its entry for calendars."""
    written = sample(name, Settings(), language=language, now=NOW, timezone=zone)
    texts = [written.subject, written.text, written.html.partition("</style>")[2]]
    return [re.sub(r"https?://\S+", "", one) for one in texts]


def test_most_mails_telling() -> None:
    assert {"portal_link", "invitation", "appointment_moved", "series_confirmed"} <= telling()
    assert {"appointment_requested", "request_received", "series_moved"} <= telling()


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Sydney"])
def test_where_hours_are_counted_to_twelve_no_mail_counts_further(name: str, zone: str) -> None:
    subject, text, html = forms(name, "en", zone)
    assert not [one for one in (subject, text, html) if TWENTY_FOUR.search(one)]
    assert bool(TWELVE.search(text)) is bool(TWELVE.search(html)) is (name in telling())


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize(
    ("language", "zone"),
    [("en", "Europe/London"), ("en", "Asia/Tokyo"), ("en", "UTC"), ("de", "America/New_York")],
)
def test_elsewhere_and_in_german_every_mail_counts_to_twenty_four(
    name: str, language: str, zone: str
) -> None:
    subject, text, html = forms(name, language, zone)
    assert not [one for one in (subject, text, html) if TWELVE.search(one)]
    assert bool(TWENTY_FOUR.search(text)) is bool(TWENTY_FOUR.search(html)) is (name in telling())


def test_a_time_is_in_one_piece_and_says_where_it_is() -> None:
    told = sample(
        "appointment_confirmed", Settings(), language="en", now=NOW, timezone="America/New_York"
    ).text
    said = " ".join(told.replace("\N{NO-BREAK SPACE}", "_").split())
    assert "When: Thursday, 3 December 2026, 1:00_PM New York time (6:00_PM London time)" in said
