"""Bookable services, availability, and which times are free."""

from __future__ import annotations

from portal_chassis.authority.ownership import Practitioner
from portal_chassis.authority.seen import Seen
from portal_chassis.authority.who import by_practitioner, seen
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.calls import Nothing
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import availability as hours_contract
from portal_contracts.scheduling.rpc import choosing as choosing_contract
from portal_contracts.scheduling.rpc import free_times as free_times_contract
from portal_contracts.scheduling.rpc import holidays as holidays_contract
from portal_contracts.scheduling.rpc import offering as offering_contract
from portal_contracts.scheduling.rpc import services as contract
from portal_contracts.scheduling.rpc import stranded as stranded_contract
from scheduling.entry_points.checks import (
    chosen_clients_exist,
    chosen_practitioner,
    may_explain_time,
)
from scheduling.entry_points.wiring import Wiring
from scheduling.operations import (
    availability,
    bookable_services,
    choosing,
    free_times,
    holidays,
    refused_times,
    stranded,
)


class OfferingCalls(Wiring):
    """Bookable services, availability, and which times are free."""

    # --- bookable services, in the console ---------------------------------------

    @rpc(contract.LIST_SERVICES, who=chosen_practitioner(Permission.APPOINTMENTS_READ))
    def list_services(
        self,
        tx: Transaction,
        command: contract.ListServices,
        call: Call,
        practitioner: Practitioner,
    ) -> contract.Services:
        """A practitioner's bookable services."""
        return bookable_services.list_services(
            tx, practitioner, with_archived=command.with_archived
        )

    @rpc(contract.GET_SERVICE)
    def get_service(
        self, tx: Transaction, command: contract.GetService, call: Call
    ) -> contract.BookableService:
        """One bookable service."""
        return bookable_services.get_service(tx, command, call.actor)

    @rpc(
        contract.ADD_SERVICE,
        who=chosen_practitioner(Permission.SERVICES_WRITE),
        checks=[chosen_clients_exist],
    )
    def add_service(
        self, tx: Transaction, command: contract.AddService, call: Call, practitioner: Practitioner
    ) -> contract.ServiceChanged:
        """Add a bookable service."""
        return bookable_services.add_service(
            tx, command.fields, practitioner, call.actor, now=call.now
        )

    @rpc(
        contract.EDIT_SERVICE,
        checks=[by_practitioner(Permission.SERVICES_WRITE), chosen_clients_exist],
    )
    def edit_service(
        self, tx: Transaction, command: contract.EditService, call: Call
    ) -> contract.ServiceChanged:
        """Change a bookable service."""
        return bookable_services.edit_service(tx, command, call.actor, now=call.now)

    @rpc(contract.ARCHIVE_SERVICE)
    def archive_service(
        self, tx: Transaction, command: contract.ArchiveService, call: Call
    ) -> contract.ServiceChanged:
        """Take a bookable service out of the offer, or bring it back."""
        return bookable_services.archive_service(tx, command, call.actor, now=call.now)

    @rpc(contract.COPY_SERVICE)
    def copy_service(
        self, tx: Transaction, command: contract.CopyService, call: Call
    ) -> contract.ServiceChanged:
        """Copy a bookable service."""
        return bookable_services.copy_service(tx, command, call.actor, now=call.now)

    # --- availability, in the console --------------------------------------------

    @rpc(hours_contract.GET_AVAILABILITY, who=chosen_practitioner(Permission.APPOINTMENTS_READ))
    def get_availability(
        self,
        tx: Transaction,
        command: hours_contract.GetAvailability,
        call: Call,
        practitioner: Practitioner,
    ) -> hours_contract.StoredAvailability:
        """When a practitioner works."""
        return availability.get_availability(tx, practitioner, now=call.now)

    @rpc(hours_contract.SAVE_AVAILABILITY, who=chosen_practitioner(Permission.AVAILABILITY_WRITE))
    def save_availability(
        self,
        tx: Transaction,
        command: hours_contract.SaveAvailability,
        call: Call,
        practitioner: Practitioner,
    ) -> hours_contract.AvailabilityChanged:
        """Save when a practitioner works."""
        return availability.save_availability(tx, command, practitioner, now=call.now)

    @rpc(hours_contract.PREVIEW_TIMES, runs_in=RunsIn.SNAPSHOT)
    def preview_times(
        self, tx: Transaction, command: hours_contract.PreviewTimes, call: Call
    ) -> hours_contract.Times:
        """The next times clients would be offered."""
        return free_times.preview_times(tx, command, call.actor, now=call.now)

    @rpc(hours_contract.EXPLAIN_TIME, who=seen, checks=[may_explain_time], runs_in=RunsIn.SNAPSHOT)
    def explain_time(
        self, tx: Transaction, command: hours_contract.ExplainTime, call: Call, found: Seen
    ) -> hours_contract.Explanation:
        """Why a time is not offered."""
        return refused_times.explain_time(tx, command, found, now=call.now)

    @rpc(stranded_contract.LIST_STRANDED, who=seen, runs_in=RunsIn.SNAPSHOT)
    def list_stranded(
        self, tx: Transaction, command: stranded_contract.ListStranded, call: Call, found: Seen
    ) -> stranded_contract.StrandedAppointments:
        """Booked times that would lie outside of hours that are not saved yet."""
        return stranded.list_stranded(tx, command, found, now=call.now)

    @rpc(stranded_contract.LIST_STRANDED_BY_SERVICE, who=seen, runs_in=RunsIn.SNAPSHOT)
    def list_stranded_by_service(
        self,
        tx: Transaction,
        command: stranded_contract.ListStrandedByService,
        call: Call,
        found: Seen,
    ) -> stranded_contract.StrandedAppointments:
        """Booked times that would lie outside of a service's hours that are not saved yet."""
        return stranded.list_stranded_by_service(tx, command, found, now=call.now)

    @rpc(holidays_contract.LIST_HOLIDAYS, runs_in=RunsIn.NOTHING)
    def list_holidays(
        self, command: holidays_contract.ListHolidays, call: Call
    ) -> holidays_contract.PublicHolidays:
        """Public holidays, and where they are known."""
        return holidays.list_holidays(command, call.actor)

    # --- what is offered, and which times are free -------------------------------

    @rpc(offering_contract.LIST_OFFERED)
    def list_offered(
        self, tx: Transaction, _command: Nothing, call: Call
    ) -> offering_contract.OfferedServices:
        """What the client who asks may book."""
        return bookable_services.list_offered(tx, call.actor, now=call.now)

    @rpc(free_times_contract.LIST_FREE_TIMES, runs_in=RunsIn.SNAPSHOT)
    def list_free_times(
        self, tx: Transaction, command: free_times_contract.ListFreeTimes, call: Call
    ) -> free_times_contract.FreeTimes:
        """Free times of a service in a range of days."""
        return free_times.list_free_times(tx, command, call.actor, now=call.now)

    @rpc(choosing_contract.BROWSE_TIMES, runs_in=RunsIn.SNAPSHOT)
    def browse_times(
        self, tx: Transaction, command: choosing_contract.BrowseTimes, call: Call
    ) -> choosing_contract.BrowsedTimes:
        """A month of free times with the soonest and the usual one."""
        return choosing.browse_times(tx, command, call.actor, now=call.now)

    @rpc(free_times_contract.NEAREST_TIMES, runs_in=RunsIn.SNAPSHOT)
    def nearest_times(
        self, tx: Transaction, command: free_times_contract.NearestTimes, call: Call
    ) -> free_times_contract.NearestFreeTimes:
        """The free times nearest to one."""
        return free_times.nearest_times(tx, command, call.actor, now=call.now)
