"""The health port of a service process: ``/live``, ``/ready``, ``/metrics``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from portal_chassis import metrics
from portal_chassis.database import revisions
from portal_chassis.database.master_key import Standing, standing
from portal_chassis.process.runtime import Runtime

Check = Callable[[], str]


def readiness(runtime: Runtime, migrations_package: str) -> dict[str, str]:
    """Dependency to ``ok`` or to what is missing, in words."""
    if runtime.waits_for_room:
        return {"database": "waits for room among its connections"}
    checks: dict[str, Check] = {
        "database": lambda: _database(runtime),
        "migrations": lambda: _migrations(runtime, migrations_package),
        "master_key": lambda: _master_key(runtime),
        "broker": lambda: _broker(runtime),
    }
    found: dict[str, str] = {}
    for name, check in checks.items():
        try:
            found[name] = check()
        except Exception as error:  # noqa: BLE001 - whatever it is, this process is not ready
            found[name] = f"does not answer ({type(error).__name__})"
    return found


def health_app(
    runtime: Runtime, migrations_package: str
) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """A WSGI app with the three pages."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/live":
            return _send(start_response, "200 OK", b'{"status": "live"}')
        if path == "/ready":
            found = readiness(runtime, migrations_package)
            ready = all(value == "ok" for value in found.values())
            body = {
                "service": runtime.service,
                "version": metrics.portal_version(),
                "tzdata": metrics.tzdata_version(),
                "checks": found,
            }
            status = "200 OK" if ready else "503 Service Unavailable"
            return _send(start_response, status, json.dumps(body).encode())
        if path == "/metrics":
            kind = "text/plain; version=0.0.4; charset=utf-8"
            return _send(start_response, "200 OK", metrics.exposition(), kind)
        return _send(start_response, "404 Not Found", b"{}")

    return app


def _send(
    start_response: Callable[..., Any], status: str, body: bytes, kind: str = "application/json"
) -> list[bytes]:
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


def _database(runtime: Runtime) -> str:
    runtime.database.ping()
    return "ok"


def _migrations(runtime: Runtime, package: str) -> str:
    with runtime.database.transaction() as tx:
        found = revisions.revision(tx)
    head = revisions.head(package)
    return "ok" if found == head else f"at {found}, needs {head}"


def _master_key(runtime: Runtime) -> str:
    if runtime.sealer is None:
        return "ok"
    with runtime.database.transaction() as tx:
        found = standing(tx, runtime.sealer)
    return {
        Standing.RIGHT: "ok",
        Standing.NEW: "not proven yet",
        Standing.WRONG: "not the one that the data were sealed with",
    }[found]


def _broker(runtime: Runtime) -> str:
    if not runtime.rpc.connected:
        return "the broker does not answer"
    return "ok" if runtime.consuming else "the queues are not consumed from"
