"""What may be said of a practice and of a practitioner."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial

import pytest
from msgspec import structs

from identity_links.domain import practice_fields
from identity_links.domain.access import MAX_DETAIL
from identity_links.domain.practice_changes import changed_sections, read_detail, written
from identity_links.domain.practice_fields import (
    PractitionerFields,
    check_practitioner_fields,
    read_practice_changes,
)
from portal_contracts.actor import Role
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.practice import (
    MOST_CRISIS_CONTACTS,
    SECTION_FIELDS,
    CrisisContact,
    FieldChange,
    PracticeFields,
    PracticeSection,
)
from portal_contracts.identity_links.rpc.targets import EntryMode, SecondCheck

NOW = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
check_practice_fields = partial(practice_fields.check_practice_fields, now=NOW)
HELPLINE = CrisisContact(
    name="Telefonseelsorge",
    number="116 123",
    hours="day and night",
    source="https://www.telefonseelsorge.de",
    checked_on=date(2026, 11, 20),
)


def errors(check, given):
    with pytest.raises(Invalid) as refused:
        check(given)
    return refused.value.fields


def test_a_practice_needs_only_a_name():
    practice = check_practice_fields(PracticeFields(name=" Practice  Rivera "))
    assert practice.name == "Practice Rivera"
    assert practice.link_days == 30
    assert practice.entry is EntryMode.ONE_CLICK


def test_every_wrong_field_of_a_practice_is_told_at_once():
    wrong = PracticeFields(
        name="",
        contact_email="nobody",
        contact_phone="-",
        language="fr",
        postal_address="\n".join("123456789"),
        country="Utopia",
        timezone="Nowhere",
        accent="blue",
        link_days=91,
        device_idle_minutes=1,
        device_absolute_minutes=0,
    )
    assert errors(check_practice_fields, wrong) == {
        "name": "name_missing",
        "contact_email": "contact_email_invalid",
        "contact_phone": "contact_phone_invalid",
        "language": "language_unknown",
        "postal_address": "postal_address_too_long",
        "country": "country_unknown",
        "timezone": "timezone_unknown",
        "accent": "accent_invalid",
        "link_days": "link_days_out_of_range",
        "device_idle_minutes": "device_idle_minutes_out_of_range",
        "device_absolute_minutes": "device_absolute_minutes_out_of_range",
    }


def test_an_alias_of_a_zone_is_entered_as_the_zone_and_a_country_by_its_code():
    given = PracticeFields(
        name="P",
        timezone="US/Pacific",
        country=" de ",
        postal_address=" Seestrasse 1 \r\n\r\n10115  Berlin ",
    )
    checked = check_practice_fields(given)
    assert (checked.timezone, checked.country) == ("America/Los_Angeles", "DE")
    assert checked.postal_address == "Seestrasse 1\n10115 Berlin"


def test_a_crisis_contact_has_a_number_and_says_where_it_is_from():
    assert check_practice_fields(PracticeFields(name="P", crisis_contacts=[HELPLINE]))
    wrong = CrisisContact(name="", number="call us", source=" ", checked_on=date(2026, 11, 25))
    assert errors(
        check_practice_fields, PracticeFields(name="P", crisis_contacts=[HELPLINE, wrong])
    ) == {
        "crisis_contacts.1.name": "missing",
        "crisis_contacts.1.number": "phone_invalid",
        "crisis_contacts.1.source": "missing",
        "crisis_contacts.1.checked_on": "checked_in_future",
    }


def test_what_was_checked_today_was_checked_in_the_practices_zone():
    today = structs.replace(HELPLINE, checked_on=date(2026, 11, 24))  # begun in Berlin alone
    practice = PracticeFields(name="P", crisis_contacts=[today])
    assert check_practice_fields(practice).crisis_contacts == [today]
    there = structs.replace(practice, timezone="America/New_York")
    assert errors(check_practice_fields, there) == {
        "crisis_contacts.0.checked_on": "checked_in_future"
    }


def test_there_are_only_so_many_crisis_contacts():
    many = PracticeFields(name="P", crisis_contacts=[HELPLINE] * (MOST_CRISIS_CONTACTS + 1))
    assert errors(check_practice_fields, many) == {"crisis_contacts": "crisis_contacts_too_many"}


def test_every_member_of_a_practice_is_of_one_section():
    members = [name for names in SECTION_FIELDS.values() for name in names]
    assert sorted(members) == sorted(PracticeFields.__struct_fields__)


def test_the_log_tells_what_changed_and_no_value_that_may_name_a_person():
    before = PracticeFields(name="Practice", contact_email="anna@example.org")
    after = PracticeFields(
        name="Praxis", contact_email="ben@example.org", timezone="Asia/Tokyo", single_use=True
    )
    sections = changed_sections(before, after)
    rows = [written(section, names, after) for section, names in sections.items()]
    assert rows == ["practice: name, contact_email, timezone=Asia/Tokyo", "links: single_use=yes"]
    assert read_detail(rows[0]) == [
        FieldChange(name="name", value=""),
        FieldChange(name="contact_email", value=""),
        FieldChange(name="timezone", value="Asia/Tokyo"),
    ]


def test_the_longest_row_about_a_section_fits_into_the_log():
    longest = PracticeFields(name="P", timezone="America/Argentina/ComodRivadavia", country="AR")
    rows = [written(section, SECTION_FIELDS[section], longest) for section in PracticeSection]
    assert max(map(len, rows)) <= MAX_DETAIL


@pytest.mark.parametrize("days", [1, 90])
def test_links_live_from_one_to_ninety_days(days):
    assert check_practice_fields(PracticeFields(name="P", link_days=days)).link_days == days


def test_settings_are_read_as_a_person_types_them():
    words = {"link_days": "14", "single_use": "yes", "second_check": "date_of_birth", "name": "P"}
    contact = '{"name": "A", "number": "112", "source": "B", "checked_on": "2026-11-20"}'
    words["crisis_contacts"] = f"[{contact}]"
    assert read_practice_changes(words) == {
        "crisis_contacts": [
            CrisisContact(name="A", number="112", source="B", checked_on=date(2026, 11, 20))
        ],
        "link_days": 14,
        "single_use": True,
        "second_check": SecondCheck.DATE_OF_BIRTH,
        "name": "P",
    }


def test_settings_that_are_none_are_told_at_once():
    words = {"link_days": "many", "single_use": "perhaps", "entry": "door", "colour": "red"}
    words["crisis_contacts"] = "[{}]"
    assert errors(read_practice_changes, words) == {
        "link_days": "link_days_invalid",
        "single_use": "single_use_invalid",
        "entry": "entry_invalid",
        "colour": "colour_unknown",
        "crisis_contacts": "crisis_contacts_invalid",
    }


def test_a_practitioner_needs_name_and_address():
    wrong = PractitionerFields(name="", email="", role=Role.OWNER, language="xx")
    assert errors(check_practitioner_fields, wrong) == {
        "name": "name_missing",
        "email": "email_missing",
        "language": "language_unknown",
    }
