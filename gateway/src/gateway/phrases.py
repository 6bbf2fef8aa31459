"""What every code is called in words: the msgids behind `gateway.words`.

Services answer with codes; nothing but this module knows how a code reads.
Each table maps a code to an English msgid, which the catalogues under
`locale/` translate. A code that is missing here falls back to a safe general
sentence, so a newer service never puts a raw code before a person.
"""

from __future__ import annotations

from gateway.calendar_words import CALENDAR_ERRORS, CALENDAR_TABLES
from gateway.form_words import FORM_ACTS, FORM_ERRORS, REQUEST_STATES
from gateway.schedule_phrases import BOOKING_ERRORS, SCHEDULE_TABLES


def _(text: str) -> str:
    """Mark `text` for extraction; it is translated where it is shown."""
    return text


ERROR_FALLBACK = _("That did not work. Please check what you entered and try again.")

ERRORS: dict[str, str] = {
    **BOOKING_ERRORS,
    # Fields of a client.
    "name_missing": _("Enter a name."),
    "name_too_long": _("This name is too long. Use at most 200 characters."),
    "preferred_name_too_long": _("This name is too long. Use at most 200 characters."),
    "pronouns_too_long": _("Use at most 60 characters for the pronouns."),
    "email_missing": _("Enter an e-mail address."),
    "email_invalid": _("Enter an e-mail address like name@example.org."),
    "email_too_long": _("This e-mail address is too long."),
    "phone_invalid": _("Enter a phone number with digits, like +49 30 123456."),
    "phone_too_long": _("This phone number is too long."),
    "date_of_birth_missing": _("The date of birth is missing. New devices are asked for it."),
    "date_of_birth_invalid": _("Enter a real date, for example 27 3 1985."),
    "date_of_birth_in_future": _("The date of birth must be in the past."),
    "date_of_birth_too_early": _("Check the year of birth."),
    "date_invalid": _("Enter a real date, for example 27 3 1985."),
    "wrong_date_of_birth": _(
        "That is not the date of birth we have on file. Check it and try again."
    ),
    "timezone_unknown": _("Choose a time zone from the list."),
    "timezone_invalid": _("Choose a time zone from the list."),
    "language_unknown": _("Choose a language from the list."),
    "language_invalid": _("Choose a language from the list."),
    "tag_too_long": _("One of the tags is too long. Use at most 40 characters."),
    "tags_too_many": _("Use fewer tags."),
    "remark_too_long": _("The remark is too long."),
    "bad_character": _(
        "There are characters in this text that cannot be stored. Please remove them."
    ),
    "unprintable": _(
        "There are characters in this text that cannot be stored. Please remove them."
    ),
    "missing": _("Please fill this in."),
    "too_long": _("This text is too long."),
    "invalid": _("Please check this entry."),
    # Signing in and entering.
    "sign_in_failed": _("E-mail address or password is not right. Please try again."),
    "password_missing": _("Enter your password."),
    "too_many_tries": _("Too many tries. Please wait a little, then try again."),
    "not_signed_in": _("Please sign in first."),
    "device_ended": _("You were signed out. Please sign in again."),
    "form_expired": _("This page was open for too long. Please send it once more."),
    "csrf_failed": _("This did not come from a page of ours. Open the page anew and try again."),
    # Doing things.
    "not_allowed": _("Your role does not allow this. Ask the owner of the practice."),
    "not_found": _("This does not exist, or no longer."),
    "client_not_found": _("This client does not exist, or no longer."),
    "delivery_not_found": _("This mail does not exist, or no longer."),
    "device_not_found": _("This device is no longer signed in."),
    "link_not_found": _("This link does not exist, or no longer."),
    "stale_version": _(
        "Someone else changed this while you were writing. "
        "Your entries are below; check them and save again."
    ),
    "client_archived": _("This client is archived. Make the client active again first."),
    "delivery_not_resendable": _("This mail cannot be sent again. Share a new link instead."),
    "delivery_still_open": _("This mail is still on its way. Wait until it has arrived or failed."),
    "cursor_invalid": _("This page of the list no longer exists. Start at its beginning."),
    "idempotency_key_missing": _("This form was not complete. Reload the page and try again."),
    "idempotency_key_reused": _("This was already sent with other content. Reload the page."),
    "too_large": _("That is too large. Please send less at once."),
    "service_unavailable": _("This is not available right now. Please try again in a moment."),
    "broker_unavailable": _("This is not available right now. Please try again in a moment."),
    "busy": _("There is a lot going on right now. Please try again in a moment."),
    "internal_error": _("Something went wrong on our side. Please try again in a moment."),
    "failed": _("Something went wrong on our side. Please try again in a moment."),
    **FORM_ERRORS,
    **CALENDAR_ERRORS,
}

ACT_FALLBACK = _("Something was done")

ACTS: dict[str, str] = {
    "sign_in": _("Signed in to the console"),
    "sign_in.failed": _("Sign-in to the console failed"),
    "device.entered": _("Opened the portal with a link"),
    "device.ended": _("Signed out"),
    "device.revoked": _("Ended a signed-in device"),
    "link.shared": _("Shared the portal link by e-mail"),
    "link.requested": _("Asked for a new portal link"),
    "link.created": _("Made a portal link to copy or to scan"),
    "link.revoked": _("Revoked portal links"),
    "client.added": _("Added the client"),
    "client.edited": _("Changed the client details"),
    "client.opened": _("Opened the client details"),
    "client.archived": _("Archived the client"),
    "client.activated": _("Made the client active again"),
    "delivery.opened": _("Read an e-mail that was sent"),
    "delivery.resent": _("Sent an e-mail again"),
    "password.changed": _("Changed a password"),
    "practice.added": _("Set up the practice"),
    "practice.changed": _("Changed the practice"),
    "practitioner.added": _("Added a practitioner"),
    "practitioner.changed": _("Changed a practitioner"),
    "request.refused": _("Tried to open a page"),
    **FORM_ACTS,
    # What notifications reports of a refused call begins with the call's name.
    "list_deliveries": _("Opened the list of e-mails"),
    "open_delivery": _("Read an e-mail that was sent"),
    "resend_delivery": _("Sent an e-mail again"),
}

