"""What codes of scheduling are called before a client: tables for `gateway.words.errors`."""

from __future__ import annotations

from gateway.words.extraction import _

BOOKING_ERRORS: dict[str, str] = {
    "slot_taken": _("That time was just booked. Please choose another one."),
    "not_offered": _("That time is no longer offered. Please choose another one."),
    "hold_expired": _("We could not keep that time any longer. Please choose again."),
    "hold_not_found": _("That time is no longer kept for you. Please choose again."),
    "policy_not_accepted": _("Please read and accept these terms to book."),
    "policy_changed": _("These terms have just changed. Please read and accept them to book."),
    "cancel_closed": _("This appointment can no longer be cancelled here."),
    "cancel_late": _(
        "By now it is too late to cancel free of charge. Nothing is cancelled yet: please read "
        "what cancelling means now."
    ),
    "request_answered": _(
        "Your request was answered meanwhile. Nothing is withdrawn or cancelled: please look again."
    ),
    "move_closed": _("This appointment can no longer be moved here."),
    "join_not_open": _(
        "It is too early to join. The meeting opens %(limit)s minutes before the start."
    ),
    "join_over": _("This meeting is over."),
    "no_meeting_address": _("There is no meeting address yet. Please contact your practice."),
    "appointment_not_found": _("This appointment does not exist, or no longer."),
    "service_not_found": _("This cannot be booked, or no longer."),
    "limit_reached": _(
        "You have booked as much as one client can book here. To book more, please contact your "
        "practice."
    ),
    "undo_over": _("The move can no longer be undone. You can move the appointment again."),
    "former_time_taken": _(
        "The former time has been taken by somebody else meanwhile. Your appointment stays at its "
        "new time."
    ),
    "session_not_found": _("This session does not exist, or no longer."),
}

MISSED: dict[str, str] = {
    "slot_taken": _("That time was just booked"),
    "hold_expired": _("That time is no longer kept for you"),
    "another": _("Choose another time"),
}
MISSED_FALLBACK = _("That time is no longer offered")

CANCEL_CLOSED: dict[str, str] = {
    "switched_off": _("Your practice does not take cancellations online."),
    "notice": _("It is too close to the appointment to cancel it online."),
    "over": _("This appointment has begun or is over."),
    "requested": _("This is a request that waits for its answer."),
}
CANCEL_FALLBACK = _("This appointment cannot be cancelled online.")

MOVE_CLOSED: dict[str, str] = {
    "switched_off": _("Your practice does not move appointments online."),
    "notice": _("It is too close to the appointment to move it online."),
    "max_moves": _("This appointment has been moved as often as is possible online."),
    "over": _("This appointment has begun or is over."),
    "requested": _(
        "This is a request that waits for its answer. Withdraw it, and ask for another time."
    ),
}
MOVE_FALLBACK = _("This appointment cannot be moved online.")

BOTH_CLOSED: dict[str, str] = {
    "switched_off": _("Your practice does not move or cancel appointments online."),
    "notice": _("It is too close to the appointment to move or cancel it online."),
    "over": _("This appointment has begun or is over."),
}
BOTH_FALLBACK = _("This appointment cannot be moved or cancelled online.")

BOOKING_LIMITS: dict[str, str] = {
    "open": _("You have as many appointments to come as one client can book here at a time."),
    "day": _("You have booked as much within a day as one client can book here."),
}
BOOKING_LIMIT_FALLBACK = _("You have booked as much as one client can book here.")

PLACES: dict[str, str] = {
    "video": _("Video call"),
    "address": _("In person"),
    "phone": _("By phone"),
}

DAY_PARTS: dict[str, str] = {
    "morning": _("Morning"),
    "afternoon": _("Afternoon"),
    "evening": _("Evening"),
}
DAY_PART_FALLBACK = _("Times")

SCHEDULE_TABLES: dict[str, tuple[dict[str, str], str]] = {
    "missed": (MISSED, MISSED_FALLBACK),
    "cancel_closed": (CANCEL_CLOSED, CANCEL_FALLBACK),
    "move_closed": (MOVE_CLOSED, MOVE_FALLBACK),
    "both_closed": (BOTH_CLOSED, BOTH_FALLBACK),
    "booking_limit": (BOOKING_LIMITS, BOOKING_LIMIT_FALLBACK),
    "place": (PLACES, PLACES["address"]),
    "day_part": (DAY_PARTS, DAY_PART_FALLBACK),
}
"""Name of a table to its words and to what an unknown code is called."""
