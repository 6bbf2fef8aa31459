"""Every operation and member says what it means, once, and of nobody as one sex."""

import re

import pytest

from gateway.api.all_operations import OPERATIONS
from gateway.api.descriptions import structs_within
from gateway.api.openapi import document
from gateway.web.problem_document import Problem
from portal_contracts.meanings import PARTICULAR
from portal_contracts.meanings.everywhere import EVERYWHERE

LITTLE = {
    "a",
    "an",
    "the",
    "of",
    "is",
    "it",
    "its",
    "to",
    "or",
    "and",
    "which",
    "what",
    "one",
    "in",
}
GENDERED = re.compile(r"\b(she|her|hers|herself|he|him|his|himself)\b", re.IGNORECASE)


def words(text):
    return set(re.findall(r"[a-z0-9]+", text.lower()))


def members():
    for name, schema in document()["components"]["schemas"].items():
        for member, one in schema.get("properties", {}).items():
            yield f"{name}.{member}", member, one.get("description", "")
    for path, operations in document()["paths"].items():
        for http, operation in operations.items():
            for one in operation.get("parameters", []):
                if "$ref" not in one:
                    place = f"{http} {path} {one['name']}"
                    yield place, one["name"], one.get("description", "")


def says_nothing(description, name):
    return not words(description) - words(name.replace("_", " ")) - LITTLE


def test_every_member_and_parameter_says_what_it_means():
    assert [place for place, name, said in members() if says_nothing(said, name)] == []
    assert all(said.endswith((".", ". ")) for _place, _name, said in members())


def test_every_operation_says_more_than_its_summary():
    for path, operations in document()["paths"].items():
        for http, operation in operations.items():
            more = words(operation["description"]) - words(operation["summary"])
            assert len(more - LITTLE) > 1, f"{http} {path}"


def test_every_schema_says_what_it_is():
    for name, schema in document()["components"]["schemas"].items():
        assert not says_nothing(schema.get("description", ""), name), name


def prose(value):
    if isinstance(value, dict):
        for name, one in value.items():
            if name in ("description", "summary") and isinstance(one, str):
                yield one
            else:
                yield from prose(one)
    elif isinstance(value, list):
        for one in value:
            yield from prose(one)


def test_it_speaks_of_people_without_their_sex_and_in_the_words_of_json():
    for text in prose(document()):
        assert not GENDERED.search(text), text
        assert not re.search(r"\bNone\b|``", text), text


def test_a_meaning_is_said_of_what_there_is():
    known = {member for _place, member, _said in members()}
    assert set(EVERYWHERE) - known == set()
    types = [type_ for one in OPERATIONS for type_ in (one.arguments, one.result, one.answer)]
    types += [one.method.arguments for one in OPERATIONS if one.method]
    declared = {
        f"{struct.__name__}.{member}"
        for struct in structs_within([*types, Problem]).values()
        for member in struct.__struct_fields__
    }
    assert set(PARTICULAR) - declared == set()


def enums():
    for name, schema in document()["components"]["schemas"].items():
        if {"enum", "x-extensible-enum"} & set(schema):
            yield name, schema


def reachable(schema):
    if isinstance(schema, dict):
        own = schema.get("$ref", "")
        name = own.rpartition("/")[2]
        found = {name} if own.startswith("#/components/schemas/") else set()
        return found.union(*(reachable(value) for value in schema.values()))
    return set().union(*(reachable(one) for one in schema)) if isinstance(schema, list) else set()


def test_values_may_be_added_to_what_answers_choose_from_and_requests_know_all():
    schemas = document()["components"]["schemas"]
    answered, waiting = set(), set()
    for operations in document()["paths"].values():
        for operation in operations.values():
            waiting |= reachable(operation["responses"])
    while waiting:
        name = waiting.pop()
        answered.add(name)
        waiting |= reachable(schemas[name]) - answered
    found = dict(enums())
    assert len(found) > 20
    for name, schema in found.items():
        assert ("x-extensible-enum" in schema) == (name in answered), name
        assert ("Values may be added" in schema["description"]) == (name in answered), name
        assert schema.get("type") == "string" or "enum" in schema


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_what_is_no_argument_of_a_program_is_not_spoken_of(operation):
    said = document()["paths"][operation.path][operation.http.lower()]["description"]
    assert not {f"`{name}`" for name in operation.hidden if f"`{name}`" in said}


def test_what_a_call_does_besides_is_not_said_of_an_operation_over_a_part_of_it():
    said = document()["paths"]["/clients/{client_id}/archive"]["post"]["description"]
    assert "Links and devices end" in said
    assert "active again" not in said
