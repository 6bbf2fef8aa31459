"""The practice: what is set of it."""

from __future__ import annotations

from identity_links.entry_points.wiring import Wiring
from identity_links.operations import practice_settings
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.practice import (
    EDIT_PRACTICE,
    LIST_PRACTICE_CHANGES,
    MEASURE_PRACTICE,
    READ_PRACTICE,
    EditPractice,
    ListPracticeChanges,
    PracticeChanged,
    PracticeDetails,
    PracticeHistory,
    PracticeReach,
)


class PracticeCalls(Wiring):
    """The practice: what is set of it."""

    @rpc(READ_PRACTICE)
    def read_practice(self, tx: Transaction, _command: Nothing, call: Call) -> PracticeDetails:
        """All that is set of the actor's practice."""
        return practice_settings.read_practice(tx, call)

    @rpc(EDIT_PRACTICE)
    def edit_practice(self, tx: Transaction, command: EditPractice, call: Call) -> PracticeChanged:
        """Change what is set of a practice."""
        return practice_settings.edit_practice(tx, command, call, now=call.now)

    @rpc(MEASURE_PRACTICE)
    def measure_practice(self, tx: Transaction, _command: Nothing, call: Call) -> PracticeReach:
        """How many a change of the practice concerns."""
        return practice_settings.measure_practice(tx, call, now=call.now)

    @rpc(LIST_PRACTICE_CHANGES)
    def list_practice_changes(
        self, tx: Transaction, command: ListPracticeChanges, call: Call
    ) -> PracticeHistory:
        """Who changed what in one section of the practice."""
        return practice_settings.list_practice_changes(tx, command, call)
