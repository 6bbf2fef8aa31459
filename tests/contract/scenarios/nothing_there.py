"""What no fake answers is about nothing there: the default for all that a test gives no answer for.

Held are methods that name a thing by its id: in memory there is none, and the refusal
is the real one's. A list that no fake answers is for the test that needs it to give.
"""

from datetime import date
from uuid import uuid4

import msgspec

from portal_contracts.catalogue import METHODS
from portal_contracts.forms.rpc import filling
from portal_contracts.scheduling.rpc import (
    booking,
    choosing,
    free_times,
    sessions,
    undoing,
    usual_times,
)
from tests.kit.contract.scenario import scenario

BY_CLIENTS = {
    one.address
    for one in (
        choosing.BROWSE_TIMES,
        booking.CANCEL_OWN_APPOINTMENT,
        booking.CONFIRM_HOLD,
        booking.GET_HOLD,
        booking.GET_OWN_APPOINTMENT,
        free_times.LIST_FREE_TIMES,
        booking.OPEN_MEETING,
        booking.RELEASE_HOLD,
        filling.OPEN_FORM,
        filling.SUBMIT_FORM,
        sessions.READ_SUMMARY,
        undoing.UNDO_OWN_MOVE,
        usual_times.FIND_USUAL_TIME,
    )
}
VALUES = {
    "archived": True,
    "first_on": date(2026, 12, 1),
    "policy_accepted": True,
    "revision": 1,
    "text": "Words.",
    "version": 1,
}
IDS = {
    "appointment_id",
    "busy_calendar_id",
    "hold_id",
    "request_id",
    "service_id",
    "session_id",
    "template_id",
}


def about_nothing(method):
    """Arguments with the id of nothing; None for a method that needs more, or names no thing."""
    needed = {field.name for field in msgspec.structs.fields(method.arguments) if field.required}
    if not needed & IDS or not needed <= IDS | VALUES.keys():
        return None
    return method.arguments(**{name: VALUES.get(name, uuid4()) for name in needed})


@scenario()
def things_that_are_not_there_are_not_found(scene):
    for method in METHODS.values():
        arguments = about_nothing(method)
        if arguments is not None and not method.name.endswith("_facts"):
            by_client = method.address in BY_CLIENTS
            scene.ask(method, arguments, scene.anna if by_client else scene.owner)
