"""Scenarios by subject, each in a function that reads like what happens.

What one is given (`tests.kit.contract.world.Scene`) are the same people, links
and devices on both sides.
"""

from tests.contract.scenarios import (  # noqa: F401 - each declares its scenarios
    accounts,
    addresses,
    authority,
    bearers,
    builder,
    calls,
    caseloads,
    clients,
    devices,
    entering,
    forms,
    links,
    mails,
    nothing_there,
    practice,
    schedule,
)
from tests.kit.contract.scenario import SCENARIOS

__all__ = ["SCENARIOS"]
