"""What an owner opens in an emergency."""

from __future__ import annotations

from identity_links.entry_points.wiring import Wiring
from identity_links.operations import emergencies
from identity_links.operations.confirming import Desk
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.calls import Done
from portal_contracts.identity_links.rpc.emergency import (
    CLOSE_EMERGENCY,
    OPEN_IN_EMERGENCY,
    CloseEmergency,
    EmergencyAccess,
    OpenInEmergency,
)


class EmergencyCalls(Wiring):
    """What an owner opens in an emergency."""

    @rpc(OPEN_IN_EMERGENCY, runs_in=RunsIn.NOTHING)
    def open_in_emergency(self, command: OpenInEmergency, call: Call) -> EmergencyAccess:
        """Show all of one client to an owner for an hour."""
        return emergencies.open_in_emergency(
            Desk(self.database, self.password_turn, self.sealer, call.now), command, call
        )

    @rpc(CLOSE_EMERGENCY)
    def close_emergency(self, tx: Transaction, command: CloseEmergency, call: Call) -> Done:
        """Close it again."""
        return emergencies.close_emergency(tx, command, call, now=call.now)
