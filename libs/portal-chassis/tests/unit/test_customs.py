"""What is written in English follows the country of whoever reads it."""

import pytest

from portal_chassis.customs import first_weekday, writes_twelve_hours


@pytest.mark.parametrize(
    ("language", "zone", "twelve"),
    [
        ("en", "America/New_York", True),
        ("en", "US/Pacific", True),
        ("en", "America/Toronto", True),
        ("en", "Australia/Sydney", True),
        ("en", "Pacific/Auckland", True),
        ("en", "Asia/Calcutta", True),
        ("en", "Asia/Seoul", True),
        ("en", "Asia/Taipei", True),
        ("en", "America/Coyhaique", True),
        ("en", "Europe/London", False),
        ("en", "Europe/Dublin", False),
        ("en", "Europe/Berlin", False),
        ("en", "Europe/Kiev", False),
        ("en", "Asia/Tokyo", False),
        ("en", "Africa/Johannesburg", False),
        ("en", "Antarctica/Troll", False),
        ("en", "UTC", False),
        ("en", "Etc/GMT+5", False),
        ("en", "Nowhere/Land", False),
        ("en", "", False),
        ("de", "America/New_York", False),
    ],
)
def test_hours_are_counted_as_people_there_do(language, zone, twelve):
    assert writes_twelve_hours(language, zone) is twelve


@pytest.mark.parametrize(
    ("language", "zone", "accepted", "twelve"),
    [
        ("en", "Europe/Berlin", "en-US,en;q=0.9", True),
        ("en", "Europe/Berlin", "en,de-DE;q=0.9,en-US;q=0.5", False),
        ("en", "Europe/Berlin", "en, en-au", True),
        ("en", "America/New_York", "en-GB,en;q=0.9", False),
        ("en", "America/New_York", "en", True),
        ("en", "America/New_York", "zh-Hant, zz-zz-zz-zz, *", True),
        ("en", "America/New_York", "fr-CA", False),
        ("en", "America/New_York", "", True),
        ("en", "America/New_York", None, True),
        ("de", "America/New_York", "en-US", False),
    ],
)
def test_the_country_of_the_browser_counts_first(language, zone, accepted, twelve):
    assert writes_twelve_hours(language, zone, accepted) is twelve


@pytest.mark.parametrize(
    ("language", "zone", "weekday"),
    [
        ("de", "America/New_York", 0),
        ("en", "America/New_York", 6),
        ("en", "US/Pacific", 6),
        ("en", "Europe/Berlin", 0),
        ("en", "Europe/London", 0),
        ("en", "UTC", 0),
        ("en", "Antarctica/Troll", 0),
        ("en", "Nowhere/Land", 0),
    ],
)
def test_a_week_begins_as_people_there_have_it(language, zone, weekday):
    assert first_weekday(language, zone) == weekday
