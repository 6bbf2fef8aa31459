"""Programs before the API."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import falcon.testing
import msgspec
import pytest

from gateway.web.tokens import new_secret, sha256
from portal_contracts.errors import NotFound
from portal_contracts.identity_links.rpc.api_tokens import Bearer
from portal_contracts.permissions import Permission
from tests.kit.gateway.state import FakeClient, FakePractitioner

RESOLVE = "identity_links.resolve_bearer"


@dataclass
class Program:
    """A program that asks the API, with its bearer or without."""

    app: Any
    bearer: str | None = None
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, http: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request; `body` is JSON unless it is bytes; ``if_match`` becomes ``If-Match``."""
        sent = {name.replace("_", "-").title(): value for name, value in headers.items()}
        if self.bearer is not None:
            sent.setdefault("Authorization", f"Bearer {self.bearer}")
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        path, _, query = path.partition("?")
        return falcon.testing.TestClient(self.app).simulate_request(
            http,
            f"/api/v1{path}",
            query_string=query,
            body=body,
            headers=sent,
            cookies=self.cookies,
        )


@dataclass
class Bearers:
    """Who is behind which bearer, and programs that have one."""

    house: Any
    known: dict[str, Bearer] = field(default_factory=dict)

    def resolve(self, arguments: Any, _actor: Any) -> Bearer:
        """As identity-links answers."""
        if arguments.bearer_hash not in self.known:
            raise NotFound("bearer_ended")
        return self.known[arguments.bearer_hash]

    def program(self, person: FakeClient | FakePractitioner, *scopes: Permission) -> Program:
        """A program of a practitioner with these scopes (none: all), or of a client."""
        is_client = isinstance(person, FakeClient)
        bearer = ("lk_portal_" if is_client else "lk_api_") + new_secret()
        actor = person.actor
        if not is_client:
            actor = msgspec.structs.replace(actor, scopes=tuple(scopes or Permission))
        card = person.practice.card
        self.known[sha256(bearer)] = Bearer(
            actor=actor, id=uuid4(), practice=card, language="en", timezone="Europe/Berlin"
        )
        return Program(self.house.app, bearer)


@pytest.fixture
def bearers(house) -> Bearers:
    made = Bearers(house)
    house.services.answers[RESOLVE] = made.resolve
    return made


@pytest.fixture
def doctor(house, bearers) -> Program:
    return bearers.program(house.doctor)


@pytest.fixture
def anna(house, bearers) -> Program:
    return bearers.program(house.anna)


@pytest.fixture
def stranger(house, bearers) -> Program:
    return Program(house.app)


@pytest.fixture
def unknown_id() -> UUID:
    return uuid4()
