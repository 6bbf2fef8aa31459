"""The practitioner's calendar."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portal_chassis.authority.require_authority import require_authority
from portal_chassis.call import Call
from portal_chassis.rpc.entry_point import rpc
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import calendar as contract
from portal_contracts.scheduling.rpc.booking import Booked, Cancelled, Moved
from scheduling.operations import booking, calendar, cancelling, moving


class CalendarCalls:
    """The practitioner's calendar."""

    database: Any
    rpc_client: Any
    sealer: Any

    @rpc(contract.LIST_CALENDAR)
    def list_calendar(self, command: contract.ListCalendar, call: Call) -> contract.Calendar:
        """A practitioner's appointments in a stretch."""
        with self.database.transaction() as tx:
            return calendar.list_calendar(tx, command, call.actor)

    @rpc(contract.LIST_CLIENT_APPOINTMENTS)
    def list_client_appointments(
        self, command: contract.ListClientAppointments, call: Call
    ) -> contract.ClientAppointments:
        """The appointments of one client."""
        require_authority(self.rpc_client, call, command.client_id, Permission.APPOINTMENTS_READ)
        with self.database.transaction() as tx:
            return calendar.list_client_appointments(tx, command, call.actor, now=call.now)

    @rpc(contract.GET_APPOINTMENT)
    def get_appointment(
        self, command: contract.GetAppointment, call: Call
    ) -> contract.AppointmentDetails:
        """One appointment's details."""
        with self.database.transaction() as tx:
            return calendar.get_appointment(tx, command, call, self.sealer, now=call.now)

    @rpc(contract.BOOK_FOR_CLIENT)
    def book_for_client(self, command: contract.BookForClient, call: Call) -> Booked:
        """Book for a client."""
        authority = require_authority(
            self.rpc_client, call, command.client_id, Permission.APPOINTMENTS_WRITE
        )
        booked: Booked = self.database.once(
            call,
            lambda tx: booking.book_for_client(
                tx, command, call, active=authority.active, now=call.now
            ),
        )
        return booked

    @rpc(contract.MOVE_FOR_CLIENT)
    def move_for_client(self, command: contract.MoveForClient, call: Call) -> Moved:
        """Move a client's appointment."""
        self._require_write(command.appointment_id, call)
        moved: Moved = self.database.once(
            call, lambda tx: moving.move_for_client(tx, command, call, now=call.now)
        )
        return moved

    @rpc(contract.CANCEL_FOR_CLIENT)
    def cancel_for_client(self, command: contract.CancelForClient, call: Call) -> Cancelled:
        """Cancel a client's appointment."""
        self._require_write(command.appointment_id, call)
        cancelled: Cancelled = self.database.once(
            call,
            lambda tx: cancelling.cancel_for_client(tx, command, call, self.sealer, now=call.now),
        )
        return cancelled

    def _require_write(self, appointment_id: UUID, call: Call) -> None:
        with self.database.transaction() as tx:
            client_id = calendar.client_of(tx, appointment_id, call.actor)
        require_authority(self.rpc_client, call, client_id, Permission.APPOINTMENTS_WRITE)
