"""Refusals and failures: a page for a person, a problem document for a program."""

import json

import pytest

JSON = {"Accept": "application/json"}


def problem(page):
    assert page.headers["content-type"] == "application/problem+json"
    return json.loads(page.html)


def test_a_program_gets_a_problem_document(house):
    page = house.browser().open("/nowhere", JSON)
    said = problem(page)
    assert (page.status, said["status"], said["code"]) == (404, 404, "not_found")
    assert said["title"] == "There is nothing here"
    assert said["request_id"] == page.headers["x-request-id"]


@pytest.mark.parametrize("typed", ["/console/", "/home/", "/console/clients//"])
def test_an_address_that_was_typed_with_a_slash_behind_it_leads_to_its_page(house, typed):
    page = house.browser().open(typed)
    assert (page.status, page.headers["location"]) == (303, typed.rstrip("/"))


@pytest.mark.parametrize("typed", ["//other.example/", "/\\other.example/", "/api/v1/clients/"])
def test_no_slash_leads_elsewhere_and_a_program_s_address_is_exact(house, typed):
    assert "location" not in house.browser().open(typed).headers


def test_a_program_that_is_not_signed_in_gets_401(house):
    page = house.browser().open("/home", JSON)
    assert (page.status, problem(page)["code"]) == (401, "not_signed_in")


def test_a_program_is_told_when_to_come_back(house):
    anna = house.as_client(house.anna)
    house.services.down.add("identity_links")
    page = anna.open("/home", JSON)
    assert (page.status, page.headers["retry-after"]) == (503, "5")
    assert problem(page)["code"] == "service_unavailable"


def test_a_program_gets_every_wrong_field(house):
    browser = house.browser()
    csrf = browser.open("/").forms[0].fields["csrf"]
    headers = {"Sec-Fetch-Site": "same-origin"} | JSON
    said = problem(browser.post("/theme", {"csrf": csrf, "theme": "pink"}, headers))
    assert said["fields"] == {"theme": "theme_unknown"}


def test_a_person_gets_a_page_with_the_requests_id(house):
    page = house.browser().open("/nowhere")
    assert page.status == 404
    assert page.headers["x-request-id"] in page.html
    assert "/" in page.links


def test_who_is_at_the_desk_is_led_back_there_and_not_told_to_ask_the_practice(house):
    page = house.as_practitioner(house.doctor).open("/console/nowhere")
    assert page.status == 404
    assert "/console" in page.links
    assert "whoever runs the portal" in page.html
    assert "your practice" not in page.html.lower()


@pytest.mark.parametrize("headers", [None, JSON])
def test_a_failure_shows_nobody_a_traceback(house, headers, capsys):
    def broken(_command, _actor):
        raise RuntimeError("anna@mail.example in line 12")

    house.services.identity.resolve_device = broken
    page = house.as_client(house.anna).open("/home", headers)
    assert page.status == 500
    for word in ("Traceback", "RuntimeError", "anna@mail.example", "line 12", ".py"):
        assert word not in page.html
    logged = capsys.readouterr().out
    assert "request_failed" in logged
    assert page.headers["x-request-id"] in logged
    assert "anna@mail.example" not in logged


@pytest.mark.parametrize(
    ("asked", "opened"),
    [
        ("/console/nowhere?a=%41&b=c", "/console/nowhere?a=%41&b=c"),
        ("/%2Felsewhere.example/a", "/elsewhere.example/a"),
        ("/console/%E2%98%83", "/console/%E2%98%83"),
        ("/console/a%0d%0aSet-Cookie:%20b", "/console/a%0D%0ASet-Cookie%3A%20b"),
        ("/console/a%3Fb", "/console/a%3Fb"),
        ("/%5Celsewhere.example", "/%5Celsewhere.example"),
    ],
)
def test_an_error_in_a_part_of_a_page_opens_its_own_address_and_no_other(house, asked, opened):
    page = house.browser().open(asked, {"Accept": "text/html", "HX-Request": "true"})
    assert page.status == 404
    assert page.headers["hx-redirect"] == opened


def test_a_broken_error_page_still_answers(house, monkeypatch):
    from gateway.web.pages import Pages

    def broken(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(Pages, "render", broken)
    page = house.browser().open("/nowhere")
    assert page.status == 404
    assert page.headers["x-request-id"] in page.html


def test_a_wrong_method_names_the_right_ones(house):
    page = house.browser().open("/link-requests", method="DELETE")
    assert page.status == 405
    assert "POST" in page.headers["allow"]


def test_a_trusted_proxy_may_name_the_request(build):
    named = {"X-Request-Id": "abcdef-0123", "Accept": "text/html"}
    assert build().browser().open("/", named).headers["x-request-id"] != "abcdef-0123"
    trusting = build(trusted_proxies=1).browser()
    assert trusting.open("/", named).headers["x-request-id"] == "abcdef-0123"
    odd = {"X-Request-Id": "a\nb: c", "Accept": "text/html"}
    assert trusting.open("/", odd).headers["x-request-id"] != "a\nb: c"
