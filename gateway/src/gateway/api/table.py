"""Every operation of the API, and the calls that are none."""

from __future__ import annotations

from typing import Final

from gateway.api import client_operations, entering_operations, portal_operations
from gateway.api.operations import Operation

OPERATIONS: Final[tuple[Operation, ...]] = (
    *entering_operations.OPERATIONS,
    *portal_operations.OPERATIONS,
    *client_operations.OPERATIONS,
)
"""In the order in which the document lists them."""
