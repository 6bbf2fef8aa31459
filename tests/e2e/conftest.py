"""Fixtures of the journeys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.kit.portal.journeys import Journey, begin_journey
from tests.kit.portal.portals import Portal


@pytest.fixture
def new_journey(portal: Portal) -> Callable[..., Journey]:
    """``new_journey("Ida")``: a client who has entered by the link that was shared."""
    return partial(begin_journey, portal)
