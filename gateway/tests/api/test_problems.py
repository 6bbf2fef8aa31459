"""Every problem has a page that says what it means."""

from __future__ import annotations

import re
from pathlib import Path

import falcon.testing
import pytest

from gateway.words.problems import CODES, IN_THE_CONSOLE_ALONE, KINDS, SENTENCES, STATUS_OF
from portal_contracts.errors import Conflict

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "errors.md"
ELSEWHERE = IN_THE_CONSOLE_ALONE | {
    # Only in admin scripts.
    "head_invalid",
    "practice_fields",
    # `link_` with the state of the link.
    "link_…",
}


def test_every_code_that_is_raised_has_a_page():
    raised = set(re.findall(r"^\| `([^`]+)` \|", REFERENCE.read_text("utf-8"), re.MULTILINE))
    assert raised - ELSEWHERE <= set(STATUS_OF)


def test_a_code_has_one_status():
    assert len(STATUS_OF) == sum(len(codes) for codes in CODES.values())
    assert CODES.keys() == KINDS.keys()
    assert SENTENCES.keys() <= STATUS_OF.keys()


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_page_says_what_it_means_and_what_to_do(house, language):
    browser = house.browser()
    headers = {"Accept": "text/html", "Accept-Language": language}
    listed = browser.open("/problems", headers)
    assert listed.status == 200
    for code, status in STATUS_OF.items():
        assert f"/problems/{code}" in listed.links
        if code == CODES[status][0]:
            page = browser.open(f"/problems/{code}", headers)
            assert page.status == 200
            assert f"{code}</code> · {status}" in page.html


def test_an_unknown_code_has_no_page(house):
    assert house.browser().open("/problems/no_such_code").status == 404


def test_a_code_without_a_page_is_about_blank(house, doctor):
    house.services.answers["identity_links.list_clients"] = Conflict("of_a_newer_service")
    told = doctor.ask("GET", "/clients").json
    assert (told["type"], told["title"]) == ("about:blank", "Conflict")


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/", "/api/v1/", "/api/v2", "/api/v2/clients", "/api/v1/nothing", "/api/v1/x/y"],
)
@pytest.mark.parametrize("http", ["GET", "POST", "DELETE"])
def test_an_unknown_address_below_the_api_is_a_problem_and_leaves_no_cookie(house, path, http):
    asked = falcon.testing.TestClient(house.app)
    answer = asked.simulate_request(http, path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["code"] == "not_found"
    assert "set-cookie" not in answer.headers


def test_the_address_of_the_api_itself_leads_to_its_page(house):
    asked = falcon.testing.TestClient(house.app)
    found = asked.simulate_get("/api/v1")
    assert (found.status_code, found.headers["location"]) == (303, "/api/v1/docs")
    wrong = asked.simulate_post("/api/v1")
    assert (wrong.status_code, wrong.json["code"]) == (405, "method_not_allowed")


def test_what_only_begins_like_the_api_is_a_page(house):
    answer = falcon.testing.TestClient(house.app).simulate_get(
        "/apiary", headers={"Accept": "text/html"}
    )
    assert answer.headers["content-type"].startswith("text/html")
