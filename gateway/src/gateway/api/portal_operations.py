"""Operations on the portal of the client whose bearer asks."""

from __future__ import annotations

from typing import Final

from gateway.api.headings import Heading
from gateway.api.operation import Operation
from gateway.api.portal_home import PortalHome, portal_home
from gateway.api.said_terms import with_terms
from gateway.web.routing import Owner
from portal_contracts.calls import PortalOf
from portal_contracts.forms.rpc import filling
from portal_contracts.identity_links.rpc.access import (
    LIST_ACCESS,
    LIST_OWN_VISITS,
    LIST_PRACTITIONERS,
)
from portal_contracts.identity_links.rpc.devices import LIST_OWN_DEVICES, REVOKE_DEVICE
from portal_contracts.scheduling.rpc import (
    booking,
    choosing,
    free_times,
    offering,
    sessions,
    undoing,
    usual_times,
)
from portal_contracts.scheduling.rpc.appointments import LONGEST_RANGE_DAYS

_PORTAL: Final = Heading("Portal", Owner.CLIENT)
_BOOKING: Final = Heading("Portal: appointments", Owner.CLIENT)
_FORMS: Final = Heading("Portal: forms", Owner.CLIENT)
_HOLD: Final = "/portal/holds/{hold_id}"
_APPOINTMENT: Final = "/portal/appointments/{appointment_id}"
_FORM: Final = "/portal/forms/{request_id}"

OPERATIONS: Final[tuple[Operation, ...]] = (
    _PORTAL.function(
        "GET /portal",
        portal_home,
        "The home: the next appointments, the last sessions, the forms that wait.",
        arguments=PortalOf,
        result=PortalHome,
        hidden=("client_id",),
    ),
    _PORTAL.call(
        "GET /portal/practitioners",
        LIST_PRACTITIONERS,
        "Who works in the client's practice.",
        name="list_own_practitioners",
    ),
    _PORTAL.call(
        "GET /portal/sessions",
        sessions.LIST_OWN_SESSIONS,
        "The client's past sessions, the latest first.",
    ),
    _PORTAL.call(
        "GET /portal/sessions/{session_id}",
        sessions.READ_SUMMARY,
        "One past session, with its summary if one is shared.",
        note="The first opening of a shared summary is the read receipt.",
    ),
    _PORTAL.call("GET /portal/devices", LIST_OWN_DEVICES, "Where the client is signed in."),
    _PORTAL.call(
        "DELETE /portal/devices/{device_id}",
        REVOKE_DEVICE,
        "End one of the client's devices.",
        name="revoke_own_device",
    ),
    _PORTAL.call(
        "GET /portal/access-log",
        LIST_ACCESS,
        "Who did what with the client's data.",
        name="list_own_access",
        hidden=("client_id",),
    ),
    _PORTAL.call(
        "GET /portal/visits", LIST_OWN_VISITS, "When the client was in the portal, a day each."
    ),
    _BOOKING.call(
        "GET /portal/services", offering.LIST_OFFERED, "What the client may book by the portal."
    ),
    _BOOKING.call(
        "GET /portal/free-times",
        free_times.LIST_FREE_TIMES,
        f"Free times of a service in a range of at most {LONGEST_RANGE_DAYS} days.",
        name="list_own_free_times",
        note="Nothing is listed that booking would refuse.",
    ),
    _BOOKING.call(
        "GET /portal/times",
        choosing.BROWSE_TIMES,
        "A month of free times of a service, with the soonest and the client's usual one.",
        name="browse_own_times",
        note="Nothing is listed that booking would refuse.",
    ),
    _BOOKING.call(
        "GET /portal/nearest-times",
        free_times.NEAREST_TIMES,
        "The free times nearest to one.",
        name="nearest_own_times",
    ),
    _BOOKING.call(
        "GET /portal/usual-time",
        usual_times.FIND_USUAL_TIME,
        "The next free start of a service at the client's usual weekday and time.",
    ),
    _BOOKING.call(
        "POST /portal/holds",
        booking.HOLD_TIME,
        "Keep a time for five minutes.",
        created="/portal/holds/{hold_id}",
        note="A client has one hold: a new one replaces it.",
    ),
    _BOOKING.call(
        f"GET {_HOLD}", booking.GET_HOLD, "A time that is kept for the client.", then=with_terms
    ),
    _BOOKING.call(f"DELETE {_HOLD}", booking.RELEASE_HOLD, "Give a held time back."),
    _BOOKING.call(
        f"POST {_HOLD}/confirm",
        booking.CONFIRM_HOLD,
        "Book the held time, or request it where the service is booked on request.",
        created="/portal/appointments/{appointment_id}",
    ),
    _BOOKING.call(
        "GET /portal/appointments",
        booking.LIST_OWN_APPOINTMENTS,
        "The client's appointments to come, and those cancelled lately.",
        then=with_terms,
    ),
    _BOOKING.call(
        f"GET {_APPOINTMENT}",
        booking.GET_OWN_APPOINTMENT,
        "One of the client's appointments.",
        then=with_terms,
    ),
    _BOOKING.call(
        f"POST {_APPOINTMENT}/move",
        booking.MOVE_OWN_APPOINTMENT,
        "Move an appointment to another free start; else the old time stands.",
    ),
    _BOOKING.call(
        f"POST {_APPOINTMENT}/undo-move",
        undoing.UNDO_OWN_MOVE,
        "Move an appointment back, within five minutes of moving it; else the new time stands.",
    ),
    _BOOKING.call(
        f"POST {_APPOINTMENT}/cancel",
        booking.CANCEL_OWN_APPOINTMENT,
        "Cancel an appointment, or withdraw a request.",
    ),
    _BOOKING.call(
        f"GET {_APPOINTMENT}/meeting",
        booking.OPEN_MEETING,
        "The meeting's address, from 10 minutes before the start to 30 after the end.",
        also=(409,),
    ),
    _FORMS.call(
        "GET /portal/forms",
        filling.PORTAL_FORMS,
        "The client's forms: what waits, and what is sent.",
        hidden=("client_id",),
    ),
    _FORMS.call(
        f"GET {_FORM}",
        filling.OPEN_FORM,
        "One of the client's forms with the answers so far.",
        etag="revision",
        note="The first opening is noted.",
        also=(409,),
    ),
    _FORMS.call(
        f"PATCH {_FORM}/answers",
        filling.SAVE_ANSWERS,
        "Save some answers into the draft; null takes one away, the others stay.",
        body="answers",
        if_match="revision",
        etag="revision",
    ),
    _FORMS.call(
        f"POST {_FORM}/submit",
        filling.SUBMIT_FORM,
        "Send the form as it is. Sending twice is sending once.",
        if_match="revision",
    ),
)
