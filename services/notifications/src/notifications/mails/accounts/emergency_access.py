"""The mail that tells whoever works with a client that an owner looked in an emergency."""

from __future__ import annotations

from gettext import NullTranslations

from notifications.domain.letters import Addressee, Wording
from notifications.mails.accounts.account_news import about_account, cause_of
from notifications.mails.mail import Mail, Occasion
from notifications.templates.phrases import worded
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.events import AccountChange
from portal_contracts.notifications.rpc import Recipient


def _words(_occasion: Occasion[Nothing], addressee: Addressee, texts: NullTranslations) -> Wording:
    _ = texts.gettext
    lead = _(
        "An owner of your practice opened, in an emergency, what is kept of a client and is not "
        "theirs to see otherwise. It is open for an hour at most."
    )
    return worded(
        addressee,
        _,
        subject=_("Something was opened in an emergency"),
        preheader=about_account(addressee, _),
        lead=lead,
        button=_("Open the console"),
        notes=(_("Who it was, whom it concerns and why stands in the access log."),),
    )


MAIL = Mail(
    kind=AccountChange.EMERGENCY_ACCESS.value,
    to=Recipient.PRACTITIONER,
    cause=cause_of(AccountChange.EMERGENCY_ACCESS),
    page="/console/clients",
    asks=None,
    not_wanted=lambda _occasion: None,
    words=_words,
    sample=lambda _now: Nothing(),
)
