"""What may be said of a bookable service."""

from datetime import date
from uuid import UUID

import pytest
from msgspec.structs import replace

from portal_chassis.ids import new_id
from portal_contracts.errors import Invalid
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.services import OpenTo, ServiceFields
from scheduling.domain.bookable_services import BookableService, check_service_fields

GOOD = ServiceFields(title="Counselling", place="https://meet.example.org/room")


def errors(**wrong):
    with pytest.raises(Invalid) as refused:
        check_service_fields(replace(GOOD, **wrong))
    assert refused.value.code == "service_fields"
    return refused.value.fields


def test_texts_lose_blanks_around_them_and_each_client_is_named_once():
    client = new_id()
    said = replace(GOOD, title=" Counselling ", policy="\nBe on time.\n", open_to=OpenTo.CHOSEN)
    checked = check_service_fields(replace(said, chosen_client_ids=[client, client]))
    assert check_service_fields(replace(GOOD, title="Two\nlin\u00ades")).title == "Two lines"
    assert (checked.title, checked.policy) == ("Counselling", "Be on time.")
    assert checked.chosen_client_ids == [client]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"title": "  "}, {"title": "required"}),
        ({"title": "x" * 201}, {"title": "too_long"}),
        ({"title": "\u2060"}, {"title": "required"}),
        ({"minutes": 0}, {"minutes": "out_of_range"}),
        ({"minutes": 1441}, {"minutes": "out_of_range"}),
        ({"increment_minutes": 4}, {"increment_minutes": "out_of_range"}),
        ({"buffer_before_minutes": -1}, {"buffer_before_minutes": "out_of_range"}),
        ({"max_per_day": 0}, {"max_per_day": "out_of_range"}),
        ({"max_horizon_days": 731}, {"max_horizon_days": "out_of_range"}),
        (
            {"chosen_client_ids": [UUID(int=n) for n in range(201)]},
            {"chosen_client_ids": "too_many"},
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_field(wrong, expected):
    assert errors(**wrong) == expected


def test_everything_wrong_is_told_at_once():
    found = errors(title="", minutes=-5, place="http://meet.example.org", max_moves=-1)
    assert found == {
        "title": "required",
        "minutes": "out_of_range",
        "place": "not_https",
        "max_moves": "out_of_range",
    }


@pytest.mark.parametrize(
    "place",
    [
        "http://meet.example.org",
        "javascript:alert(1)",
        "meet.example.org",
        "https://",
        "https://meet.example.org/a room",
        "https://somebody@meet.example.org",
        "https://[half",
    ],
)
def test_a_video_meeting_is_at_an_https_address(place):
    assert errors(place=place) == {"place": "not_https"}


def test_a_video_meeting_needs_an_address_and_a_street_is_no_address_of_the_web():
    assert errors(place=" ") == {"place": "meeting_address_missing"}
    street = replace(GOOD, place_kind=PlaceKind.ADDRESS, place="Lindenallee 1")
    assert check_service_fields(street).place == "Lindenallee 1"


def test_dates_are_in_order():
    first, last = date(2026, 12, 2), date(2026, 12, 1)
    assert errors(bookable_from=first, bookable_until=last) == {"bookable_until": "order"}
    assert errors(bookable_from=date.min, bookable_until=date.max) == {
        "bookable_from": "date_out_of_range",
        "bookable_until": "date_out_of_range",
    }


def test_a_service_is_offered_while_it_is_on_and_to_those_it_is_open_to():
    chosen, other = new_id(), new_id()
    fields = replace(GOOD, self_scheduling=True, open_to=OpenTo.CHOSEN, chosen_client_ids=[chosen])
    service = BookableService(
        id=new_id(),
        practice_id=new_id(),
        practitioner_id=new_id(),
        version=1,
        archived=False,
        fields=fields,
    )
    assert service.offers_to(chosen)
    assert not service.offers_to(other)
    assert not service.rules_for_clients(other).client_allowed
    assert service.rules_for_clients(None).client_allowed
    assert "Counselling" not in repr(service)
