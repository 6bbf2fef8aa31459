"""What became of an appointment and by whom, on the client's page and on the practice's."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from portal_chassis.ids import new_id
from portal_contracts.actor import ActorKind
from portal_contracts.scheduling.rpc.booking import GET_OWN_APPOINTMENT
from portal_contracts.scheduling.rpc.calendar import GET_APPOINTMENT
from tests.kit.gateway.made_bookings import APPOINTMENT, STARTS_AT
from tests.kit.gateway.made_schedule import made_appointment, made_change

DAY = timedelta(days=1)


def words(page):
    return " ".join(page.html.split())


@pytest.fixture
def pages(house):
    """Both pages of an appointment that changed so: the client's, and the practice's."""

    def shown(*changes):
        own = replace(APPOINTMENT, changes=[*changes])
        details = made_appointment(client_id=house.anna.id, changes=[*changes])
        house.services.answers[GET_OWN_APPOINTMENT.address] = own
        house.services.answers[GET_APPOINTMENT.address] = details
        return (
            words(house.as_client(house.anna).open(f"/appointments/{own.id}")),
            words(house.as_practitioner(house.doctor).open(f"/console/appointments/{details.id}")),
        )

    return shown


def test_each_names_who_and_from_where_to_where(house, pages):
    at = STARTS_AT - 9 * DAY
    own, console = pages(
        made_change(
            "cancelled", at + 3 * DAY, STARTS_AT, ActorKind.CLIENT, late=True, reason="The flu"
        ),
        made_change("moved", at + DAY, STARTS_AT, house.doctor.id, previous=STARTS_AT - DAY),
        made_change("booked", at, STARTS_AT - DAY, ActorKind.CLIENT),
    )
    moved = f"Moved by {house.doctor.name} from tomorrow, 10:00 to 3 Dec, 10:00"
    for page, client in ((own, "you"), (console, house.anna.fields.name)):
        said = (f"Cancelled late by {client}", "Reason: The flu", moved, f"Booked by {client}")
        assert sorted(said, key=page.index) == [*said]


@pytest.mark.parametrize(
    ("by", "more", "said"),
    [
        ("doctor", {"by_program": True}, "Booked by a program of Dr Rivera"),
        (ActorKind.SERVICE, {}, "Booked by the portal itself"),
        (None, {}, "Booked"),
        ("gone", {}, "Booked by the practice"),
    ],
)
def test_a_program_the_portal_and_what_nobody_wrote_down(house, pages, by, more, said):
    who = {"doctor": house.doctor.id, "gone": new_id()}.get(by, by)
    for page in pages(made_change("booked", STARTS_AT - DAY, STARTS_AT, who, **more)):
        assert f'<p class="timeline-text">{said}</p>' in page


def test_a_device_of_a_link_that_the_practice_saw_says_so(pages):
    own, console = pages(
        made_change("booked", STARTS_AT - DAY, STARTS_AT, ActorKind.CLIENT, revealed=True)
    )
    assert "Booked by you or somebody with the same link" in own
    assert "let in by a copied link" in console


def test_without_names_it_is_the_practice(house, pages):
    house.services.down.add("identity_links.list_practitioners")
    for page in pages(made_change("booked", STARTS_AT - DAY, STARTS_AT, house.doctor.id)):
        assert "Booked by the practice" in page
