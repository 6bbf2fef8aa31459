"""The document is OpenAPI 3.1, and its examples are what its schemas say."""

from __future__ import annotations

import json
import re

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from gateway.api.all_operations import OPERATIONS
from gateway.api.docs_page import reference
from gateway.api.openapi import document
from gateway.web.routing import Owner

JSON = "application/json"


@pytest.fixture(scope="module")
def openapi():
    return json.loads(json.dumps(document()))


@pytest.fixture(scope="module")
def registry(openapi):
    resource = Resource(contents=openapi, specification=DRAFT202012)
    return Registry().with_resource("urn:document", resource)


def absolute(schema):
    if isinstance(schema, dict):
        return {
            name: f"urn:document{value}" if name == "$ref" else absolute(value)
            for name, value in schema.items()
        }
    return [absolute(one) for one in schema] if isinstance(schema, list) else schema


def contents(openapi):
    for path, operations in openapi["paths"].items():
        for http, operation in operations.items():
            given = [operation.get("requestBody", {}), *operation["responses"].values()]
            for one in given:
                if JSON in one.get("content", {}):
                    yield f"{http} {path}", one["content"][JSON]
    for name, response in openapi["components"]["responses"].items():
        yield name, response["content"]["application/problem+json"]


def test_it_is_valid(openapi):
    validate(openapi)


def test_every_example_is_of_its_schema(openapi, registry):
    count = 0
    for where, content in contents(openapi):
        validator = OAS31Validator(absolute(content["schema"]), registry=registry)
        assert list(validator.iter_errors(content["example"])) == [], where
        count += 1
    assert count > len(OPERATIONS)


def test_a_request_takes_no_unknown_member_and_an_answer_may_hold_more(openapi):
    schemas = openapi["components"]["schemas"]
    assert schemas["ServiceFieldsInput"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["ServiceFields"]
    assert schemas["ClientFields"]["additionalProperties"] is False


def test_every_owned_operation_names_its_bearer_and_scope(openapi):
    for one in OPERATIONS:
        security = openapi["paths"][one.path][one.http.lower()]["security"]
        if one.owner is Owner.NOBODY:
            assert security == []
        elif one.owner is Owner.CLIENT:
            assert security == [{"portalSession": []}]
        else:
            scopes = [one.permission] if one.permission else []
            assert security == [{"practitionerToken": scopes}]


def test_it_is_served_to_anyone_and_not_sent_twice(stranger):
    first = stranger.ask("GET", "/openapi.json")
    assert first.json == json.loads(json.dumps(document()))
    again = stranger.ask("GET", "/openapi.json", if_none_match=first.headers["etag"])
    assert (again.status_code, again.text) == (304, "")


def test_the_bare_address_leads_to_the_page(stranger):
    page = stranger.ask("GET", "", accept="text/html")
    assert (page.status_code, page.headers["location"]) == (303, "/api/v1/docs")


def test_the_page_shows_every_operation_and_needs_nothing_from_elsewhere(stranger):
    index = read_page(stranger, "/docs")
    assert len(reference().groups) == len(document()["tags"])
    pages = {slug: read_page(stranger, f"/docs/{slug}") for slug in reference().groups}
    for slug, group in reference().groups.items():
        assert f'href="/api/v1/docs/{slug}"' in index
        for one in group.operations:
            assert f'href="/api/v1/docs/{slug}#op-{one.name}"' in index
            assert f'href="#op-{one.name}"' in pages[slug]
            assert f'id="op-{one.name}"' in pages[slug]
    assert sum(text.count('id="op-') for text in pages.values()) == len(OPERATIONS)


def read_page(stranger, path):
    page = stranger.ask("GET", path, accept="text/html")
    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    assert "default-src 'none'" in page.headers["content-security-policy"]
    made_up = ("portal", "meet", "calendar")
    text = page.text
    for address in (f"https://{host}.example.org" for host in made_up):
        text = text.replace(address, "")
    assert "://" not in text
    return page.text


def test_every_schema_has_a_page_that_says_what_its_members_mean(stranger):
    schemas = document()["components"]["schemas"]
    assert set(reference().schemas) == set(schemas)
    linked = set()
    for slug in reference().groups:
        linked |= set(re.findall(r'/docs/schemas/(\w+)"', read_page(stranger, f"/docs/{slug}")))
    assert linked <= set(schemas)
    for name in ("ClientDetails", "WhyNot", "BookableServicePatch"):
        page = read_page(stranger, f"/docs/schemas/{name}")
        for member in schemas[name].get("properties", {}):
            assert f">{member}<" in page
        for choice in schemas[name].get("x-extensible-enum", []):
            assert f">{choice}<" in page


@pytest.mark.parametrize("path", ["/docs/nothing", "/docs/schemas/Nothing", "/docs/schemas"])
def test_there_is_no_page_of_what_there_is_not(stranger, path):
    answer = stranger.ask("GET", path, accept="text/html")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_no_page_is_longer_than_a_phone_can_be_read_on(stranger):
    """By what stands on it: a line of forty characters is some 24 pixels high."""
    for slug, group in reference().groups.items():
        text = re.sub(
            r"<pre.*?</pre>|<[^>]*>", "", read_page(stranger, f"/docs/{slug}"), flags=re.DOTALL
        )
        assert len(text) < 30_000, slug
        assert len(group.operations) <= 20
