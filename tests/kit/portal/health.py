"""Waiting until a portal under test is whole again."""

from __future__ import annotations

from http import HTTPStatus

from tests.kit.portal.portals import Portal
from tests.kit.waiting import eventually

RECOVERY_SECONDS = 40


def is_healthy(portal: Portal) -> bool:
    """Whether every part of the portal answers; nobody at its port is no."""
    try:
        return portal.visitor().request("GET", "/health/ready").status == HTTPStatus.OK
    except OSError:
        return False


def wait_until_healthy(portal: Portal) -> None:
    """Wait until every part of the portal answers again.

    Raises:
        AssertionError: it did not within `RECOVERY_SECONDS`.
    """
    eventually(lambda: is_healthy(portal), within=RECOVERY_SECONDS)
