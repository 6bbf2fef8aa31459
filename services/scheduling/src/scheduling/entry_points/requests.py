"""Requests that wait for an answer, what is undone, and how much one client may book."""

from __future__ import annotations

from portal_chassis.authority.seen import Seen
from portal_chassis.authority.who import seen
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_contracts.calls import Nothing
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import limits as limits_contract
from portal_contracts.scheduling.rpc import requests as contract
from portal_contracts.scheduling.rpc import undone as undone_contract
from portal_contracts.scheduling.rpc.booking import Booked
from scheduling.entry_points.checks import about_client_of_appointment
from scheduling.entry_points.wiring import Wiring
from scheduling.operations import booking_limits, requests, undone


class RequestCalls(Wiring):
    """Requests that wait for an answer, what is undone, and how much one client may book."""

    @rpc(contract.LIST_REQUESTED_APPOINTMENTS, who=seen)
    def list_requested_appointments(
        self,
        tx: Transaction,
        command: contract.ListRequestedAppointments,
        call: Call,
        found: Seen,
    ) -> contract.RequestedAppointments:
        """The requests that wait for a practitioner's answer."""
        return requests.list_requested(tx, command, found, now=call.now)

    @rpc(undone_contract.LIST_UNDONE, who=seen)
    def list_undone(
        self, tx: Transaction, command: undone_contract.ListUndone, call: Call, found: Seen
    ) -> undone_contract.Undone:
        """The sessions to write up, and the requests that expired, of the last days."""
        return undone.list_undone(tx, command, found, now=call.now)

    @rpc(
        contract.APPROVE_APPOINTMENT,
        checks=[about_client_of_appointment(Permission.APPOINTMENTS_WRITE)],
    )
    def approve_appointment(
        self, tx: Transaction, command: contract.AnswerRequest, call: Call
    ) -> Booked:
        """Approve a request."""
        return requests.approve_appointment(tx, command, call, self.sealer, now=call.now)

    @rpc(
        contract.DECLINE_APPOINTMENT,
        checks=[about_client_of_appointment(Permission.APPOINTMENTS_WRITE)],
    )
    def decline_appointment(
        self, tx: Transaction, command: contract.AnswerRequest, call: Call
    ) -> contract.RequestAnswered:
        """Decline a request."""
        return requests.decline_appointment(tx, command, call, self.sealer, now=call.now)

    @rpc(limits_contract.READ_BOOKING_LIMITS)
    def read_booking_limits(
        self, tx: Transaction, _command: Nothing, call: Call
    ) -> limits_contract.StoredBookingLimits:
        """How much one client may book by the portal."""
        return booking_limits.read_limits(tx, call.actor)

    @rpc(limits_contract.EDIT_BOOKING_LIMITS)
    def edit_booking_limits(
        self, tx: Transaction, command: limits_contract.EditBookingLimits, call: Call
    ) -> limits_contract.BookingLimitsChanged:
        """Change how much one client may book."""
        return booking_limits.edit_limits(tx, command, call.actor, now=call.now)
