"""What every error code is called in words.

Services answer with codes; only this room knows how a code reads. Each code
has an English msgid, which the catalogues under `locale/` translate. One that
is missing here falls back to a safe general sentence, so a newer service never
puts a raw code before a person. A limit that a sentence names is the contract's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Self

from babel.numbers import format_decimal

from gateway.words.accounts import ACCOUNT_LIMITS, PASSWORD_ERRORS
from gateway.words.booking import BOOKING_ERRORS
from gateway.words.busy_calendars import BUSY_CALENDAR_ERRORS
from gateway.words.calendar import CALENDAR_ERRORS, TEXT_TOO_LONG
from gateway.words.extraction import _
from gateway.words.forms import FORM_ERRORS
from gateway.words.mail_server import MAIL_SERVER_ERRORS
from gateway.words.practice import PRACTICE_ERRORS, PRACTICE_LIMITS
from gateway.words.series import SERIES_ERRORS, SERIES_LIMITS
from gateway.words.team import TEAM_ERRORS
from portal_contracts.forms.rpc.questions import LONGEST_TEXT as LONGEST_ANSWER
from portal_contracts.forms.rpc.submissions import LONGEST_REASON as LONGEST_CORRECTION
from portal_contracts.identity_links.rpc.api_tokens import LONGEST_TOKEN_NAME
from portal_contracts.identity_links.rpc.clients import (
    CLIENT_LINES,
    LONGEST_EMAIL,
    LONGEST_REMARK,
    LONGEST_TAG,
)
from portal_contracts.notifications.mail_server import (
    LONGEST_MAIL_PASSWORD,
    LONGEST_MAIL_USER,
    LONGEST_SENDER_NAME,
)
from portal_contracts.scheduling.rpc.appointments import JOIN_OPENS_MINUTES, LONGEST_TEXT
from portal_contracts.scheduling.rpc.busy_calendars import (
    LONGEST_CALENDAR_ADDRESS,
    LONGEST_CALENDAR_NAME,
    MOST_BUSY_CALENDARS,
)

IT_HAS = _("It has %(length)s.")
"""Behind a sentence that tells how many characters a text may have."""

ERROR_FALLBACK = _("That did not work. Please check what you entered and try again.")

_NAME_TOO_LONG = _("This name is too long. Use at most %(limit)s characters.")

ERRORS: dict[str, str] = {
    **BOOKING_ERRORS,
    **SERIES_ERRORS,
    # Fields of a client.
    **dict.fromkeys((f"{name}_too_long" for name in CLIENT_LINES), TEXT_TOO_LONG),
    "name_missing": _("Enter a name."),
    "name_too_long": _NAME_TOO_LONG,
    "preferred_name_too_long": _NAME_TOO_LONG,
    "pronouns_too_long": _("Use at most %(limit)s characters for the pronouns."),
    "email_missing": _("Enter an e-mail address."),
    "email_invalid": _("Enter an e-mail address like name@example.org."),
    "email_too_long": TEXT_TOO_LONG,
    "phone_invalid": _("Enter a phone number with digits, like +49 30 123456."),
    "phone_too_long": TEXT_TOO_LONG,
    "date_of_birth_missing": _("The date of birth is missing. New devices are asked for it."),
    "date_of_birth_invalid": _("Enter a real date, for example 27 3 1985."),
    "date_of_birth_in_future": _("The date of birth must be in the past."),
    "date_of_birth_too_early": _("Check the year of birth."),
    "date_invalid": _("Enter a real date, for example 27 3 1985."),
    "wrong_date_of_birth": _("This date does not match. Check it and try again."),
    "code_invalid": _("Enter the six digits from the e-mail."),
    "wrong_code": _("This code does not match. Check it and try again."),
    "code_ended": _("This code no longer works. Ask for a new one."),
    "timezone_unknown": _("Choose a time zone from the list."),
    "language_unknown": _("Choose a language from the list."),
    "tag_too_long": _("One of the tags is too long. Use at most %(limit)s characters."),
    "tags_too_many": _("Use fewer tags."),
    "remark_too_long": TEXT_TOO_LONG,
    "missing": _("Please fill this in."),
    "too_long": _("This text is too long."),
    "invalid": _("Please check this entry."),
    # Signing in and entering.
    "sign_in_failed": _("E-mail address or password is not right. Please try again."),
    "sign_in_busy": _("Many are signing in right now. Please try again in a few seconds."),
    "password_missing": _("Enter your password."),
    "country_unknown": _("Choose a country from the list."),
    "setup_ended": _("This address works no more."),
    **PASSWORD_ERRORS,
    "too_many_tries": _("Too many tries. Please wait a little, then try again."),
    "not_signed_in": _("Please sign in first."),
    "device_ended": _("You were signed out. Please sign in again."),
    "form_expired": _("This page was open for too long. Please send it once more."),
    "form_of_another": _("This was filled in by somebody else, who was signed in here before."),
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
    "not_in_caseload": _(
        "What was said with this client is shown to the client’s own practitioners only. "
        "They can share the client with you."
    ),
    "not_main_practitioner": _("The main practitioner says who sees this client."),
    "main_practitioner": _("The main practitioner hands the client over to somebody else first."),
    "own_clients_shown": _("Your practice shows everybody their own clients already."),
    "practitioner_not_found": _("There is no such practitioner."),
    "not_found": _("This does not exist, or no longer."),
    "delivery_not_found": _("This mail does not exist, or no longer."),
    "stale_version": _(
        "Someone else changed this while you were writing. "
        "Your entries are below; check them and save again."
    ),
    "possible_duplicates": _("There are already clients like this one."),
    "client_erased": _("This client was erased. Nothing more can be written down."),
    "reveal_not_allowed": _(
        "Whoever sees a link can enter by it. It is shown only to those who may see "
        "everything in the portal anyway."
    ),
    "address_waits": _(
        "The e-mail address is new and waits to be confirmed. Until then no link is mailed."
    ),
    "address_settled": _("This e-mail address no longer waits to be confirmed."),
    "mailed_link_needed": _(
        "This needs a link that was mailed to you. Ask for one with your e-mail address."
    ),
    "client_archived": _("This client is archived. Make the client active again first."),
    "delivery_still_open": _("This mail is still on its way. Wait until it has arrived or failed."),
    "cursor_invalid": _("This page of the list no longer exists. Start at its beginning."),
    "idempotency_key_missing": _(
        "This form was not complete. What you entered is kept; please send it once more."
    ),
    "idempotency_key_reused": _("This was already sent with other content. Reload the page."),
    "too_large": _(
        "That is too large to be taken at once. Go back, take some of the text out, and try again."
    ),
    "service_unavailable": _("This is not available right now. Please try again in a moment."),
    "broker_unavailable": _("This is not available right now. Please try again in a moment."),
    "internal_error": _("Something went wrong on our side. Please try again in a moment."),
    "failed": _("Something went wrong on our side. Please try again in a moment."),
    **FORM_ERRORS,
    **TEAM_ERRORS,
    **MAIL_SERVER_ERRORS,
    **BUSY_CALENDAR_ERRORS,
    **CALENDAR_ERRORS,
    **PRACTICE_ERRORS,
}

LIMITS: Final[Mapping[str, int]] = {
    **{f"{name}_too_long": most for name, most in CLIENT_LINES.items()},
    "email_too_long": LONGEST_EMAIL,
    "remark_too_long": LONGEST_REMARK,
    "tag_too_long": LONGEST_TAG,
    "correction_too_long": LONGEST_CORRECTION,
    **ACCOUNT_LIMITS,
    "token_name_too_long": LONGEST_TOKEN_NAME,
    "text_too_long": LONGEST_TEXT,
    "mail_user_too_long": LONGEST_MAIL_USER,
    "mail_password_too_long": LONGEST_MAIL_PASSWORD,
    "sender_name_too_long": LONGEST_SENDER_NAME,
    "answer_too_long": LONGEST_ANSWER,
    "calendar_address_too_long": LONGEST_CALENDAR_ADDRESS,
    "calendar_name_too_long": LONGEST_CALENDAR_NAME,
    "too_many_calendars": MOST_BUSY_CALENDARS,
    "join_not_open": JOIN_OPENS_MINUTES,
    **PRACTICE_LIMITS,
    **SERIES_LIMITS,
}
"""Code to the number that its sentence may name, as ``%(limit)s``."""


class FieldError(str):
    """A code, with the numbers that its sentence names.

    Args:
        code: the code; it is equal to this.
        **values: placeholder to number, or to a number as it is written.
    """

    __slots__ = ("values",)

    values: Mapping[str, int | str]

    def __new__(cls, code: str, **values: int | str) -> Self:
        """Make it; a code that had values keeps those that are not given anew."""
        error = super().__new__(cls, code)
        error.values = {**getattr(code, "values", {}), **values}
        return error


def error_in_words(
    code: str, language: str, translate: Callable[..., str], sentence: str | None = None
) -> str:
    """What `code` is called; how long a text is that is too long, where that is known.

    Args:
        code: a code, or a `FieldError`.
        language: by which numbers are written.
        translate: a msgid with values for its placeholders to a sentence.
        sentence: a msgid of its own.
    """
    values = _values(code, language)
    length = values.pop("length", None)
    msgid = sentence or ERRORS.get(code) or ERRORS.get(code.partition(".")[0]) or ERROR_FALLBACK
    said = translate(msgid, **values)
    return said if length is None else said + " " + translate(IT_HAS, length=length)


def _values(code: str, language: str) -> dict[str, str]:
    limits = {"limit": LIMITS[code]} if code in LIMITS else {}
    values: dict[str, int | str] = {**limits, **getattr(code, "values", {})}
    return {
        name: value if isinstance(value, str) else format_decimal(value, locale=language)
        for name, value in values.items()
    }
