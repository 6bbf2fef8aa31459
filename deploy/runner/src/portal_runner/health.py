"""Asking a process of this machine whether it is ready."""

from __future__ import annotations

import http.client
import json
from http import HTTPStatus
from typing import Any

TIMEOUT_SECONDS = 5


def is_ready(host: str, port: int, path: str) -> bool:
    """Whether ``path`` answers 200."""
    return ask(host, port, path)[0] == HTTPStatus.OK


def ask(host: str, port: int, path: str) -> tuple[int, dict[str, Any]]:
    """Status and decoded body of ``path``; status 0 when nobody answers."""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        body = json.loads(reply.read() or b"{}")
        return reply.status, body if isinstance(body, dict) else {}
    except (OSError, ValueError, http.client.HTTPException):
        return 0, {}
    finally:
        connection.close()
