"""Booked times that hours would leave outside: listed before they are saved."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import falcon

from gateway.console.client_names import names_of_clients
from gateway.console.overruled import mark_of
from gateway.web.request_context import context_of
from gateway.web.submitted import Submitted
from portal_contracts.calls import Method
from portal_contracts.scheduling.rpc.stranded import StrandedAppointments

STRANDS: Final = "strands_appointments"
"""The code of the refusal that asks for a word."""

ANYWAY: Final = "save-anyway"
"""The button that gives it."""


class StrandedRows(NamedTuple):
    """The first of them, their clients' names by id (as text), and how many there are.

    `found` is None where they cannot be listed right now; `mark` says of which hours they are.
    """

    found: StrandedAppointments | None
    names: dict[str, str]
    mark: str


def is_meant(form: Submitted, hours: Any) -> bool:
    """Whether these very hours are to be saved, whatever they strand; others are asked about."""
    return form.text("do") == ANYWAY and form.text("warned") == mark_of(hours)


def stranded_rows(
    req: falcon.Request, method: Method[Any, StrandedAppointments], command: Any, hours: Any
) -> StrandedRows:
    """What `hours` would strand, as the page lists it."""
    backend = context_of(req).backend
    found = backend.part(method, command).get()
    ids = [one.client_id for one in found.items] if found else []
    return StrandedRows(found, names_of_clients(backend, ids), mark_of(hours))
