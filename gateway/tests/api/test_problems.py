"""Every problem has a page that says what it means."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.words.problems import CODES, IN_THE_CONSOLE_ALONE, KINDS, SENTENCES, STATUS_OF
from portal_contracts.errors import Conflict

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "errors.md"
ELSEWHERE = IN_THE_CONSOLE_ALONE | {
    # Only in admin scripts.
    "email_taken",
    "head_invalid",
    "last_owner",
    "password",
    "practice_fields",
    "practitioner_fields",
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
