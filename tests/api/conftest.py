"""A practice of its own in the running portal, for programs that speak to the API."""

from __future__ import annotations

import pytest

from tests.kit.portal.api_practice import ApiClient, ApiPractice, add_client, add_practice
from tests.kit.portal.portals import Portal


@pytest.fixture(scope="session")
def api_practice(portal_in_one_process: Portal) -> ApiPractice:
    """A practice whose practitioner has a program that may do everything."""
    return add_practice(portal_in_one_process)


@pytest.fixture
def anna(api_practice: ApiPractice) -> ApiClient:
    """A new client of that practice, with a program of their own."""
    return add_client(api_practice, "Anna")
