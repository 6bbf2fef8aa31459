"""The mail about a sign-in in a browser that was not known."""

from __future__ import annotations

from datetime import datetime
from gettext import NullTranslations
from uuid import UUID

from notifications.domain.letters import Addressee, Wording
from notifications.mails.accounts.account_news import about_account, cause_of, not_you
from notifications.mails.mail import Mail, Occasion
from notifications.templates.phrases import device, part_of_day, worded
from portal_contracts.calls import Method
from portal_contracts.identity_links.events import AccountChange
from portal_contracts.identity_links.rpc.accounts import (
    READ_SIGN_IN_FACTS,
    ReadSignInFacts,
    SignInFacts,
)
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.portal_addresses import ACCOUNT_PATH


def _asks(device_id: UUID) -> tuple[Method[ReadSignInFacts, SignInFacts], ReadSignInFacts]:
    return READ_SIGN_IN_FACTS, ReadSignInFacts(device_id=device_id)


def _words(
    occasion: Occasion[SignInFacts], addressee: Addressee, texts: NullTranslations
) -> Wording:
    _ = texts.gettext
    facts = occasion.facts
    lead = _("Your account was signed in to in a browser that was not used for it before.")
    when = part_of_day(facts.signed_in_at, facts.timezone, addressee.language, _)
    return worded(
        addressee,
        _,
        subject=_("New sign-in to your account"),
        preheader=about_account(addressee, _),
        lead=lead,
        details=((_("Browser"), device(facts.label, _)), (_("When"), when)),
        button=_("See my devices"),
        notes=(_("If that was you, there is nothing to do."), *not_you(_)),
    )


def _sample(now: datetime) -> SignInFacts:
    return SignInFacts(label="Firefox on Linux", signed_in_at=now, timezone="Europe/Berlin")


MAIL = Mail(
    kind=AccountChange.NEW_DEVICE.value,
    to=Recipient.PRACTITIONER,
    cause=cause_of(AccountChange.NEW_DEVICE),
    page=ACCOUNT_PATH,
    asks=_asks,
    not_wanted=lambda _occasion: None,
    words=_words,
    sample=_sample,
)
