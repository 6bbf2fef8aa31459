"""A POST must come from a page of ours, opened in this very browser."""

import pytest

from gateway.web.tokens import new_secret
from portal_contracts.actor import NOBODY

ORIGIN = "http://localhost:8000"
GOOD_SITE = {"Sec-Fetch-Site": "same-origin"}

MATRIX = [
    # what the browser says,                             let in?
    (GOOD_SITE, True),
    (GOOD_SITE | {"Origin": "null"}, True),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "none"}, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN}, False),
    ({"Sec-Fetch-Site": ""}, False),
    ({"Origin": ORIGIN}, True),
    ({"Origin": ORIGIN + "/"}, False),
    ({"Origin": "https://localhost:8000"}, False),
    ({"Origin": "http://localhost"}, False),
    ({"Origin": "http://evil.example"}, False),
    ({"Origin": "null"}, False),
    ({}, False),
    ({"Referer": ORIGIN + "/"}, False),
]


@pytest.mark.parametrize(("said", "let_in"), MATRIX)
def test_the_browsers_word_is_asked_first(house, said, let_in):
    browser = house.browser()
    fields = browser.open("/").form("/link-requests").fields | {"email": "anna@mail.example"}
    page = browser.post("/link-requests", fields, said | {"Accept": "text/html"})
    assert page.status == (303 if let_in else 403)
    assert bool(house.services.identity.requested) is let_in


def token_of(browser, path="/"):
    return browser.open(path).forms[0].fields["csrf"]


def test_without_a_token_or_with_another_browsers_token_nothing_happens(house):
    browser, other = house.browser(), house.browser()
    own, foreign = token_of(browser), token_of(other)
    salt, mac = own.split(".")
    for csrf in ("", "x", foreign, f"{salt}.", f"{mac}.{salt}", own[:-1], own + "A", own.upper()):
        page = browser.post("/link-requests", {"csrf": csrf, "email": "anna@mail.example"})
        assert page.status == 403, csrf
    assert not house.services.identity.requested
    assert browser.post("/link-requests", {"csrf": own, "email": "a@b.example"}).status == 303


def test_a_form_that_was_open_too_long_is_kept_to_be_sent_once_more(house):
    doctor, path = house.as_practitioner(house.doctor), "/console/clients/new"
    page = doctor.open(path)
    doctor.cookies = house.as_practitioner(house.doctor).cookies
    again = doctor.submit(page, path, {"name": "Carla Cramer", "email": "carla@mail.example"})
    assert again.status == 403
    assert again.form(path).fields["name"] == "Carla Cramer"
    assert doctor.submit(again, path).status == 303


def test_a_form_of_another_origin_is_not_written_into_a_page(house):
    page = house.browser().post(
        "/link-requests", {"email": "planted@evil.example"}, {"Sec-Fetch-Site": "cross-site"}
    )
    assert page.status == 403
    assert "planted" not in page.html


def test_without_cookies_no_token_is_any_good(house):
    browser = house.browser()
    csrf = token_of(browser)
    browser.cookies.clear()
    assert browser.post("/link-requests", {"csrf": csrf, "email": "a@b.example"}).status == 403


def test_a_token_belongs_to_the_device_and_ends_with_it(house):
    anna, ben = house.as_client(house.anna), house.as_client(house.ben)
    csrf = token_of(anna, "/home")
    assert ben.post("/sign-out", {"csrf": csrf}).status == 403
    assert anna.post("/sign-out", {"csrf": csrf}).status == 303
    assert anna.post("/sign-out", {"csrf": csrf}).status == 403


def test_tokens_differ_from_page_to_page(house):
    browser = house.as_client(house.anna)
    assert token_of(browser, "/home") != token_of(browser, "/home")


def test_a_planted_cookie_of_another_shape_is_no_key(house):
    browser = house.browser()
    browser.cookies["lk_csrf"] = "short"
    page = browser.open("/")
    assert page.cookies["lk_csrf"].value != "short"


def test_each_refusal_is_reported_by_the_routes_pattern(house, token):
    house.services.add_link(house.anna, token)
    anna = house.as_client(house.anna)
    anna.post("/sign-out", {}, {"Sec-Fetch-Site": "cross-site"})
    house.browser().post(f"/p/{token}", {}, {"Sec-Fetch-Site": "cross-site"})
    house.browser().post(f"/p/{token}", {})
    assert [(said.route, said.method, said.reason) for _, said in house.services.refusals] == [
        ("/sign-out", "POST", "other_origin"),
        ("/p/{token}", "POST", "other_origin"),
        ("/p/{token}", "POST", "csrf_failed"),
    ]
    assert all(said.address == "192.0.2.7" for _, said in house.services.refusals)


def test_what_another_page_can_send_is_put_down_to_nobody_whatever_cookie_comes_along(house):
    for browser in (house.as_client(house.anna), house.as_practitioner(house.doctor)):
        for path in ("/sign-out", "/console/sign-out", "/theme"):
            browser.post(path, {}, {"Sec-Fetch-Site": "cross-site"})
            browser.post(path, {"csrf": "made up"})
    assert len(house.services.refusals) == 12
    assert {actor for actor, _ in house.services.refusals} == {NOBODY}
    assert not house.services.calls("identity_links.resolve_device")
    assert not house.services.calls("identity_links.resolve_console_device")


def test_a_refusal_stands_even_when_it_cannot_be_reported(house):
    house.services.down.add("identity_links.record_refusal")
    assert house.browser().post("/theme", {"theme": "dark"}).status == 403


def test_every_post_route_refuses_a_forged_form(house):
    from gateway.routes import ROUTES
    from gateway.web.routing import addresses
    from tests.kit.gateway.field_values import field_values

    values = field_values(ROUTES)
    values |= {"token": "lk_" + "A" * 43, "fingerprint": "x", "name": "x"}
    browser = house.as_practitioner(house.doctor)
    browser.cookies["lk_device"] = house.as_client(house.anna).cookies["lk_device"]
    tried = 0
    for _route, method, path in addresses(ROUTES, values):
        if method == "POST":
            tried += 1
            before = len(house.services.asked)
            assert browser.post(path, {"csrf": new_secret()}).status == 403, path
            assert {asked.address for asked in house.services.asked[before:]} <= {
                "identity_links.record_refusal",
                "identity_links.resolve_device",
                "identity_links.resolve_console_device",
            }
    assert tried > 15
