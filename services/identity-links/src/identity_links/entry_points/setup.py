"""The first run."""

from __future__ import annotations

from functools import partial

from identity_links.entry_points.password_turns import hash_in_turn
from identity_links.entry_points.wiring import Wiring
from identity_links.operations import setup
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.identity_links.rpc.devices import ConsoleDevice
from portal_contracts.identity_links.rpc.setup import (
    LOOK_AT_SETUP,
    SET_UP,
    LookAtSetup,
    SetUp,
    SetupStanding,
)


class SetupCalls(Wiring):
    """The first run."""

    @rpc(LOOK_AT_SETUP)
    def look_at_setup(self, tx: Transaction, command: LookAtSetup, call: Call) -> SetupStanding:
        """How a setup address stands."""
        return setup.look_at_setup(tx, command, now=call.now)

    @rpc(SET_UP, runs_in=RunsIn.NOTHING)
    def set_up(self, command: SetUp, call: Call) -> ConsoleDevice:
        """Make the first practice and its owner."""
        return setup.set_up(
            self.database,
            command,
            call,
            make_hash=partial(hash_in_turn, self.password_turn),
            lifetime=self.settings.console_lifetime,
            now=call.now,
        )
