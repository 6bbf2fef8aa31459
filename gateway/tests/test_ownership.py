"""Whoever is not the owner learns nothing, changes nothing, and is written down."""

import pytest

from gateway.routes import ROUTES
from gateway.web.cookies import Cookie
from gateway.web.routing import Owner, addresses
from gateway.web.tokens import new_secret
from portal_contracts.actor import NOBODY, Role
from portal_contracts.permissions import has_permission
from tests.kit.gateway.field_values import field_values

OWNED = [route for route in ROUTES if route.owner is not Owner.NOBODY]


def ids_of_another_client(house):
    """Ids of Ben's, in the practice of the house; of what is not in memory, any."""
    mail = house.services.add_mail(house.ben)
    link = house.services.add_link(house.ben, "lk_" + "E" * 43)
    device = house.services.add_device(house.ben, new_secret())
    return field_values(OWNED) | {
        "client_id": house.ben.id,
        "delivery_id": mail,
        "link_id": link.id,
        "device_id": device.id,
    }


def ids_of_another_practice(ids):
    return ids | field_values(OWNED)


def state(house):
    identity = house.services.identity
    return repr(
        (
            sorted((str(c.id), c.version, c.status) for c in identity.clients.values()),
            sorted((str(link.id), link.state) for link in identity.links.values()),
            sorted(str(device.id) for device in identity.devices.values()),
            len(house.services.notifications.log),
        )
    )


def attempt(browser, method, path, csrf):
    if method == "POST":
        return browser.post(path, {"csrf": csrf, "idempotency_key": new_secret(), "version": "1"})
    return browser.open(path, {"Accept": "text/html"}, method=method)


def without_ids(page, ids):
    text = page.html
    for form in page.forms:
        for value in form.fields.values():
            text = text.replace(value, "") if len(value) > 12 else text
    # The longer first: a short one may stand within another.
    values = {str(value) for value in (*ids.values(), page.headers["x-request-id"])}
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, "ID")
    return text


def test_nobody_gets_into_any_owned_page(house):
    ids = ids_of_another_client(house)
    browser = house.browser()
    csrf = browser.open("/").forms[0].fields["csrf"]
    before = state(house)
    for route, method, path in addresses(OWNED, ids):
        page = attempt(browser, method, path, csrf)
        if method == "POST":
            assert page.status == 401, path
        else:
            expected = "/console/sign-in" if route.owner is Owner.PRACTITIONER else "/"
            door = page.headers["location"].partition("?")[0]
            assert (page.status, door) == (303, expected), path
        assert "Brandt" not in page.html
    assert state(house) == before


def test_a_client_gets_into_no_page_of_the_console(house):
    ids = ids_of_another_client(house)
    browser = house.as_client(house.anna)
    csrf = browser.open("/home").forms[0].fields["csrf"]
    console = [route for route in OWNED if route.owner is Owner.PRACTITIONER]
    before = state(house)
    for _route, method, path in addresses(console, ids):
        house.services.refusals.clear()
        page = attempt(browser, method, path, csrf)
        assert page.status == (401 if method == "POST" else 303), path
        assert "Brandt" not in page.html
        assert [actor for actor, _ in house.services.refusals] == [NOBODY]
    assert state(house) == before


def test_an_ended_cookie_is_counted_once_by_the_service_that_was_asked(house):
    browser = house.as_client(house.anna)
    house.services.identity.devices.clear()
    browser.open("/home")
    assert len(house.services.calls("identity_links.resolve_device")) == 1
    assert not house.services.refusals


def test_a_console_cookie_is_no_portal_cookie_and_the_other_way_round(house):
    anna, doctor = house.as_client(house.anna), house.as_practitioner(house.doctor)
    crossed = house.browser()
    crossed.cookies = {
        Cookie.CLIENT_DEVICE: doctor.cookies[Cookie.CONSOLE_DEVICE],
        Cookie.CONSOLE_DEVICE: anna.cookies[Cookie.CLIENT_DEVICE],
    }
    for path in ("/home", "/console", "/console/clients"):
        assert crossed.open(path).status == 303


