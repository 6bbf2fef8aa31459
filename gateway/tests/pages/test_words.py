"""Codes, days and zones read as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import fixtures
import pytest

from gateway.web.pages import Pages

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
NOW = datetime(2026, 12, 2, 9, 41, tzinfo=UTC)


@pytest.fixture(scope="module")
def pages():
    return Pages()


@pytest.fixture
def say(pages):
    """A template of one expression, in a language."""

    def said(expression, language="en", now=NOW, **context):
        environment = pages._environments[language]
        template = environment.from_string("{{ " + expression + " }}")
        return template.render({"lang": language, "now": now, **context})

    return said


@pytest.mark.parametrize(
    ("days", "english", "german"),
    [
        (-1, "Yesterday, Tuesday 1 December", "Gestern, Dienstag, 1. Dezember"),
        (0, "Today, Wednesday 2 December", "Heute, Mittwoch, 2. Dezember"),
        (1, "Tomorrow, Thursday 3 December", "Morgen, Donnerstag, 3. Dezember"),
        (2, "Friday 4 December", "Freitag, 4. Dezember"),
        (60, "Sunday 31 January 2027", "Sonntag, 31. Januar 2027"),
    ],
)
def test_a_day_in_words(say, days, english, german):
    value = NOW + timedelta(days=days)
    assert say("value | day(zone)", value=value, zone=BERLIN) == english
    assert say("value | day(zone)", "de", value=value, zone=BERLIN) == german


def test_today_is_the_day_in_the_zone_that_is_shown(say):
    late = datetime(2026, 12, 2, 23, 30, tzinfo=UTC)
    assert say("v | day(z)", now=late, v=late, z=BERLIN).startswith("Today, Thursday 3")
    assert say("v | day(z)", now=late, v=late, z=NEW_YORK).startswith("Today, Wednesday 2")


def test_a_moment_in_a_list_and_within_a_sentence(say):
    value = datetime(2026, 12, 2, 7, 5, tzinfo=UTC)
    assert say("v | moment(z)", v=value, z=BERLIN) == "Today, 08:05"
    assert say("v | moment(z, true)", v=value, z=BERLIN) == "today, 08:05"
    assert say("v | moment(z, true)", "de", v=value, z=BERLIN) == "heute, 08:05"
    assert say("v | moment(z)", v=value - timedelta(days=400), z=BERLIN) == "28 Oct 2025, 08:05"


def test_the_repeated_hour_shows_its_own_wall_time(say):
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert say("v | clock(z)", v=first, z=BERLIN) == "02:30"
    assert say("v | clock(z)", v=first + timedelta(hours=1), z=BERLIN) == "02:30"


def test_zones_are_named_by_their_city(say):
    assert say("z | zone_time", z="Europe/Vienna") == "Vienna time"
    assert say("z | zone_time", "de", z="Europe/Vienna") == "Ortszeit Wien"
    assert say("z | zone_label", z="America/St_Johns") == "St. John’s (UTC\N{MINUS SIGN}3:30)"
    assert say("z | zone_label", z="UTC") == "UTC (UTC+0)"


def test_an_unknown_zone_falls_back_to_utc(say):
    assert say("v | clock(z)", v=NOW, z="Mars/Olympus") == "09:41"


def test_zones_for_a_select_are_grouped_by_region(say):
    found = say(
        "zones | zone_regions | map(attribute='region') | join(', ')",
        "de",
        zones=["America/Lima", "Europe/Rome", "Europe/Berlin", "Pacific/Apia"],
    )
    assert found == "Amerika, Europa, Pacific"


def test_an_unknown_code_gets_general_words_and_never_itself(say):
    assert "zap" not in say("'zap' | in_words")
    assert say("'zap' | in_words('act')") == "Something was done"
    assert say("'open_delivery.not_allowed' | in_words('act')") == "Read an e-mail that was sent"
    assert say("'name_missing' | in_words", "de") == "Bitte geben Sie einen Namen ein."


@pytest.mark.parametrize(
    ("name", "mark"),
    [("Anna Bergmann", "AB"), ("Dr. Miriam Rivera", "MR"), ("Cher", "C"), ("", "·"), ("…", "·")],
)
def test_initials(say, name, mark):
    assert say("n | initials", n=name) == mark


def test_devices_in_the_readers_language(say):
    assert say("d | device_name", "de", d="Firefox on Android") == "Firefox auf Android"
    assert say("d | device_name", "de", d="Unknown device") == "Unbekanntes Gerät"
    assert say("d | device_name", "de", d="Firefox") == "Firefox"


def test_a_date_of_birth(say):
    born = date(1990, 3, 27)
    assert say("d | long_date", d=born) == "27 March 1990"
    assert say("d | long_date", "de", d=born) == "27. März 1990"
    assert say("d | machine_time", d=born) == "1990-03-27"


def test_every_instant_stands_in_a_time_element(pages):
    assert fixtures.NOW.tzinfo is UTC
    said = pages._environments["en"].from_string(
        "{% import 'macros/times.html' as times with context %}{{ times.day(now, 'UTC') }}"
    )
    text = said.render({"lang": "en", "now": NOW})
    assert text == '<time datetime="2026-12-02T09:41:00Z">Today, Wednesday 2 December</time>'
