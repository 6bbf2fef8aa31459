"""Which public holidays are known, and what finding that out loads."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import holidays
import pytest

from scheduling.domain.public_holidays import holidays_of, is_known, known_countries, regions

LOADED = """
import sys
from scheduling.domain.public_holidays import holidays_of, known_countries
known_countries()
holidays_of("DE", "BY", 2026)
print(*(name for name in sys.modules if name.startswith("holidays.countries.")))
"""


def test_only_the_countries_that_are_asked_for_are_loaded():
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["holidays.countries.germany"]


@pytest.mark.parametrize(
    ("country", "region", "day", "name"),
    [
        ("DE", "BY", date(2026, 1, 6), "Heilige Drei Könige"),
        ("US", "", date(2026, 7, 4), "Independence Day"),
        # Its holidays are those of another country's module, with some of its own.
        ("PR", "", date(2026, 11, 19), "Puerto Rican Identity Day"),
    ],
)
def test_a_country_is_known_with_its_holidays(country, region, day, name):
    assert is_known(country, region)
    assert holidays_of(country, region, day.year)[day] == name


def test_every_country_that_the_package_has_can_be_chosen_and_loaded():
    assert set(known_countries()) <= holidays.list_supported_countries().keys()
    assert {"AT", "CH", "DE", "GB", "US"} <= set(known_countries())
    assert ("BY", "Bayern") in regions("DE")
