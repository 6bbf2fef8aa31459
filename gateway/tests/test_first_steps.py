"""From one first step to the next: each a page of the console, each skippable and resumable."""

import pytest

from portal_contracts.actor import Role
from portal_contracts.notifications.mail_server import MailSender
from portal_contracts.scheduling.rpc.availability import (
    Availability,
    AvailabilityChanged,
    StoredAvailability,
    Times,
)
from portal_contracts.scheduling.rpc.services import ServiceChanged, Services

HOURS, SERVICES = "scheduling.get_availability", "scheduling.list_services"
SENDER = "notifications.read_mail_sender"
START = "/console/start"


@pytest.fixture
def new_practice(house):
    """A practice with an owner and nothing else."""
    practice = house.services.add_practice("Praxis Neu")
    owner = house.services.add_practitioner(practice, email="neu@practice.example")
    zone = practice.card.timezone
    house.services.answers |= {
        HOURS: StoredAvailability(
            practitioner_id=owner.id,
            version=0,
            availability=Availability(timezone=zone, weekly=[[]] * 7),
        ),
        SERVICES: Services(items=[]),
        SENDER: MailSender(address=""),
        "scheduling.preview_times": Times(timezone=zone, starts=[]),
        "scheduling.save_availability": AvailabilityChanged(version=1),
        "scheduling.add_service": ServiceChanged(service_id=practice.card.id, version=1),
    }
    return house.as_practitioner(owner)


def to(page):
    return page.headers["location"]


def test_the_way_leads_from_hours_over_service_and_mail_to_the_client_and_the_link(
    house, new_practice
):
    browser = new_practice
    assert to(browser.open(START)) == "/console/availability?guide=1"
    hours = browser.open("/console/availability?guide=1")
    assert "First steps: 1 of 5" in hours.html
    saved = browser.submit(hours, "/console/availability", {"do": "save"})
    assert to(saved) == f"{START}?after=hours"
    assert to(browser.follow(saved)) == "/console/services/new?guide=1"
    service = browser.open("/console/services/new?guide=1")
    added = browser.submit(service, "/console/services/new", {"title": "Consultation"})
    assert to(browser.follow(added)) == "/console/settings/mail-server?guide=1"
    assert "First steps: 3 of 5" in browser.open("/console/settings/mail-server?guide=1").html
    assert to(browser.open(f"{START}?after=mail")) == "/console/clients/new?guide=1"
    form = browser.open("/console/clients/new?guide=1")
    fields = {"name": "Clara Neu", "email": "clara@mail.example"}
    client = browser.submit(form, "/console/clients/new", fields)
    share = to(browser.follow(client))
    assert share.endswith("/share?guide=1")
    page = browser.open(share)
    assert "First steps: 5 of 5" in page.html
    shared = browser.submit(page, share.partition("?")[0], {})
    assert to(shared) == f"{START}?after=link"
    assert to(browser.follow(shared)) == "/console"


def test_the_first_service_is_where_the_practice_is(house, new_practice):
    """By video it would be refused until there is a meeting address, which nobody has yet."""
    fields = new_practice.open("/console/services/new?guide=1").form("/console/services/new").fields
    assert fields["place_kind"] == "address"
    usual = new_practice.open("/console/services/new").form("/console/services/new").fields
    assert usual["place_kind"] == "video"


def test_a_step_can_be_skipped_and_left(new_practice):
    page = new_practice.open("/console/services/new?guide=1")
    assert {f"{START}?after=service", "/console"} <= set(page.links)
    assert to(new_practice.open(f"{START}?after=link")) == "/console"


def test_what_is_typed_wrong_keeps_the_way(new_practice):
    form = new_practice.open("/console/clients/new?guide=1")
    again = new_practice.submit(form, "/console/clients/new", {"name": ""})
    assert (again.status, "First steps: 4 of 5" in again.html) == (422, True)


def test_without_the_way_a_page_is_what_it_always_is(new_practice):
    form = new_practice.open("/console/clients/new")
    assert "First steps" not in form.html
    fields = {"name": "Clara Neu", "email": "clara@mail.example"}
    added = new_practice.submit(form, "/console/clients/new", fields)
    assert to(added).startswith("/console/clients/")


def test_today_lists_what_is_missing_and_stops_by_itself(house, new_practice):
    page = new_practice.open("/console")
    assert "0 of 5 done" in page.html
    wanted = {
        "/console/availability",
        "/console/services/new",
        "/console/settings/mail-server",
        "/console/clients/new",
        START,
    }
    assert wanted <= set(page.links)
    house.services.answers[SENDER] = MailSender(address="neu@practice.example")
    assert "1 of 5 done" in new_practice.open("/console").html


def test_a_practitioner_has_no_step_that_only_an_owner_can_take(house, new_practice):
    other = house.services.add_practitioner(
        house.practice, Role.PRACTITIONER, "two@practice.example"
    )
    page = house.as_practitioner(other).open("/console")
    assert "/console/settings/mail-server" not in page.links


def test_where_nothing_is_known_the_way_ends_at_today(house, new_practice):
    house.services.down.add("scheduling")
    assert to(new_practice.open(START)) == "/console"
