"""The mail that tells whoever works in a practice that all clients are shown to everyone."""

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
        "An owner chose that every practitioner of your practice sees all its clients from now "
        "on. Private notes stay their author’s."
    )
    return worded(
        addressee,
        _,
        subject=_("All clients are shown to everyone"),
        preheader=about_account(addressee, _),
        lead=lead,
        button=_("Open the console"),
        notes=(_("Who it was and when stands in the access log."),),
    )


MAIL = Mail(
    kind=AccountChange.EVERYONE_SHOWN.value,
    to=Recipient.PRACTITIONER,
    cause=cause_of(AccountChange.EVERYONE_SHOWN),
    page="/console/clients",
    asks=None,
    not_wanted=lambda _occasion: None,
    words=_words,
    sample=lambda _now: Nothing(),
)
