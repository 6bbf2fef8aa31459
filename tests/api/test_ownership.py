"""Another's things are like what does not exist, and a bearer opens what is its own only."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from gateway.api.all_operations import OPERATIONS
from gateway.api.openapi import document
from gateway.api.operation import Operation
from gateway.web.routing import Owner
from portal_contracts.permissions import Permission
from tests.kit.portal.api_practice import (
    WORD,
    ZONE,
    ApiClient,
    ApiPractice,
    add_client,
    add_practice,
    fill,
)
from tests.kit.portal.journeys import UUID
from tests.kit.portal.portals import Portal
from tests.kit.portal.programs import Answer, Program

pytestmark = pytest.mark.timeout(240)

PRACTITIONERS = [one for one in OPERATIONS if one.owner is Owner.PRACTITIONER]
CLIENTS = [one for one in OPERATIONS if one.owner is Owner.CLIENT]
NO_ONES = {"key", "version"}
"""Fields of paths that are nobody's ids."""
IN_QUERIES = {
    "first_on": "2027-01-11",
    "last_on": "2027-01-12",
    "timezone": ZONE,
    "around": "2027-01-11T09:00:00Z",
    "starts_at": "2027-01-11T09:00:00Z",
    "starts_from": "2027-01-11T00:00:00Z",
    "starts_before": "2027-01-12T00:00:00Z",
}
"""What else a query needs."""


@dataclass(frozen=True)
class OwnedThings:
    """A client with one thing of each kind, and the practice it all belongs to."""

    practice: ApiPractice
    client: ApiClient

    def state(self) -> dict[str, str]:
        """All that the practitioner can read of it, but for the log that reading writes."""
        reads = [one for one in with_ids(PRACTITIONERS) if one.http == "GET"]
        reads = [one for one in reads if one.path != "/access-log"]
        found = {}
        program = self.practice.token(list(Permission))  # each may ask so often a minute
        for one in reads:
            answer = ask(program, one, self.client.ids)
            assert answer.status in {200, 409}, f"{one.path}: {answer.status} {answer.body!r}"
            found[one.path] = without_ids(answer)
        assert WORD in str(found)
        return found


@pytest.fixture(scope="module")
def owned_things(portal_in_one_process: Portal) -> OwnedThings:
    """A client with one thing of each kind."""
    practice = add_practice(portal_in_one_process)
    client = add_client(practice)
    fill(practice, client)
    return OwnedThings(practice, client)


def with_ids(operations: list[Operation]) -> Iterator[Operation]:
    """Those whose path or query names a thing."""
    for one in operations:
        named = {*one.path_fields, *one.query_fields} - NO_ONES
        if any(name.endswith("_id") for name in named):
            yield one


def ask(program: Program, operation: Operation, ids: Mapping[str, str]) -> Answer:
    """Ask it with these ids in path and query, and with the document's example as its body."""
    path = operation.path.format(**ids)
    query = {
        name: ids.get(name, IN_QUERIES.get(name))
        for name in operation.query_fields
        if name in ids or operation.fields[name].required
    }
    headers = {"If-Match": '"1"'} if operation.if_match else {}
    content = None
    if operation.body_fields:
        described = document()["paths"][operation.path][operation.http.lower()]
        content = described["requestBody"]["content"]["application/json"]["example"]
        content = with_real_ids(content, ids)
    whole = f"{path}?{urlencode(query)}" if query else path
    return program.ask(operation.http, whole, content, headers)


def with_real_ids(content: Any, ids: Mapping[str, str]) -> Any:
    """An example body with ids of things there are."""
    if isinstance(content, dict):
        return {
            name: ids[name] if name in ids and name.endswith("_id") else value
            for name, value in content.items()
        }
    return content


def made_up(ids: Mapping[str, str]) -> dict[str, str]:
    """The same names with ids of nothing."""
    return {name: ids[name] if name in NO_ONES else str(uuid.uuid4()) for name in ids}


def without_ids(answer: Answer) -> str:
    """The body without ids: its request's, and those that it was asked for."""
    return UUID.sub("ID", answer.body.decode())


def reaches_nothing(
    program: Program, operations: list[Operation], owned_things: OwnedThings
) -> None:
    """Each operation with ids of these things is answered word for word as with ids of nothing."""
    ids = owned_things.client.ids
    before = owned_things.state()
    tried = list(with_ids(operations))
    assert tried
    for one in tried:
        known, unknown = ask(program, one, ids), ask(program, one, made_up(ids))
        # A list that is narrowed down to a client whom nobody knows is empty.
        empty = not one.path_fields and known.status == 200 and not known.json["items"]
        assert empty or known.status == 404, (
            f"{one.http} {one.path}: {known.status} {without_ids(known)}"
        )
        assert without_ids(known) == without_ids(unknown), f"{one.http} {one.path}"
        assert known.headers.keys() == unknown.headers.keys()
        assert WORD not in without_ids(known)
    assert owned_things.state() == before


def test_a_client_cannot_tell_another_s_things_from_nothing(owned_things: OwnedThings) -> None:
    other = add_client(owned_things.practice, "Other")
    for_clients = [one for one in CLIENTS if "service_id" not in one.query_fields]
    reaches_nothing(other.program, for_clients, owned_things)


def test_another_practice_cannot_tell_them_from_nothing(
    owned_things: OwnedThings, anna: ApiClient
) -> None:
    reaches_nothing(anna.program, CLIENTS, owned_things)


def test_another_practitioner_cannot_tell_them_from_nothing(
    owned_things: OwnedThings, api_practice: ApiPractice
) -> None:
    reaches_nothing(api_practice.program, PRACTITIONERS, owned_things)


def test_each_kind_of_bearer_opens_what_is_for_its_kind(owned_things: OwnedThings) -> None:
    other = add_client(owned_things.practice, "Other")
    before = owned_things.state()
    for program, operations in (
        (other.program, PRACTITIONERS),
        (owned_things.practice.program, CLIENTS),
    ):
        for one in operations:
            answer = ask(program, one, owned_things.client.ids)
            assert (answer.status, answer.code) == (403, "wrong_bearer"), one.path
    assert owned_things.state() == before


def test_nobody_gets_anything(owned_things: OwnedThings) -> None:
    stranger = Program(owned_things.practice.program.base_url)
    for one in (*PRACTITIONERS, *CLIENTS):
        answer = ask(stranger, one, owned_things.client.ids)
        assert (answer.status, answer.code) == (401, "bearer_missing"), one.path
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_without_the_scope_is_refused_each_operation(owned_things: OwnedThings) -> None:
    program = owned_things.practice.token([Permission.PRACTICE_WRITE])
    for one in PRACTITIONERS:
        if one.permission is Permission.PRACTICE_WRITE:
            continue
        answer = ask(program, one, owned_things.client.ids)
        if one.permission is None:
            assert answer.status == 200, one.path
        else:
            assert (answer.status, answer.code) == (403, "scope_missing"), one.path
            assert f'scope="{one.permission}"' in answer.headers["www-authenticate"]


def test_the_document_that_is_served_is_the_one_these_tests_go_by(
    owned_things: OwnedThings,
) -> None:
    assert Program(owned_things.practice.program.base_url).get("/openapi.json") == json.loads(
        json.dumps(document())
    )
