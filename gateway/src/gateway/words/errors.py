"""What every error code is called in words.

Services answer with codes; only this room knows how a code reads. Each code
has an English msgid, which the catalogues under `locale/` translate. One that
is missing here falls back to a safe general sentence, so a newer service never
puts a raw code before a person. A limit that a sentence names is the contract's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from babel.numbers import format_decimal

from gateway.words.booking import BOOKING_ERRORS
from gateway.words.calendar import CALENDAR_ERRORS, TEXT_TOO_LONG
from gateway.words.extraction import _
from gateway.words.forms import FORM_ERRORS
from portal_contracts.identity_links.rpc.api_tokens import LONGEST_TOKEN_NAME
from portal_contracts.identity_links.rpc.clients import CLIENT_LINES, LONGEST_TAG
from portal_contracts.scheduling.rpc.appointments import JOIN_OPENS_MINUTES, LONGEST_TEXT

ERROR_FALLBACK = _("That did not work. Please check what you entered and try again.")

_NAME_TOO_LONG = _("This name is too long. Use at most %(limit)s characters.")

ERRORS: dict[str, str] = {
    **BOOKING_ERRORS,
    # Fields of a client.
    **dict.fromkeys((f"{name}_too_long" for name in CLIENT_LINES), TEXT_TOO_LONG),
    "name_missing": _("Enter a name."),
    "name_too_long": _NAME_TOO_LONG,
    "preferred_name_too_long": _NAME_TOO_LONG,
    "pronouns_too_long": _("Use at most %(limit)s characters for the pronouns."),
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
    "language_unknown": _("Choose a language from the list."),
    "tag_too_long": _("One of the tags is too long. Use at most %(limit)s characters."),
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
    # API tokens.
    "token_name_too_long": _NAME_TOO_LONG,
    "scopes_missing": _("Choose at least one thing that the token may do."),
    "scopes_not_granted": _("Your role does not allow all of this. Choose again."),
    "days_unknown": _("Choose from the list how long the token works."),
    "token_limit_reached": _("You have as many tokens as there can be. Revoke one first."),
    "token_taken": _("Something went wrong on our side. Please try again in a moment."),
    "too_many_requests": _("That was too much at once. Please wait a little, then try again."),
    # Doing things.
    "not_allowed": _("Your role does not allow this. Ask the owner of the practice."),
    "not_found": _("This does not exist, or no longer."),
    "delivery_not_found": _("This mail does not exist, or no longer."),
    "stale_version": _(
        "Someone else changed this while you were writing. "
        "Your entries are below; check them and save again."
    ),
    "client_archived": _("This client is archived. Make the client active again first."),
    "delivery_still_open": _("This mail is still on its way. Wait until it has arrived or failed."),
    "cursor_invalid": _("This page of the list no longer exists. Start at its beginning."),
    "idempotency_key_missing": _("This form was not complete. Reload the page and try again."),
    "idempotency_key_reused": _("This was already sent with other content. Reload the page."),
    "too_large": _("That is too large. Please send less at once."),
    "service_unavailable": _("This is not available right now. Please try again in a moment."),
    "broker_unavailable": _("This is not available right now. Please try again in a moment."),
    "internal_error": _("Something went wrong on our side. Please try again in a moment."),
    "failed": _("Something went wrong on our side. Please try again in a moment."),
    **FORM_ERRORS,
    **CALENDAR_ERRORS,
}

LIMITS: Final[Mapping[str, int]] = {
    **{f"{name}_too_long": most for name, most in CLIENT_LINES.items()},
    "tag_too_long": LONGEST_TAG,
    "token_name_too_long": LONGEST_TOKEN_NAME,
    "text_too_long": LONGEST_TEXT,
    "join_not_open": JOIN_OPENS_MINUTES,
}
"""Code to the number that its sentence may name, as ``%(limit)s``."""


def limit_in_words(code: str, language: str) -> dict[str, str]:
    """The `limit` of the code's sentence, written as in `language`; empty where it has none."""
    return {"limit": format_decimal(LIMITS[code], locale=language)} if code in LIMITS else {}
