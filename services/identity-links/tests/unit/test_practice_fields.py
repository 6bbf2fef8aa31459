"""What may be said of a practice and of a practitioner."""

from __future__ import annotations

import pytest

from identity_links.domain.practice_fields import (
    PracticeFields,
    PractitionerFields,
    check_practice_fields,
    check_practitioner_fields,
    read_practice_changes,
)
from portal_contracts.actor import Role
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.targets import EntryMode, SecondCheck


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
        "timezone": "timezone_unknown",
        "accent": "accent_invalid",
        "link_days": "link_days_out_of_range",
        "device_idle_minutes": "device_idle_minutes_out_of_range",
        "device_absolute_minutes": "device_absolute_minutes_out_of_range",
    }


@pytest.mark.parametrize("days", [1, 90])
def test_links_live_from_one_to_ninety_days(days):
    assert check_practice_fields(PracticeFields(name="P", link_days=days)).link_days == days


def test_settings_are_read_as_a_person_types_them():
    words = {"link_days": "14", "single_use": "yes", "second_check": "date_of_birth", "name": "P"}
    assert read_practice_changes(words) == {
        "link_days": 14,
        "single_use": True,
        "second_check": SecondCheck.DATE_OF_BIRTH,
        "name": "P",
    }


def test_settings_that_are_none_are_told_at_once():
    words = {"link_days": "many", "single_use": "perhaps", "entry": "door", "colour": "red"}
    assert errors(read_practice_changes, words) == {
        "link_days": "link_days_invalid",
        "single_use": "single_use_invalid",
        "entry": "entry_invalid",
        "colour": "colour_unknown",
    }


def test_a_practitioner_needs_name_and_address():
    wrong = PractitionerFields(name="", email="", role=Role.OWNER, language="xx")
    assert errors(check_practitioner_fields, wrong) == {
        "name": "name_missing",
        "email": "email_missing",
        "language": "language_unknown",
    }
