"""Bookable services, availability, and which times are free."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portal_chassis.authority.ownership import Practitioner
from portal_chassis.authority.require_authority import require_authority
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_contracts.calls import Nothing
from portal_contracts.errors import Invalid, NotFound
from portal_contracts.identity_links.rpc.access import LIST_PRACTITIONERS
from portal_contracts.identity_links.rpc.clients import NAME_CLIENTS, NameClients
from portal_contracts.permissions import Permission, require_permission
from portal_contracts.scheduling.rpc import availability as hours_contract
from portal_contracts.scheduling.rpc import booking as booking_contract
from portal_contracts.scheduling.rpc import services as contract
from scheduling.domain.bookable_services import check_service_fields
from scheduling.operations import availability, bookable_services, free_times, refused_times
from scheduling.operations.chosen_practitioner import is_known, require_chosen_practitioner


class OfferingCalls:
    """Bookable services, availability, and which times are free."""

    database: Any
    rpc_client: Any

    # --- bookable services, in the console ---------------------------------------

    @rpc(contract.LIST_SERVICES)
    def list_services(self, command: contract.ListServices, call: Call) -> contract.Services:
        """A practitioner's bookable services."""
        practitioner = self._practitioner(
            call, command.practitioner_id, Permission.APPOINTMENTS_READ
        )
        with self.database.transaction() as tx:
            return bookable_services.list_services(
                tx, practitioner, with_archived=command.with_archived
            )

    @rpc(contract.GET_SERVICE)
    def get_service(self, command: contract.GetService, call: Call) -> contract.BookableService:
        """One bookable service."""
        with self.database.transaction() as tx:
            return bookable_services.get_service(tx, command, call.actor)

    @rpc(contract.ADD_SERVICE)
    def add_service(self, command: contract.AddService, call: Call) -> contract.ServiceChanged:
        """Add a bookable service."""
        practitioner = self._practitioner(call, command.practitioner_id, Permission.SERVICES_WRITE)
        self._check_chosen(command.fields, call)

        def add(tx: Transaction) -> contract.ServiceChanged:
            return bookable_services.add_service(tx, command.fields, practitioner, now=call.now)

        changed: contract.ServiceChanged = self.database.once(call, add)
        return changed

    @rpc(contract.EDIT_SERVICE)
    def edit_service(self, command: contract.EditService, call: Call) -> contract.ServiceChanged:
        """Change a bookable service."""
        require_permission(call.actor, Permission.SERVICES_WRITE)
        self._check_chosen(command.fields, call)

        def edit(tx: Transaction) -> contract.ServiceChanged:
            return bookable_services.edit_service(tx, command, call.actor, now=call.now)

        changed: contract.ServiceChanged = self.database.once(call, edit)
        return changed

    @rpc(contract.ARCHIVE_SERVICE)
    def archive_service(
        self, command: contract.ArchiveService, call: Call
    ) -> contract.ServiceChanged:
        """Take a bookable service out of the offer, or bring it back."""

        def archive(tx: Transaction) -> contract.ServiceChanged:
            return bookable_services.archive_service(tx, command, call.actor, now=call.now)

        changed: contract.ServiceChanged = self.database.once(call, archive)
        return changed

    @rpc(contract.COPY_SERVICE)
    def copy_service(self, command: contract.CopyService, call: Call) -> contract.ServiceChanged:
        """Copy a bookable service."""

        def copy(tx: Transaction) -> contract.ServiceChanged:
            return bookable_services.copy_service(tx, command, call.actor, now=call.now)

        changed: contract.ServiceChanged = self.database.once(call, copy)
        return changed

    # --- availability, in the console --------------------------------------------

    @rpc(hours_contract.GET_AVAILABILITY)
    def get_availability(
        self, command: hours_contract.GetAvailability, call: Call
    ) -> hours_contract.StoredAvailability:
        """When a practitioner works."""
        practitioner = self._practitioner(
            call, command.practitioner_id, Permission.APPOINTMENTS_READ
        )
        with self.database.transaction() as tx:
            return availability.get_availability(tx, practitioner)

    @rpc(hours_contract.SAVE_AVAILABILITY)
    def save_availability(
        self, command: hours_contract.SaveAvailability, call: Call
    ) -> hours_contract.AvailabilityChanged:
        """Save when a practitioner works."""
        practitioner = self._practitioner(
            call, command.practitioner_id, Permission.AVAILABILITY_WRITE
        )

        def save(tx: Transaction) -> hours_contract.AvailabilityChanged:
            return availability.save_availability(tx, command, practitioner, now=call.now)

        changed: hours_contract.AvailabilityChanged = self.database.once(call, save)
        return changed

    @rpc(hours_contract.PREVIEW_TIMES)
    def preview_times(
        self, command: hours_contract.PreviewTimes, call: Call
    ) -> hours_contract.Times:
        """The next times clients would be offered."""
        with self.database.transaction() as tx:
            return free_times.preview_times(tx, command, call.actor, now=call.now)

    @rpc(hours_contract.EXPLAIN_TIME)
    def explain_time(
        self, command: hours_contract.ExplainTime, call: Call
    ) -> hours_contract.Explanation:
        """Why a time is not offered."""
        require_permission(call.actor, Permission.APPOINTMENTS_READ)
        if command.client_id is not None:
            require_authority(
                self.rpc_client, call, command.client_id, Permission.APPOINTMENTS_READ
            )
        with self.database.transaction() as tx:
            return refused_times.explain_time(tx, command, call.actor, now=call.now)

    # --- what is offered, and which times are free -------------------------------

    @rpc(booking_contract.LIST_OFFERED)
    def list_offered(self, _command: Nothing, call: Call) -> booking_contract.OfferedServices:
        """What the client who asks may book."""
        with self.database.transaction() as tx:
            return bookable_services.list_offered(tx, call.actor)

    @rpc(booking_contract.LIST_FREE_TIMES)
    def list_free_times(
        self, command: booking_contract.ListFreeTimes, call: Call
    ) -> booking_contract.FreeTimes:
        """Free times of a service in a range of days."""
        with self.database.transaction() as tx:
            return free_times.list_free_times(tx, command, call.actor, now=call.now)

    @rpc(booking_contract.NEAREST_TIMES)
    def nearest_times(
        self, command: booking_contract.NearestTimes, call: Call
    ) -> booking_contract.NearestFreeTimes:
        """The free times nearest to one."""
        with self.database.transaction() as tx:
            return free_times.nearest_times(tx, command, call.actor, now=call.now)

    def _practitioner(
        self, call: Call, practitioner_id: UUID | None, permission: Permission
    ) -> Practitioner:
        """On whose things the actor may act; a colleague is known here, or to identity-links.

        Raises:
            Forbidden: ``not_allowed``.
            NotFound: ``practitioner_not_found``: none of the practice.
            Unavailable: identity-links does not answer.
        """
        practitioner = require_chosen_practitioner(call.actor, practitioner_id, permission)
        if practitioner.id == call.actor.id:
            return practitioner
        with self.database.transaction() as tx:
            if is_known(tx, practitioner):
                return practitioner
        # Whoever has neither hours nor a service yet is known to identity-links alone.
        listed = self.rpc_client.call(
            LIST_PRACTITIONERS, Nothing(), actor=call.actor, request_id=call.request_id
        )
        if all(card.id != practitioner.id for card in listed.items):
            raise NotFound("practitioner_not_found", "There is no such practitioner.")
        return practitioner

    def _check_chosen(self, fields: contract.ServiceFields, call: Call) -> None:
        """Refuse chosen clients who are none of the practice's; asked before the transaction.

        Raises:
            Invalid: ``service_fields``, also for whatever else is wrong with the fields.
            Unavailable: identity-links does not answer.
        """
        chosen = check_service_fields(fields).chosen_client_ids
        if not chosen:
            return
        named = self.rpc_client.call(
            NAME_CLIENTS,
            NameClients(client_ids=chosen),
            actor=call.actor,
            request_id=call.request_id,
        )
        if any(str(client_id) not in named.names for client_id in chosen):
            raise Invalid(
                "service_fields",
                "A chosen client is not of this practice.",
                fields={"chosen_client_ids": "unknown_client"},
            )
