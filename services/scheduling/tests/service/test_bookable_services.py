"""Bookable services in the console, and which of them a client is offered."""

import pytest
from msgspec.structs import replace

from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.availability import Window
from portal_contracts.scheduling.rpc.offering import LIST_OFFERED
from portal_contracts.scheduling.rpc.services import (
    ADD_SERVICE,
    ARCHIVE_SERVICE,
    COPY_SERVICE,
    EDIT_SERVICE,
    GET_SERVICE,
    LIST_SERVICES,
    AddService,
    ArchiveService,
    CopyService,
    EditService,
    GetService,
    ListServices,
    OpenTo,
    ServiceFields,
)

FIELDS = ServiceFields(
    title="Counselling",
    description="One hour.",
    price="€ 90",
    place="https://meet.example.org/room",
    self_scheduling=True,
    max_per_week=3,
    policy="Cancel a day before.",
)


@pytest.fixture
def vera(calendar):
    return calendar.practitioner()


@pytest.fixture
def add(desk, vera):
    def service(actor=vera, *, practitioner_id=None, **fields):
        command = AddService(fields=replace(FIELDS, **fields), practitioner_id=practitioner_id)
        return desk.ask(ADD_SERVICE, command, actor).service_id

    return service


def someone(calendar, role):
    """Somebody else of the practice, without services or hours."""
    return Actor(
        kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=calendar.practice_id, role=role
    )


def titles(desk, actor, **command):
    return [
        one.fields.title for one in desk.ask(LIST_SERVICES, ListServices(**command), actor).items
    ]


def test_a_service_is_kept_as_it_was_said(desk, add, vera, calendar):
    chosen = sorted([new_id(), new_id()])
    service = add(open_to=OpenTo.CHOSEN, chosen_client_ids=chosen)
    found = desk.ask(GET_SERVICE, GetService(service_id=service), vera)
    assert found.fields == replace(FIELDS, open_to=OpenTo.CHOSEN, chosen_client_ids=chosen)
    assert (found.version, found.archived) == (1, False)
    assert found.practitioner_id == calendar.practitioner_id


def test_a_changed_service_has_a_new_version_and_the_old_one_is_stale(desk, add, vera):
    service = add(open_to=OpenTo.CHOSEN, chosen_client_ids=[new_id()])
    edit = EditService(service_id=service, version=1, fields=replace(FIELDS, minutes=80))
    assert desk.ask(EDIT_SERVICE, edit, vera).version == 2
    found = desk.ask(GET_SERVICE, GetService(service_id=service), vera)
    assert found.fields == replace(FIELDS, minutes=80)
    with pytest.raises(Conflict) as refused:
        desk.ask(EDIT_SERVICE, edit, vera)
    assert refused.value.code == "stale_version"


def test_nothing_wrong_is_stored(desk, add, vera):
    with pytest.raises(Invalid) as refused:
        add(title="", minutes=0)
    assert refused.value.fields == {"title": "required", "minutes": "out_of_range"}
    assert titles(desk, vera) == []


def test_a_chosen_client_is_one_of_the_practice(desk, add):
    stranger = new_id()
    desk.identity.unknown.add(stranger)
    with pytest.raises(Invalid) as refused:
        add(open_to=OpenTo.CHOSEN, chosen_client_ids=[new_id(), stranger])
    assert refused.value.fields == {"chosen_client_ids": "unknown_client"}


def test_services_are_listed_by_title_and_archived_ones_when_asked_for(desk, add, vera):
    add(title="b")
    archived = add(title="A")
    add(title="C")
    command = ArchiveService(service_id=archived, archived=True)
    assert desk.ask(ARCHIVE_SERVICE, command, vera).version == 2
    assert desk.ask(ARCHIVE_SERVICE, command, vera).version == 2
    assert titles(desk, vera) == ["b", "C"]
    assert titles(desk, vera, with_archived=True) == ["A", "b", "C"]
    desk.ask(ARCHIVE_SERVICE, ArchiveService(service_id=archived, archived=False), vera)
    assert titles(desk, vera) == ["A", "b", "C"]


