"""The first run in the browser: an address that makes the practice and its owner."""

import re

import pytest

from gateway.web.tokens import sha256
from portal_contracts.actor import Role
from portal_contracts.errors import Conflict, Invalid, Unavailable
from portal_contracts.identity_links.rpc.devices import ResolveDevice
from portal_contracts.identity_links.rpc.setup import SetupStanding, SetupState

PATH = "/setup/a-token"
LOOK, SET_UP = "identity_links.look_at_setup", "identity_links.set_up"
TYPED = {
    "practice_name": "Praxis Rivera",
    "timezone": "Europe/Berlin",
    "country": "DE",
    "language": "de",
    "name": "Dr Rivera",
    "email": "new@practice.example",
    "password": "correct horse battery",
}


@pytest.fixture
def first_run(house):
    """A portal that waits to be set up: its one live address, and what becomes of it."""
    identity = house.services.identity
    state = {"now": SetupState.LIVE}

    def look(command, _actor):
        known = command.token_hash == sha256("a-token")
        return SetupStanding(state=state["now"] if known else SetupState.UNKNOWN)

    def set_up(command, actor):
        if look(command, actor).state is not SetupState.LIVE:
            raise Conflict("setup_ended")
        practice = house.services.add_practice(command.practice_name)
        owner = house.services.add_practitioner(practice, Role.OWNER, command.email)
        state["now"] = SetupState.USED
        identity._signed_in(owner, command)
        return identity.resolve_console_device(
            ResolveDevice(device_hash=command.device_hash), actor
        )

    house.services.answers |= {LOOK: look, SET_UP: set_up}
    return state


def test_the_address_makes_the_practice_and_signs_its_owner_in(house, first_run):
    browser = house.browser()
    form = browser.open(PATH)
    assert form.status == 200
    assert form.headers["referrer-policy"] == "strict-origin"
    done = browser.submit(form, PATH, TYPED)
    assert (done.status, done.headers["location"]) == (303, "/console/start")
    [asked] = house.services.calls(SET_UP)
    assert asked.arguments.token_hash == sha256("a-token")
    assert (asked.arguments.country, asked.arguments.timezone) == ("DE", "Europe/Berlin")
    assert "Praxis Rivera" in browser.open("/console").html
    again = house.browser().open(PATH)
    assert (again.status, "This portal is set up" in again.html) == (410, True)


@pytest.mark.parametrize(
    ("state", "status", "says"),
    [
        (SetupState.EXPIRED, 410, "setup-address --apply"),
        (SetupState.USED, 410, "This portal is set up"),
        (SetupState.UNKNOWN, 404, "Copy it whole"),
    ],
)
def test_an_address_that_does_not_work_says_what_to_do(house, first_run, state, status, says):
    first_run["now"] = state
    page = house.browser().open(PATH)
    assert (page.status, says in page.html) == (status, True)


def test_a_wrong_address_looks_the_same_whether_there_is_a_practice_or_not(house, first_run):
    before = house.browser().open("/setup/wrong")
    first_run["now"] = SetupState.USED
    after = house.browser().open("/setup/wrong")
    assert (before.status, after.status) == (404, 404)
    plain = [re.sub('value="[^"]*"', "", page.html) for page in (before, after)]
    assert plain[0] == plain[1]
    assert "Praxis" not in plain[0]


def test_who_comes_second_is_told(house, first_run):
    first, second = house.browser(), house.browser()
    forms = first.open(PATH), second.open(PATH)
    assert first.submit(forms[0], PATH, TYPED).status == 303
    late = second.submit(forms[1], PATH, TYPED | {"email": "late@practice.example"})
    assert (late.status, "Dieses Portal ist eingerichtet" in late.html) == (410, True)
    assert second.open("/console").status != 200


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (
            Invalid("setup_fields", fields={"practice_name": "name_missing"}),
            422,
            "Bitte geben Sie einen Namen ein.",
        ),
        (
            Invalid("setup_fields", fields={"password": "password_too_short"}),
            422,
            "mindestens 12 Zeichen",
        ),
        (Unavailable("service_unavailable"), 503, "gerade nicht"),
    ],
)
def test_what_was_typed_stays_but_for_the_password(house, first_run, error, status, says):
    browser = house.browser()
    form = browser.open(PATH)
    house.services.answers[SET_UP] = error
    page = browser.submit(form, PATH, TYPED)
    assert (page.status, says in page.html) == (status, True)
    assert 'value="new@practice.example"' in page.html
    assert '<option value="DE" selected>Deutschland' in page.html
    assert "correct horse battery" not in page.html


def test_a_zone_that_a_browser_calls_by_an_older_name_stays_chosen(house, first_run):
    browser = house.browser()
    form = browser.open(PATH)
    house.services.answers[SET_UP] = Invalid("setup_fields", fields={"name": "name_missing"})
    page = browser.submit(form, PATH, TYPED | {"timezone": "Asia/Calcutta"})
    assert '<option value="Asia/Kolkata" selected' in page.html


def test_many_addresses_that_are_none_are_not_answered_for_ever(build):
    house = build(unknown_links_per_address=2)
    house.services.answers[LOOK] = SetupStanding(state=SetupState.UNKNOWN)
    browser = house.browser()
    assert [browser.open("/setup/guess").status for _ in range(3)] == [404, 404, 429]
