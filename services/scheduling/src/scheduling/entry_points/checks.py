"""What must hold before a call begins, and on whose things it acts: mostly others' answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from portal_chassis.authority.ownership import Client, Practitioner
from portal_chassis.authority.require_authority import require_authority
from portal_chassis.authority.seen import FindClient, Sight, require_client_of, require_sight
from portal_chassis.call import Call
from portal_contracts.actor import ActorKind
from portal_contracts.calls import Nothing, PortalOf
from portal_contracts.changes import held
from portal_contracts.errors import Invalid, NotFound
from portal_contracts.identity_links.rpc.access import LIST_PRACTITIONERS
from portal_contracts.identity_links.rpc.clients import NAME_CLIENTS, NameClients
from portal_contracts.permissions import Permission, require_permission
from portal_contracts.scheduling.rpc.availability import ExplainTime
from portal_contracts.scheduling.rpc.services import MOST_CHOSEN_CLIENTS, AddService, EditService
from scheduling.entry_points.wiring import Wiring
from scheduling.operations.calendar import client_of
from scheduling.operations.chosen_practitioner import is_known, require_chosen_practitioner
from scheduling.operations.own_appointments import appointment_not_found
from scheduling.operations.portal import client_of_portal
from scheduling.operations.sessions import client_of_session, session_not_found


class NamesPractitioner(Protocol):
    """Arguments that may name a practitioner."""

    @property
    def practitioner_id(self) -> UUID | None:
        """The practitioner's id; None is whoever asks."""


class NamesAppointment(Protocol):
    """Arguments that name an appointment."""

    @property
    def appointment_id(self) -> UUID:
        """The appointment's id."""


class NamesSession(Protocol):
    """Arguments that name a session."""

    @property
    def session_id(self) -> UUID:
        """The session's id."""


def chosen_practitioner(
    permission: Permission,
) -> Callable[[Wiring, NamesPractitioner, Call], Practitioner]:
    """Finds on whose things the actor acts; a colleague is known here, or to identity-links.

    It raises ``Forbidden("not_allowed")``, ``NotFound("practitioner_not_found")``
    for none of the practice's, and `Unavailable` when identity-links does not answer.
    """

    def find(service: Wiring, command: NamesPractitioner, call: Call) -> Practitioner:
        practitioner = require_chosen_practitioner(call.actor, command.practitioner_id, permission)
        if practitioner.id == call.actor.id:
            return practitioner
        with service.database.autocommit() as tx:
            if is_known(tx, practitioner):
                return practitioner
        # Whoever has neither hours nor a service yet is known to identity-links alone.
        listed = service.rpc_client.call(
            LIST_PRACTITIONERS, Nothing(), actor=call.actor, request_id=call.request_id
        )
        if all(card.id != practitioner.id for card in listed.items):
            raise NotFound("practitioner_not_found", "There is no such practitioner.")
        return practitioner

    return find


def about_client_of_appointment(
    permission: Permission,
) -> Callable[[Wiring, NamesAppointment, Call], Client]:
    """Finds the client of an appointment; see `client_of` and `require_client_of`."""

    def find(service: Wiring, command: NamesAppointment, call: Call) -> Client:
        find_client = _client_of_appointment(service, command, call, permission)
        return require_client_of(
            service.rpc_client, call, find_client, permission, appointment_not_found
        )

    return find


def sight_of_appointment(
    permission: Permission,
) -> Callable[[Wiring, NamesAppointment, Call], Sight]:
    """Finds how much the actor sees of an appointment's client; see `require_sight`."""

    def find(service: Wiring, command: NamesAppointment, call: Call) -> Sight:
        find_client = _client_of_appointment(service, command, call, permission)
        return require_sight(
            service.rpc_client, call, find_client, permission, appointment_not_found
        )

    return find


def about_client_of_session(
    permission: Permission,
) -> Callable[[Wiring, NamesSession, Call], Client]:
    """Finds the client of a session; see `client_of_session` and `require_client_of`."""

    def find(service: Wiring, command: NamesSession, call: Call) -> Client:
        find_client = _client_of_session(service, command, call, permission)
        return require_client_of(
            service.rpc_client, call, find_client, permission, session_not_found
        )

    return find


def sight_of_session(permission: Permission) -> Callable[[Wiring, NamesSession, Call], Sight]:
    """Finds how much the actor sees of a session's client; see `require_sight`."""

    def find(service: Wiring, command: NamesSession, call: Call) -> Sight:
        find_client = _client_of_session(service, command, call, permission)
        return require_sight(service.rpc_client, call, find_client, permission, session_not_found)

    return find


def chosen_clients_exist(service: Wiring, command: AddService | EditService, call: Call) -> None:
    """Refuse chosen clients who are none of the practice's.

    Raises:
        Invalid: ``service_fields``.
        Unavailable: identity-links does not answer.
    """
    chosen = held(command.fields).get("chosen_client_ids", [])
    if not 0 < len(chosen) <= MOST_CHOSEN_CLIENTS:  # too many are refused with the other fields
        return
    named = service.rpc_client.call(
        NAME_CLIENTS, NameClients(client_ids=chosen), actor=call.actor, request_id=call.request_id
    )
    if any(str(client_id) not in named.names for client_id in chosen):
        raise Invalid(
            "service_fields",
            "A chosen client is not of this practice.",
            fields={"chosen_client_ids": "unknown_client"},
        )


def may_explain_time(service: Wiring, command: ExplainTime, call: Call) -> None:
    """Refuse whoever may not read the calendar, or not that of the client who is named.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``: the client is none of the practice's.
        Unavailable: identity-links does not answer.
    """
    require_permission(call.actor, Permission.APPOINTMENTS_READ)
    if command.client_id is not None:
        require_authority(service.rpc_client, call, command.client_id, Permission.APPOINTMENTS_READ)


def sight_of_portal(service: Wiring, command: PortalOf, call: Call) -> Sight:
    """How much is shown of a portal: all to its client, and to a practitioner as of the client.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
        Unavailable: identity-links does not answer.
    """
    client = client_of_portal(command, call.actor)
    if call.actor.kind is not ActorKind.PRACTITIONER:
        return Sight()
    client = require_authority(service.rpc_client, call, client.id, Permission.CLIENTS_READ)
    return Sight(clinical=client.clinical, emergency=client.emergency)


def _client_of_appointment(
    service: Wiring, command: NamesAppointment, call: Call, permission: Permission
) -> FindClient:
    def find() -> UUID | None:
        with service.database.autocommit() as tx:
            return client_of(tx, command.appointment_id, call.actor, permission)

    return find


def _client_of_session(
    service: Wiring, command: NamesSession, call: Call, permission: Permission
) -> FindClient:
    def find() -> UUID | None:
        with service.database.autocommit() as tx:
            return client_of_session(tx, command.session_id, call.actor, permission, now=call.now)

    return find
