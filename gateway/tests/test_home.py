"""The portal of a client: assembled from parts, whole even when a part is away."""

import pytest
from msgspec.structs import replace

from portal_chassis.ids import new_id
from portal_contracts.errors import Unavailable
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus, SessionStatus


@pytest.fixture
def anna(house):
    house.services.add_schedule(house.anna, "First interview")
    house.services.add_form(house.anna, house.doctor, "Intake form")
    return house.as_client(house.anna)


def test_home_shows_what_is_the_clients_own(house, anna):
    page = anna.open("/home")
    assert page.status == 200
    assert "First interview" in page.html
    assert "Intake form" in page.html


def test_only_what_is_not_usual_is_said_of_an_appointment_and_a_session(house, anna):
    plan, past = house.services.scheduling.upcoming, house.services.scheduling.past
    for path in ("/home", "/appointments", "/sessions"):
        page = anna.open(path).html
        assert "Confirmed" not in page
        assert "Attended" not in page
    [appointment], [session] = plan[house.anna.id], past[house.anna.id]
    plan[house.anna.id] = [replace(appointment, status=AppointmentStatus.REQUESTED)]
    past[house.anna.id] = [replace(session, status=SessionStatus.NO_SHOW)]
    page = anna.open("/home").html
    assert "Waits for an answer" in page
    assert "Not attended" in page


def test_past_sessions_are_three_lines_at_most(house, anna):
    [session] = house.services.scheduling.past[house.anna.id]
    house.services.scheduling.past[house.anna.id] = [
        replace(session, id=new_id(), title=f"Talk {number}") for number in range(5)
    ]
    page = anna.open("/home")
    lines = page.html[page.html.index('id="part-past"') :]
    assert lines.count('<li class="line">') == 3
    assert 'class="rows' not in lines
    assert "/sessions" in page.links


@pytest.mark.parametrize(
    ("down", "gone", "shown"),
    [
        ("scheduling", "First interview", "Intake form"),
        ("forms", "Intake form", "First interview"),
    ],
)
def test_a_part_that_is_down_is_said_to_be_and_the_rest_is_shown(house, anna, down, gone, shown):
    house.services.down.add(down)
    page = anna.open("/home")
    assert page.status == 200
    assert gone not in page.html
    assert shown in page.html
    assert "not available right now" in page.html


def test_with_both_parts_down_home_still_stands(house, anna):
    house.services.down |= {"scheduling", "forms"}
    page = anna.open("/home")
    assert page.status == 200
    assert page.html.count("not available right now") == 2


def test_both_parts_are_asked_before_either_is_waited_for(house, anna, monkeypatch):
    order = []

    class Watched:
        def __init__(self, name, pending):
            self.name, self.pending = name, pending

        def result(self):
            order.append(f"waited for {self.name}")
            return self.pending.result()

    submit = house.services.submit

    def watching(method, arguments, **options):
        order.append(f"asked {method.service}")
        return Watched(method.service, submit(method, arguments, **options))

    monkeypatch.setattr(house.services, "submit", watching)
    anna.open("/home")
    assert order[:2] == ["asked scheduling", "asked forms"]


@pytest.mark.parametrize("path", ["/appointments", "/sessions", "/forms", "/contact"])
@pytest.mark.parametrize("down", [False, True])
def test_the_other_pages_stand_too(house, anna, path, down):
    if down:
        house.services.down |= {
            "scheduling",
            "forms",
            "identity_links.list_access",
            "identity_links.list_own_devices",
        }
    page = anna.open(path)
    assert page.status == 200
    assert ("not available right now" in page.html) is down


def test_while_nobody_can_know_who_asks_the_page_says_so_and_when_to_come_back(house, anna):
    house.services.down.add("identity_links")
    page = anna.open("/home")
    assert (page.status, page.headers["retry-after"]) == (503, "5")
    assert "/home" in page.links
    assert anna.cookies


def test_a_client_ends_another_own_device(house, anna):
    other = house.as_client(house.anna)
    page = anna.open("/contact")
    end = [form.action for form in page.forms if form.action.startswith("/devices/")]
    assert len(end) == 1
    back = anna.submit(page, end[0])
    assert back.headers["location"] == "/contact"
    assert "signed out" in anna.follow(back).html
    assert other.open("/home").status == 303
    assert anna.open("/home").status == 200


def test_a_request_never_waits_longer_than_its_budget(house, anna, monkeypatch):
    given = []
    call = house.services.call

    def watching(method, arguments, **options):
        given.append(options["timeout_seconds"])
        return call(method, arguments, **options)

    monkeypatch.setattr(house.services, "call", watching)
    anna.open("/contact")
    settings = house.settings
    assert max(given) <= settings.rpc_seconds
    assert max(given[1:]) <= settings.fan_out_seconds


def test_when_the_budget_is_spent_no_further_call_is_made(house):
    from gateway.web.backend import Backend
    from portal_contracts.calls import PortalOf
    from portal_contracts.forms.rpc.filling import FORMS_TO_DO

    ticks = iter([0.0, 4.46, 4.46])
    backend = Backend(
        house.services,
        request_id="r",
        address="",
        request_seconds=4.5,
        rpc_seconds=3.0,
        fan_out_seconds=2.0,
        monotonic=lambda: next(ticks),
    )
    with pytest.raises(Unavailable):
        backend.ask(FORMS_TO_DO, PortalOf())
    assert backend.part(FORMS_TO_DO, PortalOf()).get() is None
    assert not house.services.asked
