"""The mail that tells a client that she can correct what she has sent."""

from __future__ import annotations

from gettext import NullTranslations

from notifications.domain.letters import Addressee, Wording
from notifications.mails.forms import form_facts
from notifications.mails.forms.form_sent import not_wanted
from notifications.mails.mail import Cause, Mail, Occasion, Plan
from notifications.templates.phrases import worded
from portal_contracts.forms.events import FormUnlocked
from portal_contracts.forms.rpc.filling import FormFacts
from portal_contracts.identity_links.rpc.targets import TargetKind
from portal_contracts.notifications.rpc import Recipient


def _words(
    _occasion: Occasion[FormFacts], addressee: Addressee, texts: NullTranslations
) -> Wording:
    """Why it is to be corrected is read in the portal alone."""
    _ = texts.gettext
    lead = _(
        "%(practice)s asks you to look again at something you have sent. You can change it "
        "in your portal and send it again. What you sent before is kept as it was."
    )
    return worded(
        addressee,
        _,
        subject=_("Please look at something again"),
        preheader=_("You can change what you have sent."),
        lead=lead % {"practice": addressee.practice.name},
        button=_("Look at it"),
    )


MAIL = Mail(
    kind="form_unlocked",
    to=Recipient.CLIENT,
    cause=Cause(FormUnlocked, lambda event: Plan(event.data.request_id)),
    target=TargetKind.FORM,
    asks=form_facts.asks,
    not_wanted=not_wanted,
    words=_words,
    sample=form_facts.sample,
)