def test_a_copy_is_like_it_but_not_bookable_yet(desk, add, vera):
    client = new_id()
    service = add(open_to=OpenTo.CHOSEN, chosen_client_ids=[client])
    copied = desk.ask(COPY_SERVICE, CopyService(service_id=service), vera).service_id
    fields = desk.ask(GET_SERVICE, GetService(service_id=copied), vera).fields
    assert copied != service
    assert fields.self_scheduling is False
    assert fields.chosen_client_ids == [client]
    assert (fields.title, fields.max_per_week) == ("Counselling", 3)


def test_an_owner_offers_for_a_colleague_and_an_assistant_only_reads(desk, add, vera, calendar):
    owner, assistant = someone(calendar, Role.OWNER), someone(calendar, Role.ASSISTANT)
    add()
    add(owner, practitioner_id=vera.id, title="Group")
    assert titles(desk, assistant, practitioner_id=vera.id) == ["Counselling", "Group"]
    assert titles(desk, assistant) == []
    with pytest.raises(Forbidden):
        add(assistant, practitioner_id=vera.id)


def test_a_new_colleague_is_known_to_identity_links_alone(desk, add, calendar):
    owner, new = someone(calendar, Role.OWNER), new_id()
    with pytest.raises(NotFound) as refused:
        add(owner, practitioner_id=new)
    assert refused.value.code == "practitioner_not_found"
    desk.identity.colleagues.add(new)
    add(owner, practitioner_id=new)
    assert titles(desk, owner, practitioner_id=new) == ["Counselling"]


def test_a_practitioner_acts_on_her_own_services(desk, add, calendar):
    service, colleague = add(), someone(calendar, Role.PRACTITIONER)
    for method, command in (
        (GET_SERVICE, GetService(service_id=service)),
        (EDIT_SERVICE, EditService(service_id=service, version=1, fields=FIELDS)),
        (ARCHIVE_SERVICE, ArchiveService(service_id=service, archived=True)),
        (COPY_SERVICE, CopyService(service_id=service)),
        (LIST_SERVICES, ListServices(practitioner_id=calendar.practitioner_id)),
    ):
        with pytest.raises(Forbidden):
            desk.ask(method, command, colleague)


def test_another_practice_does_not_know_of_it(desk, add):
    service = add()
    owner = Actor(kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER)
    for method, command in (
        (GET_SERVICE, GetService(service_id=service)),
        (EDIT_SERVICE, EditService(service_id=service, version=1, fields=FIELDS)),
        (ARCHIVE_SERVICE, ArchiveService(service_id=service, archived=True)),
        (COPY_SERVICE, CopyService(service_id=service)),
    ):
        with pytest.raises(NotFound) as refused:
            desk.ask(method, command, owner)
        assert refused.value.code == "service_not_found"


def test_a_client_is_offered_what_she_may_book_without_the_meetings_address(
    desk, add, vera, calendar
):
    anna, ben = calendar.client(), calendar.client()
    calendar.hours(("09:00", "17:00"))
    add(title="Open")
    add(title="For Anna", open_to=OpenTo.CHOSEN, chosen_client_ids=[anna.id])
    add(title="Off", self_scheduling=False)
    archived = add(title="Archived")
    desk.ask(ARCHIVE_SERVICE, ArchiveService(service_id=archived, archived=True), vera)
    add(title="Street", place_kind=PlaceKind.ADDRESS, place="Lindenallee 1")
    offered = desk.ask(LIST_OFFERED, Nothing(), anna).items
    assert [one.title for one in offered] == ["For Anna", "Open", "Street"]
    assert [one.place.text for one in offered] == ["", "", "Lindenallee 1"]
    assert {one.timezone for one in offered} == {"Europe/Berlin"}
    assert [one.title for one in desk.ask(LIST_OFFERED, Nothing(), ben).items] == ["Open", "Street"]
    [hours] = desk.ask(LIST_OFFERED, Nothing(), anna).hours
    assert (hours.practitioner_id, hours.timezone) == (vera.id, "Europe/Berlin")
    assert hours.weekly[0] == [Window(start="09:00", end="17:00")]
    elsewhere = Actor(kind=ActorKind.CLIENT, id=anna.id, practice_id=new_id())
    nothing = desk.ask(LIST_OFFERED, Nothing(), elsewhere)
    assert (nothing.items, nothing.hours) == ([], [])
    with pytest.raises(Forbidden):
        desk.ask(LIST_OFFERED, Nothing(), vera)
