"""Codes, days and zones read as people say them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import fixtures
import pytest

from gateway.web.pages import Pages
from portal_contracts.zones import zones_to_choose

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
    within = english.replace("Today", "today").replace("Tomorrow", "tomorrow")
    within = within.replace("Yesterday", "yesterday")
    assert render("value | day(zone, true)", value=value, zone=BERLIN) == within


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


def test_a_moment_on_paper_has_its_year_and_is_never_yesterday(render):
    value = datetime(2026, 12, 2, 7, 5, tzinfo=UTC)
    assert render("v | dated_moment(z)", v=value, z=BERLIN) == "2 December 2026, 08:05"
    assert render("v | dated_moment(z)", "de", v=value, z=BERLIN) == "2. Dezember 2026, 08:05"


def test_the_two_readings_of_the_repeated_hour_are_told_apart(render):
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = first + timedelta(hours=1)
    assert render("v | clock(z)", v=first, z=BERLIN) == "02:30 (UTC+2)"
    assert render("v | clock(z)", v=second, z=BERLIN) == "02:30 (UTC+1)"
    assert render("v | moment(z)", v=second, z=BERLIN) == "25 Oct, 02:30 (UTC+1)"
    assert render("v | clock(z)", v=second + timedelta(hours=1), z=BERLIN) == "03:30"


def test_an_appointment_through_the_repeated_hour_does_not_end_before_it_begins(pages):
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    template = pages._environments["en"].from_string(
        "{% import 'macros/times.html' as times %}{{ times.span(a, b, z) }}"
    )
    end = start + timedelta(minutes=30)
    html = template.page({"lang": "en", "now": NOW, "a": start, "b": end, "z": BERLIN})
    assert re.sub("<[^>]*>", "", html) == "02:30 (UTC+2)–02:00 (UTC+1) Berlin time"


def test_zones_are_named_by_their_city(render):
    assert render("z | zone_time", z="Europe/Vienna") == "Vienna time"
    assert render("z | zone_time", "de", z="Europe/Vienna") == "Ortszeit Wien"
    assert render("z | zone_label", z="America/St_Johns") == "St. John’s (UTC\N{MINUS SIGN}3:30)"
    assert render("z | zone_time", z="US/Pacific") == "Los Angeles time"


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_zone_without_a_name_is_its_offset_with_the_right_sign(render, language):
    for zone, words in [
        ("Etc/GMT+5", "UTC\N{MINUS SIGN}5"),
        ("Etc/GMT-14", "UTC+14"),
        ("UTC", "UTC"),
        ("GMT", "UTC+0"),
    ]:
        assert render("z | zone_time", language, z=zone) == words
        assert render("z | zone_label", language, z=zone) == words


def test_an_unknown_zone_falls_back_to_utc(render):
    assert render("v | clock(z)", v=NOW, z="Mars/Olympus") == "09:41"


def test_zones_for_a_select_are_grouped_by_region(render):
    found = render(
        "zones | zone_regions | map(attribute='region') | join(', ')",
        "de",
        zones=["America/Lima", "Europe/Rome", "Europe/Berlin", "Pacific/Apia"],
    )
    assert found == "Amerika, Europa, Pazifik"


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_choice_of_zones_names_no_city_twice(render, language):
    found = render(
        "zones | zone_regions | map(attribute='zones') | sum(start=[]) "
        "| map(attribute='label') | join('\n')",
        language,
        zones=zones_to_choose(),
    ).split("\n")
    assert len(found) == len({label.split(" (UTC")[0] for label in found}) > 400


def test_a_zone_that_is_stored_is_offered_whatever_it_is(render):
    first = "(zones | zone_regions(stored))[0].zones[0].name"
    for stored in ("US/Pacific", "Mars/Olympus"):
        assert render(first, zones=["Europe/Berlin"], stored=stored) == stored
    assert render(first, zones=["Europe/Berlin", "Europe/Rome"], stored="Europe/Rome") == (
        "Europe/Berlin"
    )


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
        "{% import 'macros/times.html' as times %}{{ times.day(now, 'UTC') }}"
    )
    text = template.page({"lang": "en", "now": NOW})
    assert text == '<time datetime="2026-12-02T09:41:00Z">Today, Wednesday 2 December</time>'
