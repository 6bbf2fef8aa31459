"""A program that speaks to the API: a bearer, JSON, and nothing of a browser."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

API = "/api/v1"
TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Answer:
    """What the API answered; header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a problem document."""
        return str(self.json["code"])


class Program:
    """One program.

    Args:
        base_url: of the portal.
        bearer: what it sends in the Authorization header; None: nothing.
    """

    def __init__(self, base_url: str, bearer: str | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self.bearer = bearer

    def ask(
        self, method: str, path: str, content: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request; `path` is below ``/api/v1``, `content` goes as JSON."""
        sent = dict(headers or {})
        if self.bearer is not None:
            sent.setdefault("Authorization", f"Bearer {self.bearer}")
        body = None
        if content is not None:
            body = json.dumps(content).encode()
            sent.setdefault("Content-Type", "application/json")
        base = urlsplit(self.base_url)
        connection = http.client.HTTPConnection(
            base.hostname or "", base.port or 80, timeout=TIMEOUT_SECONDS
        )
        try:
            connection.request(method, API + path, body=body, headers=sent)
            reply = connection.getresponse()
            received = {name.lower(): value for name, value in reply.getheaders()}
            return Answer(reply.status, received, reply.read())
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        """What there is, which there has to be."""
        return self._done("GET", path).json

    def post(self, path: str, content: Any = None) -> Any:
        """What came of it, which there has to be."""
        return self._done("POST", path, content).json

    def change(self, method: str, path: str, content: Any, *, version: int) -> Any:
        """What came of a change of that version, or None without content."""
        answer = self._done(method, path, content, {"If-Match": f'"{version}"'})
        return answer.json if answer.body else None

    def _done(self, method: str, path: str, *more: Any) -> Answer:
        answer = self.ask(method, path, *more)
        assert 200 <= answer.status < 300, f"{method} {path}: {answer.status} {answer.body!r}"
        return answer
