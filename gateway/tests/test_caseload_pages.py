"""Who sees a client, in the console: shown, shared, withdrawn, handed over; chosen for all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.console.settings.sections import VISIBILITY
from portal_contracts.actor import Role
from portal_contracts.calls import Done
from portal_contracts.errors import Forbidden
from portal_contracts.identity_links.rpc.caseload import CaseloadPair, Visibility
from portal_contracts.identity_links.rpc.targets import ClientVisibility
from portal_contracts.scheduling.rpc.calendar import Calendar, Meetings
from tests.kit.gateway.made_schedule import made_entry


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def colleague(house):
    person = house.services.add_practitioner(
        house.practice, Role.PRACTITIONER, "jonas@practice.example"
    )
    person.name = "Jonas Feld"
    return person


@pytest.fixture
def path(house):
    return f"/console/clients/{house.anna.id}/caseload"


def test_a_client_is_shared_withdrawn_and_handed_over_without_scripts(
    house, doctor, colleague, path
):
    assert path in doctor.open(f"/console/clients/{house.anna.id}").links
    page = doctor.open(path)
    missing = doctor.submit(page, f"{path}/share", {"share_with": ""})
    assert missing.status == 422
    shared = doctor.submit(page, f"{path}/share", {"share_with": str(colleague.id)})
    page = doctor.follow(shared)
    assert "Jonas Feld" in page.html
    over = doctor.submit(
        page, f"{path}/hand-over", {"hand_over_to": str(house.doctor.id), "keep_shared": "1"}
    )
    page = doctor.follow(over)
    assert page.status == 200
    withdraw = f"{path}/{colleague.id}/withdraw"
    assert doctor.follow(doctor.submit(page, withdraw, {})).status == 200
    acts = [one.act for one in house.services.identity.log if one.act.startswith("caseload")]
    assert acts == ["caseload.shared", "caseload.handed_over", "caseload.withdrawn"]


def test_a_time_of_a_hidden_client_says_busy_and_leads_nowhere(house, doctor):
    later = house.services.clock.now() + timedelta(hours=2)
    entry = replace(made_entry(later, client_id=house.anna.id), client_id=None, title="")
    calendar = Calendar(practitioner_id=house.doctor.id, timezone="Europe/Berlin", items=[entry])
    house.services.answers["scheduling.list_calendar"] = calendar
    for address in ("/console", "/console/calendar"):
        page = doctor.open(address)
        assert "Busy" in page.html
        assert not [link for link in page.links if str(entry.id) in link]


def test_caseloads_are_proposed_page_by_page_and_own_clients_are_chosen(house, doctor):
    pair = CaseloadPair(client_id=house.anna.id, practitioner_id=house.doctor.id)
    pages = {
        None: Meetings(items=[pair], next_cursor="a"),
        "a": Meetings(items=[], next_cursor=None),
    }
    answers = house.services.answers
    answers["scheduling.list_meetings"] = lambda command, _: pages[command.cursor]
    answers["identity_links.fill_caseloads"] = Done()
    answers["identity_links.set_visibility"] = Done()
    page = doctor.open(VISIBILITY.address)
    assert doctor.submit(page, f"{VISIBILITY.address}/propose", {}).status == 303
    [filled] = house.services.calls("identity_links.fill_caseloads")
    assert filled.arguments.pairs == [pair]
    assert doctor.submit(page, VISIBILITY.address, {"visibility": "own"}).status == 303
    [chosen] = house.services.calls("identity_links.set_visibility")
    assert chosen.arguments.visibility == "own"


def test_who_shows_everyone_proves_who_it_is(house, doctor):
    found = Visibility(visibility=ClientVisibility.OWN, clients=1, unassigned=0, sights=[])
    answers = house.services.answers
    answers["identity_links.read_visibility"] = found
    answers["identity_links.set_visibility"] = Forbidden("not_confirmed", "Neither fits.")
    page = doctor.open(VISIBILITY.address)
    fields = {"visibility": "everyone", "password": "not the right one"}
    refused = doctor.submit(page, VISIBILITY.address, fields)
    assert (refused.status, "This is not right. Try again." in refused.html) == (403, True)
    assert "not the right one" not in refused.html
    answers["identity_links.set_visibility"] = Done()
    assert doctor.submit(refused, VISIBILITY.address, fields | {"code": "123456"}).status == 303
    *_, chosen = house.services.calls("identity_links.set_visibility")
    said = chosen.arguments
    assert (said.password, said.code) == ("not the right one", "123456")


def test_an_owner_says_whose_a_new_client_is(house, doctor, colleague):
    form = doctor.open("/console/clients/new")
    fields = {"name": "Dora Dorn", "email": "dora@mail.example"}
    added = doctor.submit(
        form, "/console/clients/new", fields | {"practitioner_id": str(colleague.id)}
    )
    page = doctor.open(f"{added.headers['location']}/caseload")
    assert "Jonas Feld" in page.html.split("part-seen")[2].split("share_with")[0]


def test_where_there_is_one_practitioner_nobody_asks_whose_client_it_is(house, doctor):
    assert "practitioner_id" not in doctor.open("/console/clients/new").html
