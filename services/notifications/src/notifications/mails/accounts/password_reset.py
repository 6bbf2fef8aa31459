"""The mail that brings the address by which a forgotten password is set anew."""

from __future__ import annotations

from gettext import NullTranslations

from notifications.domain.letters import Addressee, Wording
from notifications.mails.accounts.account_news import about_account
from notifications.mails.mail import Brings, Cause, Mail, Occasion, Plan
from notifications.templates.phrases import worded
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.events import PasswordResetAsked
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.portal_addresses import RESET_PATH


def _words(_occasion: Occasion[Nothing], addressee: Addressee, texts: NullTranslations) -> Wording:
    _ = texts.gettext
    lead = _("Somebody, probably you, asked to set a new password for your account.")
    return worded(
        addressee,
        _,
        subject=_("Set a new password"),
        preheader=about_account(addressee, _),
        lead=lead,
        button=_("Set a new password"),
        notes=(
            _("The address works for an hour, once, and until another one is asked for."),
            _("If that was not you, there is nothing to do: your password stays as it is."),
        ),
    )


MAIL = Mail(
    kind="password_reset",
    to=Recipient.PRACTITIONER,
    cause=Cause(
        PasswordResetAsked, lambda event: Plan(event.data.reset_id, event.data.practitioner_id)
    ),
    brings=Brings.RESET,
    page=RESET_PATH,
    asks=None,
    not_wanted=lambda _occasion: None,
    words=_words,
    sample=lambda _now: Nothing(),
)
