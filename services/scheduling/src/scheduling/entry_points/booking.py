"""Clients hold, book, move, cancel and join."""

from __future__ import annotations

from datetime import timedelta

from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.process.jobs import job
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.calls import Done, Nothing
from portal_contracts.scheduling.rpc import booking as contract
from portal_contracts.scheduling.rpc import undoing
from portal_contracts.scheduling.rpc.appointments import UpcomingAppointment
from scheduling.entry_points.wiring import Wiring
from scheduling.operations import (
    cancelling,
    holds,
    joining,
    letting_go,
    moving,
    own_appointments,
)


class BookingCalls(Wiring):
    """Clients hold, book, move, cancel and join."""

    # --- holding and confirming --------------------------------------------------

    @rpc(contract.HOLD_TIME)
    def hold_time(self, tx: Transaction, command: contract.HoldTime, call: Call) -> contract.Held:
        """Keep a time for the client who asks."""
        return holds.hold_time(
            tx,
            command,
            call,
            hold_for=timedelta(seconds=self.settings.hold_seconds),
            now=call.now,
        )

    @rpc(contract.GET_HOLD)
    def get_hold(self, tx: Transaction, command: contract.GetHold, call: Call) -> contract.Hold:
        """One's own hold."""
        return holds.get_hold(tx, command.hold_id, call.actor, now=call.now)

    @rpc(contract.RELEASE_HOLD)
    def release_hold(self, tx: Transaction, command: contract.GetHold, call: Call) -> Done:
        """Give a held time back."""
        return holds.release_hold(tx, command.hold_id, call, now=call.now)

    @rpc(contract.CONFIRM_HOLD)
    def confirm_hold(
        self, tx: Transaction, command: contract.ConfirmHold, call: Call
    ) -> contract.Booked:
        """Book the held time."""
        return holds.confirm_hold(tx, command, call, self.sealer, now=call.now)

    @job(every_seconds=30)
    def expire_holds(self) -> int:
        """Let go of holds whose time is over; those who write to a calendar do it themselves."""
        with self.database.transaction() as tx:
            return letting_go.expire_holds(tx, now=self.clock.now())

    @job(every_seconds=30)
    def expire_requests(self) -> int:
        """Expire what nobody answered in time; once, however many replicas look."""
        now = self.clock.now()
        with self.database.autocommit() as tx:
            late = letting_go.late_practitioners(tx, now=now)
        for practitioner_id in late:
            with self.database.transaction() as tx:
                letting_go.expire_requests(tx, practitioner_id, now=now)
        return len(late)

    # --- one's own appointments ----------------------------------------------------

    @rpc(contract.LIST_OWN_APPOINTMENTS)
    def list_own_appointments(
        self, tx: Transaction, _command: Nothing, call: Call
    ) -> contract.OwnAppointments:
        """The appointments of the client who asks."""
        return own_appointments.list_own_appointments(tx, call.actor, self.sealer, now=call.now)

    @rpc(contract.GET_OWN_APPOINTMENT)
    def get_own_appointment(
        self, tx: Transaction, command: contract.GetOwnAppointment, call: Call
    ) -> UpcomingAppointment:
        """One appointment of the client who asks."""
        return own_appointments.get_own_appointment(
            tx, command.appointment_id, call.actor, self.sealer, now=call.now
        )

    @rpc(contract.MOVE_OWN_APPOINTMENT)
    def move_own_appointment(
        self, tx: Transaction, command: contract.MoveOwnAppointment, call: Call
    ) -> contract.Moved:
        """Move one's appointment."""
        return moving.move_own_appointment(tx, command, call, now=call.now)

    @rpc(undoing.UNDO_OWN_MOVE)
    def undo_own_move(
        self, tx: Transaction, command: undoing.UndoOwnMove, call: Call
    ) -> contract.Moved:
        """Move one's appointment back to where it was."""
        return moving.undo_own_move(tx, command, call, now=call.now)

    @rpc(contract.CANCEL_OWN_APPOINTMENT)
    def cancel_own_appointment(
        self, tx: Transaction, command: contract.CancelOwnAppointment, call: Call
    ) -> contract.Cancelled:
        """Cancel one's appointment."""
        return cancelling.cancel_own_appointment(tx, command, call, self.sealer, now=call.now)

    @rpc(contract.OPEN_MEETING, runs_in=RunsIn.TRANSACTION)
    def open_meeting(
        self, tx: Transaction, command: contract.OpenMeeting, call: Call
    ) -> contract.Meeting:
        """Where the meeting is."""
        return joining.open_meeting(tx, command, call, now=call.now)
