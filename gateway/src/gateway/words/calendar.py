"""What the codes of the console's calendar are called; `gateway.words.tables` takes them in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from jinja2 import pass_context
from jinja2.runtime import Context

from gateway.words.extraction import _
from gateway.words.hours import has_twelve_hours
from gateway.words.wall_time import local_date
from portal_contracts.wall_clock import time_of_day

_NUMBER = _("Enter a whole number.")
_MINUTES = _("Enter a number of minutes.")
_TIME = _("Enter a time like 09:30.")
TWO_READINGS = _("Is this %(grouped)s or %(decimal)s? Write %(grouped)s or %(written)s.")
TEXT_TOO_LONG = _("This text is too long. Use at most %(limit)s characters.")

CALENDAR_ERRORS: dict[str, str] = {
    # Dates and times that were typed.
    "date_missing": _("Enter a date."),
    "time_missing": _("Enter a time."),
    "time_invalid": _TIME,
    "does_not_exist": _("On that day the clocks skip this time. Choose another one."),
    "happens_twice": _("On that day the clocks show this time twice. Choose which one you mean."),
    # Appointments.
    "client_missing": _("Choose a client."),
    "client_unclear": _("More than one client may be meant. Choose one below."),
    "client_unknown": _("No active client has this name or address."),
    "undecided": _("Choose what becomes of each appointment."),
    "service_missing": _("Choose a service."),
    "start_missing": _("Choose a time, or enter one of your own."),
    "time_besides": _("A time is chosen above. Choose “Another time”, or leave this empty."),
    "time_taken": _("This time is taken by another appointment. Choose another one."),
    "outside_rules": _("This time breaks a rule that you set for clients. You may book it anyway."),
    "request_closed": _("This request no longer waits for an answer."),
    "booking_limits": _("Some of the limits are not right."),
    "needed": _("Without this it is refused."),
    "in_the_past": _(
        "This time has passed. To write down a past session, open the client’s sessions."
    ),
    "too_far": _("This is too far ahead."),
    "whole_minutes": _TIME,
    "cancel_closed_here": _("This appointment can no longer be cancelled."),
    "recorded": _(
        "Something is written down about this session. Say on its page how it went instead."
    ),
    "move_closed_here": _("This appointment can no longer be moved."),
    "no_meeting_address": _("This appointment has no meeting address. Enter one at its service."),
    # Services.
    "title_missing": _("Enter a title."),
    "required": _("Please fill this in."),
    "not_https": _("Enter a meeting address that begins with https://."),
    "meeting_address_missing": _("Enter the meeting’s address: clients join by it in the portal."),
    "day_past": _("This day is over. Choose one that is still to come."),
    "order": _("The last day must not be before the first."),
    "number_missing": _NUMBER,
    "number_invalid": _NUMBER,
    "out_of_range": _("This number is out of the range."),
    "number_two_readings": TWO_READINGS,
    "minutes_invalid": _MINUTES,
    # Availability.
    "hours_unreadable": _("Write hours like 09:00–12:00, 14:00–18:00, or leave them empty."),
    "not_a_time": _TIME,
    "unknown_timezone": _("Choose a time zone from the list."),
    "unknown_country": _("Choose a country from the list."),
    "unknown_region": _("Choose a region from the list."),
    "date_out_of_range": _("Enter a date from 2000 to 2199."),
    "time_off_too_long": _("This is longer than three years. Check both days."),
    "holidays_invalid": _("There are no such public holidays."),
    "strands_appointments": _("Appointments that are booked would lie outside of these hours."),
    "twice": _("This date is in the list twice."),
    "end_before_start": _("The end must come after the beginning."),
    "too_many": _("There are too many entries. Remove some of them."),
    # Sessions, summaries, notes.
    "in_the_future": _("A session can be written down once it is over."),
    "summary_version_not_found": _("There is no such version of the summary."),
    "note_not_found": _("There is no such note, or it is somebody else’s."),
    "note_version_not_found": _("There is no such version of the note."),
    "stale_summary": _(
        "Another text of the summary was saved meanwhile. "
        "What you wrote is kept; choose which one stays."
    ),
    "stale_note": _(
        "Another text of the note was saved meanwhile. "
        "What you wrote is kept; choose which one stays."
    ),
    "stale_share": _("The summary was changed meanwhile. Read it again before you share it."),
    "summary_empty": _("There is nothing to share yet. Write the summary first."),
    "text_too_long": TEXT_TOO_LONG,
}

WHY_NOT: dict[str, str] = {
    "service_off": _("Clients cannot book this service themselves: self-scheduling is off."),
    "client_not_allowed": _("This client is not among those who may book the service."),
    "outside_window": _("It is in the past, or further ahead than clients may book."),
    "notice": _("It is too soon: clients must book earlier before the start."),
    "time_off": _("It lies in time off."),
    "holiday": _("That day is a public holiday, on which you are closed."),
    "override": _("The hours of that date differ from the usual ones, and it is outside them."),
    "hours": _("It is outside the weekly hours."),
    "own_appointment": _("Another appointment, or the time kept free around it, is in the way."),
    "external_busy": _("Another calendar is busy at that time."),
    "cap": _("The most appointments of that day, week or month are booked already."),
    "off_grid": _("It is not one of the starts on the grid of this service."),
}
WHY_NOT_FALLBACK = _("One of the rules of this service forbids it.")

REQUESTS_CLOSED: dict[str, str] = {
    "approved": _("This request was approved already."),
    "declined": _("This request was declined already."),
    "expired": _("This request expired before it was answered. Its time is free again."),
    "withdrawn": _("The client has withdrawn this request. Its time is free again."),
}

PLACES: dict[str, str] = {
    "video": _("Video"),
    "address": _("In person"),
    "phone": _("By phone"),
}

ALIGNMENTS: dict[str, str] = {
    "window_start": _("From the start of your hours on; a start that is taken is left out"),
    "gap_start": _("From the start of your hours, and again from the end of each appointment"),
    "clock_grid": _("At round times, such as the full and the half hour"),
}

COLOURS: dict[str, str] = {
    "blue": _("Blue"),
    "teal": _("Teal"),
    "green": _("Green"),
    "olive": _("Olive"),
    "amber": _("Amber"),
    "red": _("Red"),
    "pink": _("Pink"),
    "violet": _("Violet"),
}

SESSION_STATES: dict[str, str] = {
    "attended": _("Attended"),
    "no_show": _("Not attended"),
    "cancelled_late": _("Cancelled late"),
}

_ANY_MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)

WEEKDAYS: tuple[str, ...] = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
"""Monday's first, as availability has them."""

