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
def render(pages):
    """A template of one expression, in a language."""

    def render_expression(expression, language="en", now=NOW, **context):
        environment = pages._environments[language]
        template = environment.from_string("{{ " + expression + " }}")
        return template.render({"lang": language, "now": now, **context})

    return render_expression


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
def test_a_day_in_words(render, days, english, german):
    value = NOW + timedelta(days=days)
    assert render("value | day(zone)", value=value, zone=BERLIN) == english
    assert render("value | day(zone)", "de", value=value, zone=BERLIN) == german


def test_today_is_the_day_in_the_zone_that_is_shown(render):
    late = datetime(2026, 12, 2, 23, 30, tzinfo=UTC)
    assert render("v | day(z)", now=late, v=late, z=BERLIN).startswith("Today, Thursday 3")
    assert render("v | day(z)", now=late, v=late, z=NEW_YORK).startswith("Today, Wednesday 2")


def test_a_moment_in_a_list_and_within_a_sentence(render):
    value = datetime(2026, 12, 2, 7, 5, tzinfo=UTC)
    assert render("v | moment(z)", v=value, z=BERLIN) == "Today, 08:05"
    assert render("v | moment(z, true)", v=value, z=BERLIN) == "today, 08:05"
    assert render("v | moment(z, true)", "de", v=value, z=BERLIN) == "heute, 08:05"
    assert render("v | moment(z)", v=value - timedelta(days=400), z=BERLIN) == "28 Oct 2025, 08:05"


def test_the_repeated_hour_shows_its_own_wall_time(render):
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert render("v | clock(z)", v=first, z=BERLIN) == "02:30"
    assert render("v | clock(z)", v=first + timedelta(hours=1), z=BERLIN) == "02:30"


def test_zones_are_named_by_their_city(render):
    assert render("z | zone_time", z="Europe/Vienna") == "Vienna time"
    assert render("z | zone_time", "de", z="Europe/Vienna") == "Ortszeit Wien"
    assert render("z | zone_label", z="America/St_Johns") == "St. John’s (UTC\N{MINUS SIGN}3:30)"
    assert render("z | zone_label", z="UTC") == "UTC (UTC+0)"


def test_an_unknown_zone_falls_back_to_utc(render):
    assert render("v | clock(z)", v=NOW, z="Mars/Olympus") == "09:41"


def test_zones_for_a_select_are_grouped_by_region(render):
    found = render(
        "zones | zone_regions | map(attribute='region') | join(', ')",
        "de",
        zones=["America/Lima", "Europe/Rome", "Europe/Berlin", "Pacific/Apia"],
    )
    assert found == "Amerika, Europa, Pacific"


def test_an_unknown_code_gets_general_words_and_never_itself(render):
    assert "zap" not in render("'zap' | in_words")
    assert render("'zap' | in_words('act')") == "Something was done"
    assert render("'open_delivery.not_allowed' | in_words('act')") == "Read an e-mail that was sent"
    assert render("'name_missing' | in_words", "de") == "Bitte geben Sie einen Namen ein."


@pytest.mark.parametrize(
    ("name", "mark"),
    [("Anna Bergmann", "AB"), ("Dr. Miriam Rivera", "MR"), ("Cher", "C"), ("", "·"), ("…", "·")],
)
def test_initials(render, name, mark):
    assert render("n | initials", n=name) == mark


def test_devices_in_the_readers_language(render):
    assert render("d | device_name", "de", d="Firefox on Android") == "Firefox auf Android"
    assert render("d | device_name", "de", d="Unknown device") == "Unbekanntes Gerät"
    assert render("d | device_name", "de", d="Firefox") == "Firefox"


def test_a_date_of_birth(render):
    born = date(1990, 3, 27)
    assert render("d | long_date", d=born) == "27 March 1990"
    assert render("d | long_date", "de", d=born) == "27. März 1990"
    assert render("d | machine_time", d=born) == "1990-03-27"


def test_every_instant_stands_in_a_time_element(pages):
    assert fixtures.NOW.tzinfo is UTC
    template = pages._environments["en"].from_string(
        "{% import 'macros/times.html' as times with context %}{{ times.day(now, 'UTC') }}"
    )
    text = template.render({"lang": "en", "now": NOW})
    assert text == '<time datetime="2026-12-02T09:41:00Z">Today, Wednesday 2 December</time>'
