"""The practice: what is set of it, and pictures."""

from __future__ import annotations

from eventlet import tpool
from eventlet.semaphore import Semaphore

from identity_links.domain.pictures import made_anew
from identity_links.entry_points.wiring import Wiring
from identity_links.operations import pictures, practice_settings
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.pictures import (
    READ_PICTURE,
    SET_PICTURE,
    Picture,
    PictureSet,
    ReadPicture,
    SetPicture,
)
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

_ONE_AT_A_TIME = Semaphore(1)
"""So that what one picture takes of memory is what all of them take."""


def make_aside(content: bytes) -> bytes:
    """`made_anew` in a thread, so that other calls go on; see it for what it raises."""
    with _ONE_AT_A_TIME:
        made: bytes = tpool.execute(made_anew, content)
    return made


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

    @rpc(SET_PICTURE, runs_in=RunsIn.NOTHING)
    def set_picture(self, command: SetPicture, call: Call) -> PictureSet:
        """Show another logo or portrait."""
        return pictures.set_picture(self.database, command, call, make=make_aside, now=call.now)

    @rpc(READ_PICTURE)
    def read_picture(self, tx: Transaction, command: ReadPicture, _call: Call) -> Picture:
        """A logo or a portrait."""
        return pictures.read_picture(tx, command)
