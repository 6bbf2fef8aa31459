"""What is on now: first on the client's home, from half an hour before a session to its end."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from portal_chassis.ids import new_id
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus, Place, PlaceKind
from tests.kit.gateway.made_bookings import upcoming

ROOM = Place(kind=PlaceKind.ADDRESS, text="Lindenweg 3, 10999 Berlin")


@pytest.fixture
def anna(house):
    return house.as_client(house.anna)


@pytest.fixture
def plan(house):
    """Plans appointments of Anna; a number is in how many minutes one begins."""

    def make(*minutes, **fields):
        planned = [
            upcoming(
                house.services.clock.now() + timedelta(minutes=each),
                practitioner_id=house.doctor.id,
                **fields,
            )
            for each in minutes
        ]
        house.services.scheduling.upcoming[house.anna.id] = planned
        return planned

    return make


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (30.01, None),
        (30, "Your session starts in 30 min"),
        (17.5, "Your session starts in 18 min"),
        (0.2, "Your session starts in 1 min"),
        (0, "Your session has begun"),
        (-49.9, "Your session has begun"),
    ],
)
def test_a_session_is_on_from_half_an_hour_before(anna, plan, minutes, words):
    plan(minutes)
    page = anna.open("/home").html
    assert ('id="now-' in page) is (words is not None)
    assert ("Next appointment" in page) is (words is None)
    assert words is None or words in page


def test_it_comes_first_and_says_how_where_and_with_whom(house, anna, plan):
    house.services.add_form(house.anna, house.doctor, "Intake form")
    [soon, _later] = plan(18, 18 + 60 * 24)
    page = anna.open("/home").html
    words = ("starts in 18 min", "Video call", house.doctor.name, "Intake form", "Next appointment")
    assert sorted(words, key=page.index) == list(words)
    assert page.count(f'href="/appointments/{soon.id}"') == 1
    assert "Join opens at 10:08" in page
    assert f'id="pin-{soon.id}" hidden' in page


@pytest.mark.parametrize("minutes", [10, 0, -45])
def test_join_is_open_and_pinned_once(anna, plan, minutes):
    [on] = plan(minutes)
    page = " ".join(anna.open("/home").html.split())
    assert f'id="pin-{on.id}" href="/appointments/{on.id}/join"' in page
    assert f'id="pin-{on.id}" hidden' not in page
    assert "Join opens" not in page


def test_without_scripts_it_says_as_of_when_and_how_to_look_again(anna, plan):
    plan(18)
    page = anna.open("/home")
    assert "As of 10:00" in page.html
    assert 'id="look-again" href="/home"' in page.html


def test_at_a_place_the_way_there_stands_where_join_would(anna, plan):
    plan(18, place=ROOM)
    page = anna.open("/home")
    assert "Lindenweg 3" in page.html
    assert "Join" not in page.html
    [route] = [link for link in page.links if "maps" in link]
    assert route.endswith("destination=Lindenweg+3%2C+10999+Berlin")


def test_a_call_whose_address_nobody_has_entered_says_whom_to_ask(house, anna, plan):
    house.practice.contact_phone = "+49 30 1234"
    [on] = plan(5, meeting_missing=True)
    for path in ("/home", "/appointments"):
        page = anna.open(path)
        assert f"/appointments/{on.id}/join" not in page.links
        assert "There is no meeting address yet" in page.html
        assert "tel:+49301234" in page.links


def test_back_to_back_and_overlapping_sessions_are_each_there(anna, plan):
    ends, follows = plan(-45, 5)
    page = " ".join(anna.open("/home").html.split())
    assert page.index(f'id="now-{ends.id}"') < page.index(f'id="now-{follows.id}"')
    for each, time in ((ends, "09:15"), (follows, "10:05")):
        assert f'id="pin-{each.id}"' in page
        assert f"Join {time}" in page


def test_what_is_only_asked_for_or_was_moved_is_not_on(house, anna, plan):
    [asked] = plan(10, status=AppointmentStatus.REQUESTED)
    assert 'id="now-' not in anna.open("/home").html
    moved = replace(asked, status=AppointmentStatus.CONFIRMED, starts_at=asked.ends_at)
    house.services.scheduling.upcoming[house.anna.id] = [moved]
    assert 'id="now-' not in anna.open("/home").html


def test_whom_she_meets_is_told_at_home_where_there_are_several(house, anna, plan):
    theirs = plan(3_000, 6_000)
    assert house.doctor.name not in anna.open("/home").html
    theirs[1] = replace(theirs[1], practitioner_id=new_id())
    assert f"with {house.doctor.name}" in anna.open("/home").html


def test_without_names_it_stands_all_the_same(house, anna, plan):
    plan(18)
    house.services.down.add("identity_links.list_practitioners")
    page = anna.open("/home").html
    assert "starts in 18 min" in page
    assert house.doctor.name not in page


def test_the_preview_shows_it_without_anything_to_press(house, plan):
    [on] = plan(5)
    page = house.as_practitioner(house.doctor).open(f"/console/clients/{house.anna.id}/preview")
    assert "starts in 5 min" in page.html
    assert not any(str(on.id) in link for link in page.links)


def test_it_is_said_in_german(house, anna, plan):
    house.anna.fields = replace(house.anna.fields, language="de")
    plan(18)
    assert "Ihre Sitzung beginnt in 18 Min." in anna.open("/home").html
