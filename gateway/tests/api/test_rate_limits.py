"""How much more a bearer may ask stands in each answer, and in the documents."""

from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from gateway.api.openapi import document
from portal_contracts.errors import Forbidden
from portal_contracts.identity_links.rpc.api_tokens import (
    BEARER_REQUESTS_PER_MINUTE,
    RequestAllowance,
)

DOCUMENT = Path(__file__).parents[3] / "docs" / "api.md"


@pytest.fixture
def limited(bearers, doctor):
    """The bearer has seven requests left of ten."""
    allowance = RequestAllowance(limit=10, seconds=60, left=7, more_in_seconds=42)
    for known, bearer in bearers.known.items():
        bearers.known[known] = msgspec.structs.replace(bearer, allowance=allowance)
    return doctor


@pytest.mark.parametrize("path", ["/clients", f"/clients/{UUID(int=7)}", "/clients?limit=x"])
def test_answers_and_refusals_say_what_is_left(limited, path):
    answer = limited.ask("GET", path)
    assert answer.headers["ratelimit-policy"] == '"bearer";q=10;w=60'
    assert answer.headers["ratelimit"] == '"bearer";r=7;t=42'


def test_what_is_beyond_it_is_told_when_to_come_back(house, doctor):
    refused = Forbidden("too_many_requests", retry_after_seconds=17)
    house.services.answers["identity_links.resolve_bearer"] = refused
    answer = doctor.ask("GET", "/clients")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "17")
    assert answer.headers["ratelimit"] == '"bearer";r=0;t=17'


def test_who_is_not_counted_for_a_bearer_is_told_nothing_of_it(house, stranger):
    for answer in (stranger.ask("GET", "/openapi.json"), stranger.ask("GET", "/clients")):
        assert "ratelimit" not in answer.headers


def test_the_documents_give_the_number(house):
    said = f"{BEARER_REQUESTS_PER_MINUTE} requests in any minute"
    assert said in document()["info"]["description"]
    text = " ".join(DOCUMENT.read_text("utf-8").split())
    assert said in text
    assert f"{house.settings.pages_per_address} requests a minute" in text
