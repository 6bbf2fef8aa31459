"""The portal's home, and the facts that mails are written from."""

from __future__ import annotations

from typing import Any

from portal_chassis.authority.require_authority import require_authority
from portal_chassis.call import Call
from portal_chassis.rpc.entry_point import rpc
from portal_contracts.actor import ActorKind
from portal_contracts.calls import PortalOf
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import overview as contract
from scheduling.operations import mail_facts, portal


class OverviewCalls:
    """The portal's home, and the facts that mails are written from."""

    database: Any
    sealer: Any
    rpc_client: Any

    @rpc(contract.PORTAL_SCHEDULE)
    def portal_schedule(self, command: PortalOf, call: Call) -> contract.PortalSchedule:
        """What the portal's home shows of the calendar."""
        client = portal.client_of_portal(command, call.actor)
        if call.actor.kind is ActorKind.PRACTITIONER:
            require_authority(self.rpc_client, call, client.id, Permission.CLIENTS_READ)
        with self.database.autocommit() as tx:
            return portal.portal_schedule(tx, command, call.actor, self.sealer, now=call.now)

    @rpc(contract.READ_APPOINTMENT_FACTS)
    def read_appointment_facts(
        self, command: contract.ReadAppointmentFacts, call: Call
    ) -> contract.AppointmentFacts:
        """What a mail about an appointment is written from."""
        with self.database.autocommit() as tx:
            return mail_facts.read_appointment_facts(tx, command, call.actor)

    @rpc(contract.READ_SUMMARY_FACTS)
    def read_summary_facts(
        self, command: contract.ReadSummaryFacts, call: Call
    ) -> contract.SummaryFacts:
        """What a mail about a summary is written from."""
        with self.database.autocommit() as tx:
            return mail_facts.read_summary_facts(tx, command, call.actor, now=call.now)