REASON_FALLBACK = _("The mail server did not accept it.")

REASONS: dict[str, str] = {
    # It waits, and is tried again.
    "mail_server_unreachable": _("The mail server cannot be reached. We keep trying."),
    "mail_server_insecure": _("The mail server offers no secure connection. We keep trying."),
    "mail_server_sign_in_failed": _("The mail server did not accept our sign-in. We keep trying."),
    "mail_server_timeout": _("The mail server did not answer in time. We keep trying."),
    "mail_server_busy": _("The mail server asked to try later."),
    "sender_refused": _("The mail server does not let this practice send. We keep trying."),
    "mail_folder_unwritable": _("The folder for mails cannot be written. We keep trying."),
    "service_unavailable": _("The details of the mail could not be read. We keep trying."),
    "internal_error": _("Something went wrong on our side. We keep trying."),
    # It failed.
    "address_refused": _("The mail server does not know this address."),
    "address_invalid": _("The e-mail address is not valid."),
    "address_missing": _("The client has no e-mail address."),
    "address_needs_utf8": _("The mail server cannot send to an address with these letters."),
    "mail_server_refused": _("The mail server refused the mail."),
    # It is not wanted any more.
    "link_expired": _("The link expired before the mail could go out."),
    "link_revoked": _("The link was revoked before the mail went out."),
    "link_used": _("The link was used before the mail went out."),
    "link_unknown": _("The link no longer exists."),
    "client_archived": _("The client is archived."),
    "stopped_by_operator": _("Your administrator stopped it."),
}

MAIL_KIND_FALLBACK = _("Message")

MAIL_KINDS: dict[str, str] = {
    "portal_link": _("Portal link"),
}

DELIVERY_STATES: dict[str, str] = {
    "waiting": _("Waiting"),
    "sent": _("Sent"),
    "retrying": _("Trying again"),
    "failed": _("Failed"),
    "closed": _("Not sent"),
}

LINK_CAUSES: dict[str, str] = {
    "shared": _("Mailed by the practice"),
    "requested": _("Asked for by the client"),
    "copied": _("Copied"),
    "qr": _("Shown as QR code"),
}

LINK_STATES: dict[str, str] = {
    "live": _("Works"),
    "expired": _("Expired"),
    "revoked": _("Revoked"),
    "used": _("Already used"),
    "unknown": _("Unknown"),
}

APPOINTMENT_STATES: dict[str, str] = {
    "requested": _("Waiting for confirmation"),
    "confirmed": _("Confirmed"),
    "cancelled": _("Cancelled"),
    "cancelled_late": _("Cancelled late"),
    "attended": _("Attended"),
    "no_show": _("Not attended"),
}

CLIENT_STATES: dict[str, str] = {
    "active": _("Active"),
    "archived": _("Archived"),
}

ROLES: dict[str, str] = {
    "owner": _("Owner"),
    "practitioner": _("Practitioner"),
    "assistant": _("Assistant"),
}

ACTOR_KINDS: dict[str, str] = {
    "client": _("Client"),
    "practitioner": _("Practitioner"),
    "service": _("The portal itself"),
    "nobody": _("Someone who was not signed in"),
}

NEAR_DAYS: dict[int, str] = {
    -1: _("Yesterday, %(day)s"),
    0: _("Today, %(day)s"),
    1: _("Tomorrow, %(day)s"),
}
"""Days from today to how a day in words begins."""

NEAR_MOMENTS: dict[int, str] = {
    -1: _("Yesterday, %(time)s"),
    0: _("Today, %(time)s"),
    1: _("Tomorrow, %(time)s"),
}
"""Days from today to a moment in short."""

DEVICE = _("%(browser)s on %(platform)s")
"""How a device is called: *Firefox on Android*."""

UNKNOWN_DEVICE = _("Unknown device")

ZONE_TIME = _("%(city)s time")
"""How a time is marked with its zone."""

TABLES: dict[str, tuple[dict[str, str], str]] = {
    **SCHEDULE_TABLES,
    **CALENDAR_TABLES,
    "error": (ERRORS, ERROR_FALLBACK),
    "act": (ACTS, ACT_FALLBACK),
    "reason": (REASONS, REASON_FALLBACK),
    "mail_kind": (MAIL_KINDS, MAIL_KIND_FALLBACK),
    "delivery_state": (DELIVERY_STATES, MAIL_KIND_FALLBACK),
    "link_cause": (LINK_CAUSES, LINK_STATES["unknown"]),
    "link_state": (LINK_STATES, LINK_STATES["unknown"]),
    "appointment_state": (APPOINTMENT_STATES, LINK_STATES["unknown"]),
    "client_state": (CLIENT_STATES, LINK_STATES["unknown"]),
    "request_state": (REQUEST_STATES, LINK_STATES["unknown"]),
    "role": (ROLES, ACTOR_KINDS["practitioner"]),
    "actor_kind": (ACTOR_KINDS, ACTOR_KINDS["service"]),
}
"""Name of a table to its words and to what an unknown code is called."""
