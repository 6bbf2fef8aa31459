"""Every address has an owner, and every page leads only to addresses there are."""

import re
from unittest.mock import Mock

import falcon
import falcon.inspect
import pytest

from gateway.routes import DEV, ROUTES, all_routes
from gateway.web.resource import Resource
from gateway.web.routing import Owner, Route, add_routes, client_route
from portal_contracts.permissions import Permission
from tests.kit.gateway.field_values import field_values


def test_what_the_app_answers_is_what_is_declared(house):
    declared = {route.pattern for route in all_routes(dev=False)}
    assert {info.path for info in falcon.inspect.inspect_routes(house.app)} == declared


def test_a_route_beside_the_declaration_is_not_answered(build):
    house = build()

    class Stray:
        def on_get(self, req, resp):
            resp.text = "hello"

    house.app.add_route("/stray", Stray())
    page = house.browser().open("/stray")
    assert page.status == 500
    assert "hello" not in page.html


def test_a_route_without_an_owner_cannot_be_declared():
    with pytest.raises(TypeError):
        Route("/x", Resource)
    with pytest.raises(ValueError, match="permission"):
        Route("/x", Resource, Owner.CLIENT, Permission.CLIENTS_READ)


def test_each_address_is_declared_once():
    patterns = [route.pattern for route in all_routes(dev=True)]
    assert len(patterns) == len(set(patterns))


def test_the_console_is_for_practitioners_and_the_portal_for_clients():
    for route in ROUTES:
        if route.pattern.startswith("/console") and "sign-" not in route.pattern:
            assert route.owner is Owner.PRACTITIONER, route.pattern
        elif route.pattern.startswith(("/home", "/appointments", "/forms", "/devices")):
            assert route.owner is Owner.CLIENT, route.pattern


def test_a_path_with_a_secret_is_marked_and_never_shown():
    for route in all_routes(dev=True):
        assert route.carries_token is ("{token}" in route.pattern)
    entry = next(route for route in ROUTES if route.pattern == "/p/{token}/renew")
    assert entry.shown_path("/p/lk_secret/renew") == "/p/"


def test_try_out_pages_are_served_only_with_a_folder(house, build, tmp_path):
    for route in DEV:
        assert house.browser().open(route.pattern.format(mail_id="x")).status == 404
    assert build(dev_mail_folder=tmp_path).browser().open("/dev/mail").status == 200


def test_head_is_answered_like_get(house):
    browser = house.as_client(house.anna)
    for path in ("/home", "/contact", "/signed-out", "/health/live"):
        assert browser.open(path, method="HEAD").status == browser.open(path).status == 200
    assert browser.open("/sign-out", method="HEAD").status == 405


def test_a_resource_with_a_head_of_its_own_keeps_it(house):
    class Own(Resource):
        def on_get(self, req, resp):
            resp.status = 200

        def on_head(self, req, resp):
            resp.status = 204

    app = falcon.App()
    add_routes(app, Mock(), [client_route("/own", Own)])
    assert falcon.testing.TestClient(app).simulate_head("/own").status_code == 204


def concrete(path):
    return re.sub(r"[?#].*", "", path)


def test_every_link_and_form_of_every_page_leads_to_a_route(house, tmp_path):
    mail_id = house.services.add_mail(house.anna)
    link = house.services.add_link(house.anna, "lk_" + "D" * 43)
    house.as_client(house.anna)
    anna, doctor = house.as_client(house.anna), house.as_practitioner(house.doctor)
    ids = field_values(ROUTES)
    ids |= {"client_id": house.anna.id, "delivery_id": mail_id, "link_id": link.id}
    ids |= {"token": "lk_" + "D" * 43, "fingerprint": "x", "name": "x"}
    seen, missing = 0, set()
    for route in ROUTES:
        if route.pattern.startswith(("/static", "/brand")):
            continue
        browser = doctor if route.owner is Owner.PRACTITIONER else anna
        page = browser.open(route.address(ids), {"Accept": "text/html"})
        for target in [*page.links, *(form.action for form in page.forms)]:
            if target.startswith("/"):
                seen += 1
                found = house.app._router.find(concrete(target))
                if found is None:
                    missing.add((route.pattern, target))
    assert seen > 100
    assert not missing
