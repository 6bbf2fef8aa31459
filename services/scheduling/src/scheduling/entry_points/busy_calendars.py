"""Calendars that practitioners keep elsewhere."""

from __future__ import annotations

from portal_chassis.authority.ownership import Practitioner
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction, after_commit
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.calls import Done
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import busy_calendars as contract
from scheduling.entry_points.checks import chosen_practitioner
from scheduling.entry_points.wiring import Wiring
from scheduling.operations import busy_calendars

_JOB = "read_busy_calendars"


class BusyCalendarCalls(Wiring):
    """Calendars that practitioners keep elsewhere."""

    @rpc(contract.LIST_BUSY_CALENDARS, who=chosen_practitioner(Permission.AVAILABILITY_WRITE))
    def list_busy_calendars(
        self,
        tx: Transaction,
        _command: contract.ListBusyCalendars,
        _call: Call,
        practitioner: Practitioner,
    ) -> contract.BusyCalendars:
        """A practitioner's calendars, and how reading them goes."""
        return busy_calendars.list_calendars(tx, practitioner)

    @rpc(contract.GET_BUSY_CALENDAR)
    def get_busy_calendar(
        self, tx: Transaction, command: contract.GetBusyCalendar, call: Call
    ) -> contract.BusyCalendar:
        """One calendar, and how reading it goes."""
        return busy_calendars.get_calendar(tx, command, call.actor)

    @rpc(
        contract.ADD_BUSY_CALENDAR,
        who=chosen_practitioner(Permission.AVAILABILITY_WRITE),
        runs_in=RunsIn.TRANSACTION,
    )
    def add_busy_calendar(
        self,
        tx: Transaction,
        command: contract.AddBusyCalendar,
        call: Call,
        practitioner: Practitioner,
    ) -> contract.BusyCalendarAdded:
        """Have a calendar read from now on."""
        after_commit(tx, lambda: self.jobs.wake(_JOB))
        return busy_calendars.add_calendar(
            tx, command, practitioner, call, self.sealer, self.settings.calendar_reach
        )

    @rpc(contract.FETCH_BUSY_CALENDAR)
    def fetch_busy_calendar(
        self, tx: Transaction, command: contract.FetchBusyCalendar, call: Call
    ) -> Done:
        """Read a calendar soon."""
        after_commit(tx, lambda: self.jobs.wake(_JOB))
        return busy_calendars.ask_for_reading(tx, command, call)

    @rpc(contract.REMOVE_BUSY_CALENDAR)
    def remove_busy_calendar(
        self, tx: Transaction, command: contract.RemoveBusyCalendar, call: Call
    ) -> Done:
        """Read a calendar no more, and forget it."""
        return busy_calendars.remove_calendar(tx, command, call)
