"""Numbers as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_contracts.numbers import TwoReadings, UnreadableNumber, read_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", 12),
        ("1,5", 1.5),
        ("1.5", 1.5),
        ("1.50", 1.5),
        ("12.0", 12),
        ("0,500", 0.5),
        ("0.500", 0.5),
        ("-0,125", -0.125),
        ("1000", 1000),
        ("1.0000", 1),
        ("1234,567", 1234.567),
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1,234.567", 1234.567),
        ("1.234.567", 1_234_567),
        ("1 234", 1234),
        ("1\u202f234,5", 1234.5),
        ("1\u00a0234,567", 1234.567),
        ("1'234.5", 1234.5),
        ("1’234", 1234),
        ("-5", -5),
        ("\u22125", -5),
        ("+ 5", 5),
        ("\u0661\u0662", 12),
        ("\u0661\u066b\u0665", 1.5),
        ("\u0661\u066c\u0662\u0663\u0664", 1234),
        ("\uff11\uff12\uff0e\uff15", 12.5),
        ("\u096a\u0968", 42),
        (" 7\u200b ", 7),
        ("007", 7),
    ],
)
def test_one_reading(typed, number):
    found = read_number(typed)
    assert (found, type(found)) == (number, type(number))


@pytest.mark.parametrize(
    ("typed", "grouped", "decimal", "written"),
    [
        ("1,000", "1000", "1", "1.0"),
        ("1.000", "1000", "1", "1.0"),
        ("1.500", "1500", "1.5", "1.5"),
        ("12,345", "12345", "12.345", "12.3450"),
        ("-999.990", "-999990", "-999.99", "-999.99"),
        ("\uff11\uff0c\uff10\uff10\uff10", "1000", "1", "1.0"),
    ],
)
def test_two_readings_are_both_named(typed, grouped, decimal, written):
    with pytest.raises(TwoReadings) as caught:
        read_number(typed)
    assert caught.value.grouped == grouped
    assert caught.value.decimal(".") == decimal
    assert caught.value.typed_decimal(".") == written


@pytest.mark.parametrize(
    "typed",
    [
        *("", "-", "a", "1e5", "½", "1/2", "1.2.3", "1,2,3", "1.234.56", "1,234,5678", "1 2"),
        *("12 34", "1,23 456", "0,123,456", "1.234,567,8", "NaN", "inf", "²", "1" * 16),
        *("1." + "1" * 11, "1_000", "0x10", "1.", ".5", "--5", "5-"),
    ],
)
def test_no_reading(typed):
    with pytest.raises(UnreadableNumber):
        read_number(typed)


@given(st.text(alphabet="0123456789.,' -+\u0661\u066b\u066c\uff11", max_size=14))
def test_what_is_offered_for_two_readings_has_one(typed):
    try:
        read_number(typed)
    except UnreadableNumber:
        return
    except TwoReadings as error:
        for point in (".", ","):
            both = read_number(error.grouped), read_number(error.typed_decimal(point))
            assert both[0] != both[1]


@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_what_is_written_plainly_is_read_as_it_is(number):
    assert read_number(str(number)) == number
