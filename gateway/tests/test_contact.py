"""The contact page: who works in the practice, when and where one meets."""

import pytest

from portal_contracts.scheduling.rpc.appointments import Place, PlaceKind
from portal_contracts.scheduling.rpc.availability import Window
from portal_contracts.scheduling.rpc.offering import LIST_OFFERED, OfferedHours, OfferedServices
from tests.kit.gateway.made_bookings import SERVICE, STARTS_AT, upcoming
from tests.kit.gateway.made_schedule import ZONE

ROOM = Place(kind=PlaceKind.ADDRESS, text="Lindenweg 3, 10999 Berlin")
MORNING, AFTERNOON = Window(start="09:00", end="12:00"), Window(start="13:00", end="17:00")


@pytest.fixture
def anna(house):
    weekly = [[MORNING, AFTERNOON], [MORNING, AFTERNOON], [], [MORNING], [], [], []]
    hours = OfferedHours(practitioner_id=house.doctor.id, timezone=ZONE, weekly=weekly)
    offered = OfferedServices(items=[SERVICE], hours=[hours])
    house.services.answers[LIST_OFFERED.address] = offered
    return house.as_client(house.anna)


def words(page):
    return " ".join(page.html.split())


def test_who_works_here_is_named_with_hours_of_an_ordinary_week(house, anna):
    colleague = house.assistant()
    page = words(anna.open("/contact"))
    people = page[page.index('id="part-people"') : page.index('id="part-devices"')]
    assert house.doctor.name in people
    assert colleague.name in people
    assert "Monday–Tuesday" in people
    assert "09:00–12:00, 13:00–17:00" in people
    assert people.count("09:00–12:00") == 2, "those of the days that have the same are one line"
    assert people.count("Berlin time") == 1, "hours of an assistant are nobody's to book"


def test_hours_are_written_as_the_reader_is_used_to(anna):
    page = anna.open("/contact", headers={"Accept-Language": "en-US"})
    said = words(page).replace("\N{NO-BREAK SPACE}", " ")
    assert "9:00 AM–12:00 PM, 1:00 PM–5:00 PM" in said


def test_places_are_there_once_with_the_way_to_them(house, anna):
    own = [upcoming(STARTS_AT, place=ROOM), upcoming(STARTS_AT.replace(day=9), place=ROOM)]
    house.services.scheduling.upcoming[house.anna.id] = own
    page = anna.open("/contact")
    assert [link for link in page.links if "maps" in link] == [
        "https://www.google.com/maps/dir/?api=1&destination=Lindenweg+3%2C+10999+Berlin"
    ]


def test_whom_to_call_in_danger_is_there(anna):
    assert "tel:112" in anna.open("/contact").links


def test_without_scheduling_and_names_the_rest_stands(house, anna):
    house.services.down |= {"scheduling", "identity_links.list_practitioners"}
    page = anna.open("/contact")
    assert page.status == 200
    assert 'id="part-people"' not in page.html
    assert house.practice.card.name in page.html
