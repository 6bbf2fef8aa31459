"""Words for a practitioner's account: its password, its second factor."""

from __future__ import annotations

from typing import Final

from gateway.words.extraction import _
from portal_contracts.identity_links.rpc.devices import LONGEST_PASSWORD, SHORTEST_PASSWORD
from portal_contracts.identity_links.rpc.emergency import LONGEST_REASON

PASSWORD_ERRORS: Final[dict[str, str]] = {
    "password_too_short": _("Use at least %(limit)s characters. Several words are easy to keep."),
    "password_too_long": _("Use at most %(limit)s characters."),
    "password_common": _("Many people use this password. Choose one that is yours alone."),
    "password_is_a_name": _(
        "This is your name, your address or your practice, which everybody knows. Choose another."
    ),
    "password": _("Choose another password."),
    "practitioner_fields": _("Please check your entries."),
    "second_step_needed": _("Enter the code of your app, or a recovery code."),
    "second_step_failed": _("This code is not right, or was used before. Try the next one."),
    "not_confirmed": _("This is not right. Try again."),
    "reason_too_short": _("Say in a few words why it is necessary."),
    "reason_too_long": _("Use at most %(limit)s characters for the reason."),
    "emergency_fields": _("Please check your entries."),
    "already_shown": _("All of this client is shown to you anyway."),
    "no_second_factor": _("Two-step sign-in is not set up."),
    "second_factor_on": _("Two-step sign-in is set up already."),
    "second_factor_needed": _("Your practice wants two-step sign-in. Set it up in the console."),
    "sign_in_ended": _("That took too long. Please sign in once more."),
    "reset_ended": _("This address works no more. Ask for a new one."),
}
"""What a code is called, for the forms of an account."""

ACCOUNT_LIMITS: Final[dict[str, int]] = {
    "reason_too_long": LONGEST_REASON,
    "password_too_short": SHORTEST_PASSWORD,
    "password_too_long": LONGEST_PASSWORD,
}
"""Code to the number that its sentence may name."""
