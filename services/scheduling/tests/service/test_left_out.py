"""What a change leaves out stays as it is."""

from datetime import date

import msgspec
from msgspec.structs import replace

from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.availability import (
    GET_AVAILABILITY,
    SAVE_AVAILABILITY,
    Availability,
    GetAvailability,
    SaveAvailability,
    TimeOff,
    Window,
)
from portal_contracts.scheduling.rpc.services import (
    ADD_SERVICE,
    EDIT_SERVICE,
    GET_SERVICE,
    AddService,
    EditService,
    GetService,
    ServiceFields,
)


def sent(method, **arguments):
    """The arguments as they arrive."""
    return msgspec.convert(arguments, method.arguments)


def test_of_a_service(desk, calendar):
    vera = calendar.practitioner()
    whole = ServiceFields(
        title="Counselling",
        price="90 €",
        place_kind=PlaceKind.PHONE,
        max_per_day=2,
        policy="Be on time.",
    )
    service = desk.ask(ADD_SERVICE, AddService(fields=whole), vera).service_id
    change = sent(EDIT_SERVICE, service_id=service, version=1, fields={"title": "Talk"})
    desk.ask(EDIT_SERVICE, change, vera)
    assert desk.ask(GET_SERVICE, GetService(service_id=service), vera).fields == (
        replace(whole, title="Talk")
    )
    fewer = replace(whole, title="New", price="")
    by_all = EditService(service_id=service, version=2, fields=fewer)
    desk.ask(EDIT_SERVICE, by_all, vera)
    assert desk.ask(GET_SERVICE, GetService(service_id=service), vera).fields.price == ""


def test_of_availability(desk, calendar):
    vera = calendar.practitioner()
    first = sent(SAVE_AVAILABILITY, version=0, availability={"timezone": "Europe/Berlin"})
    desk.ask(SAVE_AVAILABILITY, first, vera)
    whole = Availability(
        timezone="Europe/Berlin",
        weekly=[[Window(start="09:00", end="12:00")], *([] for _ in range(6))],
        time_off=[TimeOff(first_on=date(2026, 12, 24), last_on=date(2026, 12, 31))],
    )
    desk.ask(SAVE_AVAILABILITY, SaveAvailability(version=1, availability=whole), vera)
    change = sent(SAVE_AVAILABILITY, version=2, availability={"timezone": "Europe/Paris"})
    desk.ask(SAVE_AVAILABILITY, change, vera)
    stored = desk.ask(GET_AVAILABILITY, GetAvailability(), vera)
    assert stored.availability == replace(whole, timezone="Europe/Paris")
