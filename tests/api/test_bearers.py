"""A bearer works until it ends, and so often a minute."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import update

from identity_links.domain.attribution import BY_ADMIN
from identity_links.domain.throttle import MINUTE, PARTS, Quota, throttle_key
from identity_links.operations import admin_acts
from identity_links.storage import api_tokens, tables, throttle
from portal_chassis.clock import Clock
from portal_contracts.permissions import Permission
from tests.kit.portal.api_practice import ApiClient, ApiPractice, identity_database
from tests.kit.portal.programs import Program

pytestmark = pytest.mark.timeout(240)

LIMIT = 300


def is_refused(program: Program, path: str) -> None:
    """The bearer is none any more, and how one asks with one is told."""
    answer = program.ask("GET", path)
    assert (answer.status, answer.code) == (401, "bearer_ended")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def hash_of(program: Program) -> str:
    return hashlib.sha256(str(program.bearer).encode()).hexdigest()


def test_a_revoked_token_is_refused_at_once(api_practice: ApiPractice) -> None:
    program = api_practice.token([Permission.CLIENTS_READ])
    program.get("/clients")
    with identity_database(api_practice.portal) as database, database.transaction() as tx:
        found = api_tokens.behind_bearer(tx, hash_of(program), Clock().now())
        assert found is not None
        admin_acts.revoke_token(tx, found.id, BY_ADMIN, now=Clock().now())
    is_refused(program, "/clients")


def test_an_expired_token_is_refused(api_practice: ApiPractice) -> None:
    program = api_practice.token([Permission.CLIENTS_READ])
    table = tables.api_token
    with identity_database(api_practice.portal) as database, database.transaction() as tx:
        tx.execute(
            update(table)
            .where(table.c.token_hash == hash_of(program))
            .values(expires_at=Clock().now() - timedelta(seconds=1))
        )
    is_refused(program, "/clients")


def test_a_client_leaves_and_her_bearer_is_refused(anna: ApiClient) -> None:
    assert anna.program.ask("DELETE", "/portal-sessions/current").status == 204
    is_refused(anna.program, "/portal")


def test_an_archived_client_s_bearer_is_refused(api_practice: ApiPractice, anna: ApiClient) -> None:
    path = f"/clients/{anna.ids['client_id']}"
    done = api_practice.program.ask("PATCH", path, {"status": "archived"})
    assert done.status == 200
    is_refused(anna.program, "/portal")


def test_beyond_its_requests_of_a_minute_a_bearer_waits(api_practice: ApiPractice) -> None:
    program = api_practice.token([Permission.CLIENTS_READ])
    with identity_database(api_practice.portal) as database, database.transaction() as tx:
        now = Clock().now()
        found = api_tokens.behind_bearer(tx, hash_of(program), now)
        assert found is not None
        key = throttle_key("bearer", str(found.id))
        for _ in range(LIMIT - 1):
            assert throttle.count_in_quota(tx, key, Quota(LIMIT, MINUTE), now).wait_seconds == 0
    last = program.ask("GET", "/clients")
    assert (last.status, last.headers["ratelimit-policy"]) == (
        200,
        f'"bearer";q={LIMIT};w={MINUTE}',
    )
    assert last.headers["ratelimit"].startswith('"bearer";r=0;')
    answer = program.ask("GET", "/clients")
    assert (answer.status, answer.code) == (429, "too_many_requests")
    assert 1 <= int(answer.headers["retry-after"]) <= MINUTE + MINUTE // PARTS
    api_practice.program.get("/clients")
