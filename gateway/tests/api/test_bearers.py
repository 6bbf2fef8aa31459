"""Only a bearer opens the API, and only a cookie opens a page."""

import json

import falcon.testing
import pytest

from gateway.api.all_operations import OPERATIONS
from gateway.api.routes import ROUTES
from gateway.routes import ROUTES as PAGES
from gateway.web.cookies import Cookie
from gateway.web.routing import Owner, addresses
from gateway.web.tokens import new_secret
from portal_contracts.actor import NOBODY, Role
from portal_contracts.identity_links.rpc.api_tokens import Bearer
from portal_contracts.permissions import REVEALING, Permission
from tests.kit.gateway.field_values import field_values

OWNED = [route for route in ROUTES if route.owner is not Owner.NOBODY]


def relative(path):
    return path.removeprefix("/api/v1")


def reasons(house):
    return [refusal.reason for _, refusal in house.services.refusals]


def calls_beyond_sign_in(house):
    """The services' methods that were called, but for those that tell who asks."""
    quiet = {"identity_links.resolve_bearer", "identity_links.record_refusal"}
    return [asked.address for asked in house.services.asked if asked.address not in quiet]


def test_nobody_gets_in_anywhere(house, stranger):
    for _route, method, path in addresses(OWNED, field_values(OWNED)):
        answer = stranger.ask(method, relative(path), {} if method in ("POST", "PUT") else None)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"] == 'Bearer realm="Latchkey"'
        assert method == "HEAD" or answer.json["code"] == "bearer_missing"
    assert calls_beyond_sign_in(house) == []
    assert set(reasons(house)) == {"bearer_missing"}


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic YTpi", "lk_api_x", "Bearer lk_api_short", "Bearer \x7f"],
)
def test_what_is_no_bearer_is_refused_and_counted(house, stranger, header):
    answer = stranger.ask("GET", "/clients", authorization=header)
    assert answer.status_code == 401
    assert not house.services.calls("identity_links.resolve_bearer")
    assert reasons(house) == ["bearer_malformed"]


def test_an_ended_bearer_is_counted_once_by_the_service_that_was_asked(house, bearers, doctor):
    bearers.known.clear()
    answer = doctor.ask("GET", "/clients")
    assert (answer.status_code, answer.json["code"]) == (401, "bearer_ended")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert len(house.services.calls("identity_links.resolve_bearer")) == 1
    assert not house.services.refusals


def test_a_cookie_opens_nothing_of_the_api(house, stranger):
    client, desk = house.as_client(house.anna), house.as_practitioner(house.doctor)
    stranger.cookies = client.cookies | desk.cookies
    for _route, method, path in addresses(OWNED, field_values(OWNED)):
        body = {} if method in ("POST", "PUT", "PATCH") else None
        assert stranger.ask(method, relative(path), body).status_code == 401, path
    assert calls_beyond_sign_in(house) == []
    assert {actor for actor, _ in house.services.refusals} == {NOBODY}


@pytest.mark.parametrize("prefix", ["lk_api_", "lk_portal_", ""])
def test_a_cookies_secret_is_no_bearer(house, stranger, prefix):
    desk = house.as_practitioner(house.doctor)
    stranger.bearer = prefix + desk.cookies[Cookie.CONSOLE_DEVICE]
    assert stranger.ask("GET", "/clients").status_code == 401


def test_a_bearer_opens_no_page(house, doctor, anna):
    owned = [route for route in PAGES if route.owner is not Owner.NOBODY]
    client = falcon.testing.TestClient(house.app)
    for bearer in (doctor.bearer, anna.bearer):
        headers = {"Authorization": f"Bearer {bearer}", "Accept": "application/json"}
        for route, method, path in addresses(owned, field_values(owned)):
            answer = client.simulate_request(method, path, headers=headers)
            assert answer.status_code == (403 if method == "POST" else 401), route.pattern
        cookies = {str(cookie): bearer for cookie in Cookie}
        assert client.simulate_get("/home", headers=headers, cookies=cookies).status_code == 401


