"""Booked times that hours would leave outside: listed before they are saved."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import falcon

from gateway.console.client_names import names_of_clients
from gateway.web.request_context import context_of
from portal_contracts.calls import Method
from portal_contracts.scheduling.rpc.stranded import StrandedAppointments

STRANDS: Final = "strands_appointments"
"""The code of the refusal that asks for a word."""

ANYWAY: Final = "save-anyway"
"""The button that gives it."""


class StrandedRows(NamedTuple):
    """The first of them, their clients' names by id (as text), and how many there are.

    `found` is None where they cannot be listed right now.
    """

    found: StrandedAppointments | None
    names: dict[str, str]


def stranded_rows(
    req: falcon.Request, method: Method[Any, StrandedAppointments], command: Any
) -> StrandedRows:
    """What would be stranded, as the page lists it."""
    backend = context_of(req).backend
    found = backend.part(method, command).get()
    ids = [one.client_id for one in found.items] if found else []
    return StrandedRows(found, names_of_clients(backend, ids))
