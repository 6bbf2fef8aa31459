"""Words for calendars that practitioners keep elsewhere, and for why one cannot be read."""

from __future__ import annotations

from gateway.words.extraction import _

FAILURE_FALLBACK = _("It could not be read.")

FAILURES: dict[str, str] = {
    "address_invalid": _("Its address is not valid. Copy it once more, and add it anew."),
    "not_https": _(
        "Its server leads on to an address without https. Ask whoever runs it for a secure one."
    ),
    "network_forbidden": _(
        "Its address leads into a private network, where this portal does not go."
    ),
    "host_unknown": _("There is no server of this name. Check the address for a slip."),
    "unreachable": _("Its server does not answer, or breaks off in the middle."),
    "certificate_invalid": _(
        "Its server does not prove who it is: the certificate is expired, or not for this name."
    ),
    "timeout": _("Its server answers too slowly."),
    "too_large": _("It is larger than 5 MB."),
    "too_many_redirects": _("Its server leads on and on, and never to a calendar."),
    "sign_in_needed": _(
        "Its server asks for a sign-in. Take the secret or published address instead, which "
        "works without one."
    ),
    "not_found": _(
        "There is nothing at its address any more. Perhaps it was reset or is shared no longer."
    ),
    "refused": _("Its server refused to hand it out, or has trouble of its own."),
    "no_calendar": _(
        "What is at its address is no calendar. Take the address in iCal format (ICS), not that "
        "of the calendar’s web page."
    ),
    "too_complex": _("It is too large or too complicated to be read."),
}

BUSY_CALENDAR_ERRORS: dict[str, str] = {
    "busy_calendar_not_found": _("There is no such calendar. Perhaps it was removed."),
    "address_invalid": _("This is no whole address. Copy it once more, from https:// to its end."),
    "address_missing": _("Enter the calendar’s ICS address."),
    "address_not_https": _("Enter an address that begins with https:// or webcal://."),
    "address_forbidden": _("This address is in a private network, where this portal does not go."),
    "calendar_address_too_long": _("This address is too long. Use at most %(limit)s characters."),
    "calendar_name_too_long": _("This name is too long. Use at most %(limit)s characters."),
    "too_many_calendars": _(
        "There are as many calendars as there can be, %(limit)s. Remove one first."
    ),
}

BUSY_CALENDAR_TABLES: dict[str, tuple[dict[str, str], str]] = {
    "busy_failure": (FAILURES, FAILURE_FALLBACK),
}