@pytest.mark.parametrize("owner", [Owner.CLIENT, Owner.PRACTITIONER])
def test_the_other_kind_of_bearer_is_refused_and_written_down(house, doctor, anna, owner):
    wrong, person = (doctor, house.doctor) if owner is Owner.CLIENT else (anna, house.anna)
    routes = [route for route in ROUTES if route.owner is owner]
    for route, method, path in addresses(routes, field_values(routes)):
        house.services.refusals.clear()
        answer = wrong.ask(method, relative(path))
        assert answer.status_code == 403, path
        assert method == "HEAD" or answer.json["code"] == "wrong_bearer"
        [(actor, refusal)] = house.services.refusals
        assert (actor.id, refusal.route) == (person.id, route.pattern)
    assert calls_beyond_sign_in(house) == []


def test_each_operation_needs_its_scope_and_no_other(house, bearers):
    for one in OPERATIONS:
        if one.permission is None:
            continue
        house.services.asked.clear()
        path = relative(one.pattern)
        for name in one.path_fields:
            path = path.replace(f"{{{name}:uuid}}", str(house.anna.id))
            path = path.replace(f"{{{name}:int}}", "1").replace(f"{{{name}}}", "gad7")
        others = set(Permission) - {one.permission}
        refused = bearers.program(house.doctor, *others).ask(one.http, path)
        assert (refused.status_code, refused.json["code"]) == (403, "scope_missing"), one.name
        assert f'scope="{one.permission}"' in refused.headers["www-authenticate"]
        assert calls_beyond_sign_in(house) == []
        # Whoever sees a link sees all that the portal shows: that is more than one permission.
        reveals = one.permission is Permission.LINKS_REVEAL
        needed = REVEALING if reveals else {one.permission}
        answer = bearers.program(house.doctor, *needed).ask(one.http, path)
        assert answer.status_code not in (401, 403, 405, 500), one.name


def test_a_scope_gives_no_more_than_the_role(house, bearers):
    assistant = bearers.program(house.assistant())
    path = f"/access-log?client_id={house.anna.id}"
    assert assistant.ask("GET", path).json["code"] == "scope_missing"
    assert assistant.ask("GET", "/clients").status_code == 200
    assert house.assistant().role is Role.ASSISTANT


def test_another_practices_client_is_like_an_unknown_one(house, bearers, unknown_id):
    other = house.services.add_practice("Other practice")
    stranger = bearers.program(house.services.add_practitioner(other, email="x@other.example"))
    for http, body in (("GET", None), ("PATCH", {"status": "archived"})):
        others = stranger.ask(http, f"/clients/{house.anna.id}", body)
        unknown = stranger.ask(http, f"/clients/{unknown_id}", body)
        assert others.status_code == unknown.status_code == 404
        assert others.json | {"request_id": ""} == unknown.json | {"request_id": ""}


def test_whoever_cannot_be_known_now_comes_back_later(house, doctor):
    house.services.down.add("identity_links.resolve_bearer")
    answer = doctor.ask("GET", "/clients")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_no_bearer_is_logged_or_sent_on(house, doctor, capsys):
    doctor.ask("GET", "/clients")
    doctor.ask("GET", "/clients", authorization="Bearer lk_api_canary")
    sent = json.dumps([repr(asked) for asked in house.services.asked])
    said = capsys.readouterr()
    for text in (sent, said.out + said.err):
        assert doctor.bearer not in text
        assert "canary" not in text


def test_a_portal_bearer_is_no_cookie_and_a_cookie_of_that_shape_is_none(house, bearers, anna):
    known: Bearer = next(iter(bearers.known.values()))
    assert known.actor == house.anna.actor
    house.services.add_device(house.anna, anna.bearer)
    browser = house.browser()
    browser.cookies[Cookie.CLIENT_DEVICE] = anna.bearer
    assert browser.open("/home").status == 303
    secret = new_secret()
    house.services.add_device(house.anna, secret)
    browser.cookies[Cookie.CLIENT_DEVICE] = secret
    assert browser.open("/home").status == 200
