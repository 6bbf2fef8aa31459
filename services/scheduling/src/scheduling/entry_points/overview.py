"""The portal's home, and the facts that mails are written from."""

from __future__ import annotations

from portal_chassis.authority.seen import Sight
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_contracts.calls import PortalOf
from portal_contracts.scheduling.rpc import overview as contract
from scheduling.entry_points.checks import sight_of_portal
from scheduling.entry_points.wiring import Wiring
from scheduling.operations import mail_facts, portal


class OverviewCalls(Wiring):
    """The portal's home, and the facts that mails are written from."""

    @rpc(contract.PORTAL_SCHEDULE, who=sight_of_portal)
    def portal_schedule(
        self, tx: Transaction, command: PortalOf, call: Call, sight: Sight
    ) -> contract.PortalSchedule:
        """What the portal's home shows of the calendar."""
        return portal.portal_schedule(tx, command, call.actor, self.sealer, sight, now=call.now)

    @rpc(contract.READ_APPOINTMENT_FACTS)
    def read_appointment_facts(
        self, tx: Transaction, command: contract.ReadAppointmentFacts, call: Call
    ) -> contract.AppointmentFacts:
        """What a mail about an appointment is written from."""
        return mail_facts.read_appointment_facts(tx, command, call.actor, now=call.now)

    @rpc(contract.READ_SUMMARY_FACTS)
    def read_summary_facts(
        self, tx: Transaction, command: contract.ReadSummaryFacts, call: Call
    ) -> contract.SummaryFacts:
        """What a mail about a summary is written from."""
        return mail_facts.read_summary_facts(tx, command, call.actor, now=call.now)