CALENDAR_TABLES: dict[str, tuple[dict[str, str], str]] = {
    "why_not": (WHY_NOT, WHY_NOT_FALLBACK),
    "request_closed": (REQUESTS_CLOSED, CALENDAR_ERRORS["request_closed"]),
    "place_kind": (PLACES, PLACES["address"]),
    "alignment": (ALIGNMENTS, ALIGNMENTS["window_start"]),
    "service_colour": (COLOURS, COLOURS["blue"]),
    "session_state": (SESSION_STATES, SESSION_STATES["attended"]),
    "weekday": ({str(day): name for day, name in enumerate(WEEKDAYS)}, WEEKDAYS[0]),
}


def days_later(value: date, days: int) -> date:
    """The date so many days on; the same where no calendar goes that far."""
    try:
        return value + timedelta(days=days)
    except OverflowError:
        return value


def day_iso(value: datetime, zone: str) -> str:
    """The date in `zone` as addresses have it: ``2026-12-03``."""
    return local_date(value, zone).isoformat()


def wall_iso(minutes: int) -> str:
    """Minutes from midnight as addresses have them: ``09:30``; the end of the day is ``24:00``."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


@pass_context
def wall_time(context: Context, minutes: int) -> str:
    """The same as the reader is used to: ``9:30 AM`` where a day has twelve hours twice."""
    if not has_twelve_hours(context):
        return wall_iso(minutes)
    return time_of_day(_ANY_MIDNIGHT + timedelta(minutes=minutes), twelve_hours=True)


CALENDAR_FILTERS = {
    "days_later": days_later,
    "day_iso": day_iso,
    "wall_iso": wall_iso,
    "wall_time": wall_time,
}
"""Filter name to function, as templates call them; `gateway.words.filters` takes them in."""
