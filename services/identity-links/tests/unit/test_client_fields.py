"""What may be said of a client."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields as fields_of

from identity_links.domain.client_fields import check_client_fields
from identity_links.storage.tables import client
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.clients import LONGEST_REMARK, MOST_TAGS, ClientFields
from portal_contracts.text import Line

TODAY = date(2026, 11, 23)


def check(date_of_birth_required=False, **fields):
    given_ = ClientFields(**({"name": "Anna Schmidt", "email": "anna@example.org"} | fields))
    return check_client_fields(
        given_,
        today=TODAY,
        default_timezone="Europe/Berlin",
        default_language="de",
        date_of_birth_required=date_of_birth_required,
    )


def errors(**fields):
    with pytest.raises(Invalid) as refused:
        check(**fields)
    assert refused.value.code == "client_fields"
    return refused.value.fields


def test_a_name_and_an_address_are_enough():
    facts = check()
    assert (facts.timezone, facts.language) == ("Europe/Berlin", "de")
    assert facts.remark is None


def test_text_is_cleaned_before_it_is_kept():
    facts = check(
        name="  Anna \t Schmidt ", email=" Anna@EXAMPLE.org", tags=["couple", " Couple ", "", "new"]
    )
    assert facts.name == "Anna Schmidt"
    assert facts.email == "Anna@example.org"
    assert facts.tags == ["couple", "new"]


def test_every_wrong_field_is_told_at_once():
    assert errors(
        name=" ",
        email="anna@",
        preferred_name="x" * 101,
        pronouns="y" * 61,
        phone="call me",
        date_of_birth=date(2030, 1, 1),
        timezone="Mars/Olympus",
        language="fr",
        tags=["t" * 41],
        remark="r" * 10_001,
    ) == {
        "name": "name_missing",
        "email": "email_invalid",
        "preferred_name": "preferred_name_too_long",
        "pronouns": "pronouns_too_long",
        "phone": "phone_invalid",
        "date_of_birth": "date_of_birth_in_future",
        "timezone": "timezone_unknown",
        "language": "language_unknown",
        "tags": "tag_too_long",
        "remark": "remark_too_long",
    }


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "x" * 201}, "name_too_long"),
        ({"email": ""}, "email_missing"),
        ({"email": f"{'a' * 250}@example.org"}, "email_too_long"),
        ({"phone": "1" * 51}, "phone_too_long"),
        ({"phone": "+49 3"}, "phone_invalid"),
        ({"date_of_birth": date(1899, 12, 31)}, "date_of_birth_too_early"),
        ({"tags": [f"tag {number}" for number in range(MOST_TAGS + 1)]}, "tags_too_many"),
        ({"name": "\u200b\u2060"}, "name_missing"),
        ({"email": "\ufeff"}, "email_missing"),
        ({"phone": "+49 30 12\u00bd"}, "phone_invalid"),
    ],
)
def test_each_rule_has_its_code(fields, code):
    assert errors(**fields) == {next(iter(fields)): code}


@pytest.mark.parametrize(
    "name", [one.name for one in fields_of(ClientFields) if one.type in {str, Line, str | None}]
)
def test_no_text_is_taken_unchecked(name):
    assert name in errors(**{name: "x" * (LONGEST_REMARK + 1)})


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("name", "\u2068Anna\u2069 Adler", "Anna Adler"),
        ("name", "Anna \U0001fae9", "Anna \U0001fae9"),
        ("email", "anna@\u200bexample.org", "anna@example.org"),
        ("phone", "\u202a+49 30 123\u202c", "+49 30 123"),
        ("phone", "\uff0b\uff14\uff19 \u0663\u0660 12\u201134", "+49 30 12-34"),
        ("tags", ["new\u00ad", "\u200b"], ["new"]),
        ("remark", "My story\x0bpasted\x07", "My story\npasted"),
    ],
)
def test_what_cannot_be_seen_is_dropped_and_the_rest_is_kept(name, typed, kept):
    assert getattr(check(**{name: typed}), name) == kept


def test_a_limit_counts_what_is_left():
    assert check(name="x" * 200 + "\u200b" * 50).name == "x" * 200


def test_the_date_of_birth_is_needed_where_devices_are_asked_for_it():
    assert errors(date_of_birth_required=True) == {"date_of_birth": "date_of_birth_missing"}
    assert check(date_of_birth_required=True, date_of_birth=TODAY).date_of_birth == TODAY


def test_a_remark_keeps_its_lines():
    assert check(remark="one\r\ntwo\n").remark == "one\ntwo"
    assert not check(remark="").remark


@pytest.mark.parametrize("phone", ["+49 30 123456", "030/12 34-56", "(030) 1234", "+1.555.123"])
def test_phone_numbers_are_taken_as_people_write_them(phone):
    assert check(phone=phone).phone == phone


@given(
    name=st.text(max_size=250),
    remark=st.text(max_size=300),
    tags=st.lists(st.text(max_size=50), max_size=30),
)
def test_whatever_passes_can_be_stored(name, remark, tags):
    try:
        facts = check(name=name, remark=remark, tags=tags)
    except Invalid:
        return
    for text in (facts.name, facts.remark or "", *facts.tags):
        assert "\x00" not in text
        text.encode("utf-8")


def test_every_field_has_a_column():
    assert set(ClientFields.__struct_fields__) <= set(client.c.keys())
