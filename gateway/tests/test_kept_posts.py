"""A form sent while nobody is signed in is kept on its page, until its person is in again."""

import pytest

from gateway.routes import all_routes
from gateway.web.cookies import Cookie
from gateway.web.routing import Door, Owner
from gateway.web.tokens import new_secret
from portal_chassis.ids import new_id

TYPED = {"text": "two\nlines & <b>“quoted”</b>", "note": "x" * 150_000, "odd": "kept  as it is"}
POSTS = [
    route
    for route in all_routes(dev=False)
    if route.door is Door.PAGE and "POST" in route.methods and route.owner is not Owner.NOBODY
]


def people(house, route):
    """Who may use the page, who else may, and the cookie that says so."""
    if route.owner is Owner.CLIENT:
        return house.anna, house.ben, Cookie.CLIENT_DEVICE
    colleague = house.services.add_practitioner(house.practice, house.doctor.role, "c@mail.example")
    return house.doctor, colleague, Cookie.CONSOLE_DEVICE


def signed_in(house, person):
    return (
        house.as_client(person)
        if person in (house.anna, house.ben)
        else (house.as_practitioner(person))
    )


def enter(house, browser, person, cookie):
    secret = new_secret()
    house.services.add_device(person, secret)
    browser.cookies[house.name(cookie)] = secret


def form_of(browser):
    """The hidden fields of any form on a page of this person's."""
    page = next(
        page for path in ("/home", "/console") if (page := browser.open(path)).status == 200
    )
    return {
        name: value
        for form in page.forms
        for name, value in form.fields.items()
        if name in ("csrf", "idempotency_key", "filled_in_by")
    }


def kept(page, path):
    fields = page.form(path).fields
    return {name: fields[name].replace("\r\n", "\n") for name in TYPED}


@pytest.fixture(params=POSTS, ids=lambda route: route.pattern)
def route(request):
    return request.param


@pytest.fixture
def path(route):
    values = dict.fromkeys(route.fields, new_id()) | {"section": 1, "day": "2026-12-03"}
    return route.address(values)


def test_every_page_keeps_what_was_typed_through_any_number_of_tries(house, route, path):
    person, _, cookie = people(house, route)
    browser = signed_in(house, person)
    fields = form_of(browser) | TYPED
    house.services.identity.devices.clear()
    page = browser.post(path, fields)
    for number in range(4):
        assert page.status == 401, page.html
        assert kept(page, path) == TYPED
        if number == 2:
            browser.cookies.pop(house.name(Cookie.CSRF))
            page = browser.submit(page, path)
            assert page.status == 403
            assert kept(page, path) == TYPED
        page = browser.submit(page, path)
    enter(house, browser, person, cookie)
    page = browser.submit(page, path)
    assert page.status not in (401, 403) or "filled in" not in page.html


def test_nobody_else_sends_what_somebody_typed(house, route, path):
    person, other, cookie = people(house, route)
    browser = signed_in(house, person)
    fields = form_of(browser) | TYPED
    house.services.identity.devices.clear()
    page = browser.post(path, fields)
    enter(house, browser, other, cookie)
    house.services.asked.clear()
    page = browser.submit(page, path)
    assert page.status == 403
    assert "Somebody else is signed in now" in page.html
    assert kept(page, path) == TYPED
    asked = {call.address for call in house.services.asked}
    assert asked <= {
        "identity_links.resolve_device",
        "identity_links.resolve_console_device",
        "identity_links.record_refusal",
    }
    enter(house, browser, person, cookie)
    page = browser.submit(page, path)
    assert "Somebody else is signed in now" not in page.html


def test_a_section_is_saved_once_its_client_is_in_again_by_a_link(house, token):
    form = house.services.forms.add(house.anna.id, house.doctor.id)
    path = f"/forms/{form.id}/1"
    anna = house.as_client(house.anna)
    page = anna.open(path)
    house.services.identity.devices.clear()
    page = anna.submit(page, path, {"q_called": "Anni", "go": "leave"})
    page = anna.submit(page, path)
    house.services.add_link(house.anna, token)
    assert anna.open(f"/p/{token}").status == 303
    while page.status in (401, 403):
        page = anna.submit(page, path)
    assert page.status == 303
    assert form.answers == {"called": "Anni"}


def test_a_program_that_is_signed_out_is_told_so(house):
    anna = house.as_client(house.anna)
    fields = form_of(anna)
    house.services.identity.devices.clear()
    headers = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
    page = anna.post(f"/forms/{new_id()}/1/save", fields, headers)
    assert (page.status, page.headers["content-type"]) == (401, "application/problem+json")
