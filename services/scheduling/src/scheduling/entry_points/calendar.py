"""The practitioner's calendar."""

from __future__ import annotations

from portal_chassis.authority.ownership import Client
from portal_chassis.authority.seen import Seen, Sight
from portal_chassis.authority.who import about_client, seen
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.calls import Nothing
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import calendar as contract
from portal_contracts.scheduling.rpc import handing_over as handing_over_contract
from portal_contracts.scheduling.rpc.booking import Booked, Cancelled, Moved
from scheduling.entry_points.checks import about_client_of_appointment, sight_of_appointment
from scheduling.entry_points.wiring import Wiring
from scheduling.operations import booking, calendar, cancelling, handing_over, meetings, moving


class CalendarCalls(Wiring):
    """The practitioner's calendar."""

    @rpc(contract.LIST_CALENDAR, who=seen)
    def list_calendar(
        self, tx: Transaction, command: contract.ListCalendar, call: Call, found: Seen
    ) -> contract.Calendar:
        """A practitioner's appointments in a stretch."""
        return calendar.list_calendar(tx, command, found, now=call.now)

    @rpc(contract.LIST_CLIENT_APPOINTMENTS, checks=[about_client(Permission.APPOINTMENTS_READ)])
    def list_client_appointments(
        self, tx: Transaction, command: contract.ListClientAppointments, call: Call
    ) -> contract.ClientAppointments:
        """The appointments of one client."""
        return calendar.list_client_appointments(tx, command, call.actor, now=call.now)

    @rpc(contract.LIST_CLIENT_TIMES, who=seen)
    def list_client_times(
        self, tx: Transaction, command: contract.ListClientTimes, call: Call, found: Seen
    ) -> contract.ClientTimes:
        """When some clients come next and came last."""
        return calendar.list_client_times(tx, command, found, now=call.now)

    @rpc(contract.LIST_MEETINGS)
    def list_meetings(
        self, tx: Transaction, command: contract.ListMeetings, call: Call
    ) -> contract.Meetings:
        """Which clients meet, or met, which practitioners."""
        return meetings.list_meetings(tx, command, call.actor)

    @rpc(
        contract.GET_APPOINTMENT,
        who=sight_of_appointment(Permission.APPOINTMENTS_READ),
        runs_in=RunsIn.TRANSACTION,
    )
    def get_appointment(
        self, tx: Transaction, command: contract.GetAppointment, call: Call, sight: Sight
    ) -> contract.AppointmentDetails:
        """One appointment's details."""
        return calendar.get_appointment(tx, command, call, self.sealer, sight, now=call.now)

    @rpc(contract.BOOK_FOR_CLIENT, who=about_client(Permission.APPOINTMENTS_WRITE))
    def book_for_client(
        self, tx: Transaction, command: contract.BookForClient, call: Call, client: Client
    ) -> Booked:
        """Book for a client."""
        return booking.book_for_client(
            tx, command, call, self.sealer, active=client.active, now=call.now
        )

    @rpc(
        contract.MOVE_FOR_CLIENT,
        checks=[about_client_of_appointment(Permission.APPOINTMENTS_WRITE)],
    )
    def move_for_client(
        self, tx: Transaction, command: contract.MoveForClient, call: Call
    ) -> Moved:
        """Move a client's appointment."""
        return moving.move_for_client(tx, command, call, now=call.now)

    @rpc(
        contract.CANCEL_FOR_CLIENT,
        checks=[about_client_of_appointment(Permission.APPOINTMENTS_WRITE)],
    )
    def cancel_for_client(
        self, tx: Transaction, command: contract.CancelForClient, call: Call
    ) -> Cancelled:
        """Cancel a client's appointment."""
        return cancelling.cancel_for_client(tx, command, call, self.sealer, now=call.now)

    @rpc(handing_over_contract.COUNT_TO_COME)
    def count_to_come(
        self, tx: Transaction, _command: Nothing, call: Call
    ) -> handing_over_contract.AllToCome:
        """How many appointments to come each practitioner has."""
        return handing_over.count_to_come(tx, call.actor, now=call.now)

    @rpc(handing_over_contract.REVIEW_HAND_OVER)
    def review_hand_over(
        self, tx: Transaction, command: handing_over_contract.ReviewHandOver, call: Call
    ) -> handing_over_contract.HandOverReview:
        """What would be handed over, and what is in the way."""
        return handing_over.review_hand_over(tx, command, call.actor, now=call.now)
