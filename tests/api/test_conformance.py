"""Requests that nobody thought of: whatever is sent, the API answers as its document says."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from portal_contracts.permissions import Permission
from tests.kit.portal.api_practice import ApiClient, add_client, add_practice, fill
from tests.kit.portal.portals import Portal
from tests.kit.portal.programs import API, Program

pytestmark = pytest.mark.timeout(240)
LONG = [pytest.mark.long, pytest.mark.timeout(1200)]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CONFIG = {"generation": {"with-security-parameters": False}}
BEARERS = {"nobody": None, "client": "portalSession", "practitioner": "practitionerToken"}
PROGRAMS = 5
TRIES = 3
"""How often a request that is answered 503 is sent, as its answer asks."""
ENDS_BEARERS = {"DELETE /portal-sessions/current", "DELETE /portal/devices/{device_id}"}
"""Tried least: what is asked after it with a bearer that has ended is counted against us."""
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def operations(portal: Portal, scheme: str | None) -> Iterator[APIOperation[Any, Any, Any, Any]]:
    """The operations for such a bearer; what ends things comes last."""
    document = Program(portal.listens_at).get("/openapi.json")
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(CONFIG))
    found = [one.ok() for one in schema.get_all_operations()]
    mine = [
        one
        for one in found
        if [name for it in one.definition.raw.get("security", []) for name in it]
        == ([scheme] if scheme else [])
    ]
    assert mine
    yield from sorted(
        mine, key=lambda one: (one.label in ENDS_BEARERS, one.method == "delete", one.path)
    )


def put_real_ids(case: Case, ids: dict[str, str]) -> None:
    """Put ids of things there are, and a version that may be right, where made-up ones stand."""
    for part in (case.path_parameters, case.query, case.body):
        if isinstance(part, dict):
            part.update({name: ids[name] for name in part if name in ids})
    if case.headers and "If-Match" in case.headers:
        case.headers["If-Match"] = '"1"'


def try_out(
    operation: APIOperation[Any, Any, Any, Any],
    ids: dict[str, str],
    programs: Sequence[Program],
    examples: int,
) -> list[str]:
    """Send made-up requests, with real ids and with made-up ones; what was not as it should be."""
    found: list[str] = []
    in_turn = zip(itertools.cycle(programs), itertools.cycle((True, False)))

    def send(case: Case) -> None:
        program, real = next(in_turn)
        if real:
            put_real_ids(case, ids)
        headers = {"Authorization": f"Bearer {program.bearer}"} if program.bearer else {}
        for _ in range(TRIES):
            response = case.call(base_url=f"{program.base_url}{API}", headers=headers)
            if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
        try:
            case.validate_response(response, checks=CHECKS, headers=headers)
        except FailureGroup as failures:
            found.extend(
                f"{operation.label}: {response.status_code}: {one}" for one in failures.exceptions
            )

    # Where nothing is sent, nothing can be wrong with it.
    may_be_wrong = operation.path_parameters or operation.query or operation.body
    for mode in MODES if may_be_wrong else MODES[:1]:
        strategy = operation.as_strategy(mode)
        settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(given(case=strategy)(send))()
    return found


def world(portal: Portal, who: str) -> tuple[dict[str, str], list[Program]]:
    """Ids of things there are, and programs that ask in turn: each may ask so often a minute."""
    if who == "nobody":
        return {}, [Program(portal.listens_at)]
    practice = add_practice(portal)
    client = add_client(practice)
    fill(practice, client)
    if who == "client":
        return client.ids, [client.program, *(enter_again(client) for _ in range(PROGRAMS))]
    return client.ids, [practice.token(list(Permission)) for _ in range(PROGRAMS)]


def enter_again(client: ApiClient) -> Program:
    """Another program of the client's."""
    base_url = client.program.base_url
    session = Program(base_url).post("/portal-sessions", {"link_token": client.link_token})
    return Program(base_url, session["bearer"])


@pytest.mark.parametrize(
    ("who", "examples"),
    [
        ("nobody", 3),
        ("client", 3),
        ("practitioner", 2),
        pytest.param("client", 20, marks=LONG),
        pytest.param("practitioner", 20, marks=LONG),
    ],
)
def test_whatever_is_sent_is_answered_as_documented(
    portal_in_one_process: Portal, who: str, examples: int
) -> None:
    ids, programs = world(portal_in_one_process, who)
    found = [
        fault
        for operation in operations(portal_in_one_process, BEARERS[who])
        for fault in try_out(
            operation, ids, programs, 1 if operation.label in ENDS_BEARERS else examples
        )
    ]
    assert found == []
