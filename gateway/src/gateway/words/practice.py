"""What may be wrong with what is set of a practice, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gateway.words.calendar import TEXT_TOO_LONG
from gateway.words.extraction import _
from portal_contracts.identity_links.rpc.pictures import MOST_PICTURE_BYTES, MOST_PICTURE_PIXELS
from portal_contracts.identity_links.rpc.practice import (
    LONGEST_POSTAL_ADDRESS,
    MOST_CRISIS_CONTACTS,
    PRACTICE_LINES,
    PRACTICE_RANGES,
)

_TOO_SHORT = _("Choose a time from the list; the second must not be shorter than the first.")

PRACTICE_ERRORS: Final[Mapping[str, str]] = {
    "contact_email_invalid": _("Enter an e-mail address like name@example.org."),
    "contact_phone_invalid": _("Enter a phone number with digits, like +49 30 123456."),
    "contact_phone_too_long": TEXT_TOO_LONG,
    "postal_address_too_long": _("Use at most eight lines, and %(limit)s characters in all."),
    "country_unknown": _("Choose a country from the list."),
    "accent_too_long": TEXT_TOO_LONG,
    "accent_invalid": _("Enter a colour as # and six digits or letters a to f, like #2f6f6a."),
    "link_days_out_of_range": _("Choose from 1 to %(limit)s days."),
    "device_idle_minutes_out_of_range": _TOO_SHORT,
    "device_absolute_minutes_out_of_range": _TOO_SHORT,
    "crisis_contacts_too_many": _("Keep at most %(limit)s of these contacts."),
    "picture_missing": _("Choose a file first."),
    "picture_kind_unknown": _(
        "This is no PNG, JPEG or WebP. An SVG is not taken, since it can hold a program: export "
        "it as PNG."
    ),
    "picture_unreadable": _("This picture cannot be read. Export it once more, as PNG or JPEG."),
    "picture_too_large": _("This file is too large. Use one of at most %(limit)s bytes."),
    "picture_too_wide": _(
        "This picture has too many pixels. Make it smaller: at most %(limit)s in all."
    ),
    "picture_moves": _("This picture moves. Use one that stands still."),
    "picture_refused": _("This picture cannot be taken."),
    "checked_in_future": _("Enter the day on which you last checked it; it cannot be to come."),
}

PRACTICE_LIMITS: Final[Mapping[str, int]] = {
    "accent_too_long": PRACTICE_LINES["accent"],
    "contact_phone_too_long": PRACTICE_LINES["contact_phone"],
    "postal_address_too_long": LONGEST_POSTAL_ADDRESS,
    "link_days_out_of_range": PRACTICE_RANGES["link_days"][1],
    "crisis_contacts_too_many": MOST_CRISIS_CONTACTS,
    "picture_too_large": MOST_PICTURE_BYTES,
    "picture_too_wide": MOST_PICTURE_PIXELS,
}

PRACTICE_MEMBERS: Final[dict[str, str]] = {
    "name": _("Name"),
    "contact_email": _("Contact e-mail"),
    "contact_phone": _("Contact phone"),
    "postal_address": _("Postal address"),
    "language": _("Language"),
    "timezone": _("Time zone"),
    "country": _("Country"),
    "crisis_contacts": _("Crisis contacts"),
    "accent": _("Colour"),
    "logo": _("Logo"),
    "link_days": _("Days that a link works"),
    "single_use": _("A link lets in one device only"),
    "entry": _("Coming in"),
    "second_check": _("Second check"),
    "device_idle_minutes": _("Signed out after so long without use"),
    "device_absolute_minutes": _("… and in any case after"),
    "second_factor_from": _("Everybody needs two-step sign-in from"),
    "client_visibility": _("Whose clients are shown"),
}
PRACTICE_VALUES: Final[Mapping[str, str]] = {
    "yes": _("Yes"),
    "no": _("No"),
    "one_click": _("One click"),
    "button": _("A button first"),
    "none": _("None"),
    "date_of_birth": _("Date of birth"),
    "everyone": _("Everyone’s"),
    "own": _("Their own"),
}
SOMETHING_ELSE: Final = _("Something else")