def test_clients_see_only_what_is_theirs(house):
    identity = house.services.identity
    house.services.add_schedule(house.ben, "canary-of-ben")
    house.services.add_form(house.ben, house.doctor, "canary-of-ben")
    ids = ids_of_another_client(house)
    browser = house.as_client(house.anna)
    csrf = browser.open("/home").forms[0].fields["csrf"]
    portal = [route for route in OWNED if route.owner is Owner.CLIENT]
    before, device_count = state(house), len(identity.devices)
    for route, method, path in addresses(portal, ids):
        page = attempt(browser, method, path, csrf)
        assert "canary-of-ben" not in page.html + repr(dict(page.headers))
        assert "Ben Brandt" not in page.html
        if route.fields:
            unknown_ids = ids_of_another_practice(ids)
            unknown = attempt(browser, method, route.address(unknown_ids), csrf)
            no_get = method != "POST" and "GET" not in route.methods
            assert page.status == unknown.status == (405 if no_get else 404), path
            assert without_ids(page, ids) == without_ids(unknown, unknown_ids)
    assert state(house) == before
    assert len(identity.devices) == device_count
    assert "canary-of-ben" in house.as_client(house.ben).open("/home").html


@pytest.mark.parametrize("role", [Role.OWNER, Role.PRACTITIONER, Role.ASSISTANT])
def test_another_practices_things_are_like_unknown_ones(build, role):
    # There are more pages than one device asks for in a minute.
    house = build(pages_per_device=10_000, pages_per_address=10_000)
    ids = ids_of_another_client(house)
    other = house.services.add_practice("Other practice")
    stranger = house.services.add_practitioner(other, role, f"{role}@other.example")
    browser = house.as_practitioner(stranger)
    csrf = browser.open("/console").forms[0].fields["csrf"]
    with_ids = [route for route in OWNED if route.fields and route.owner is Owner.PRACTITIONER]
    before = state(house)
    for route, method, path in addresses(with_ids, ids):
        unknown_ids = ids_of_another_practice(ids)
        page = attempt(browser, method, path, csrf)
        unknown = attempt(browser, method, route.address(unknown_ids), csrf)
        needed = route.permission_for(method)
        may = needed is None or has_permission(stranger.actor, needed)
        redirected = may and method != "POST" and path.endswith(("/links/copy", "/links/qr"))
        no_get = method != "POST" and "POST" in route.methods and "GET" not in route.methods
        expected = 303 if redirected else 405 if no_get else 404 if may else 403
        assert page.status == expected, path
        assert page.status == unknown.status
        assert "Brandt" not in page.html
        assert without_ids(page, ids) == without_ids(unknown, unknown_ids)
    assert state(house) == before


def test_a_role_without_the_permission_is_refused_and_written_down(house):
    assistant = house.assistant()
    browser = house.as_practitioner(assistant)
    page = browser.open(f"/console/clients/{house.ben.id}/access")
    assert page.status == 403
    assert "Brandt" not in page.html
    [(actor, refusal)] = house.services.refusals
    assert actor == assistant.actor
    assert refusal.route == "/console/clients/{client_id:uuid}/access"
    assert refusal.reason == "not_allowed"
    assert not house.services.calls("identity_links.list_access")


def test_an_assistant_neither_sees_nor_loses_the_private_remark(house):
    doctor, assistant = (
        house.as_practitioner(house.doctor),
        house.as_practitioner(house.assistant()),
    )
    path = f"/console/clients/{house.anna.id}"
    doctor.submit(doctor.open(f"{path}/edit"), f"{path}/edit", {"remark": "private words"})
    assert "private words" in doctor.open(path).html
    assert "private words" not in assistant.open(path).html
    edit = assistant.open(f"{path}/edit")
    assert "private words" not in edit.html
    assistant.submit(edit, f"{path}/edit", {"phone": "030 1"})
    sent = house.services.calls("identity_links.edit_client")[-1].arguments
    assert sent.fields.remark is None
