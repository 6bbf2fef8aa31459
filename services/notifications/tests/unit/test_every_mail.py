"""Every mail as somebody reads it: plain lines, no gaps, German that goes on after its greeting."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from notifications.config import Settings
from notifications.operations.samples import SAMPLES, sample
from notifications.templates.writer import TEXT_WIDTH

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
LANGUAGES = ("en", "de")
WRITTEN_LARGE = {"Ihr", "Ihre", "Ihren", "Ihrem", "Ihres", "Sie", "Sample", "Jonas"}
"""What begins with a capital in the middle of a German sentence."""
ABOUT_ACCOUNTS = re.compile("account|Konto", re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SAMPLES)
def test_its_text_has_short_lines_and_no_gaps(name: str, language: str) -> None:
    text = sample(name, Settings(), language=language, now=NOW).text
    assert "\n\n\n" not in text
    assert text == text.strip() + "\n"
    lines = text.split("\n")
    assert not [one for one in lines if len(one) > TEXT_WIDTH and "://" not in one]
    assert not [one for one in lines if one != one.rstrip() and one != "-- "]
    assert "None" not in text
    assert "  " not in text


@pytest.mark.parametrize("name", SAMPLES)
def test_german_goes_on_small_after_the_comma_of_its_greeting(name: str) -> None:
    greeting, _gap, lead = sample(name, Settings(), language="de", now=NOW).text.split("\n")[:3]
    first = lead.split()[0]
    assert greeting.endswith(",")
    assert first in WRITTEN_LARGE or first[0].islower()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["emergency_access", "everyone_shown"])
def test_what_happened_in_the_practice_is_not_said_to_be_about_an_account(
    name: str, language: str
) -> None:
    html = sample(name, Settings(), language=language, now=NOW).html
    assert not ABOUT_ACCOUNTS.search(html.partition("<body")[2])
