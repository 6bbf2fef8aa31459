"""The mail that a practitioner sends once more while a form waits."""

from __future__ import annotations

from gettext import NullTranslations

from notifications.domain.letters import Addressee, Wording
from notifications.mails.forms import form_facts
from notifications.mails.forms.form_sent import details_of, not_wanted
from notifications.mails.mail import Cause, Mail, Occasion, Plan
from notifications.templates.phrases import worded
from portal_contracts.forms.events import FormResent
from portal_contracts.forms.rpc.filling import FormFacts
from portal_contracts.identity_links.rpc.targets import TargetKind
from portal_contracts.notifications.rpc import Recipient


def _words(occasion: Occasion[FormFacts], addressee: Addressee, texts: NullTranslations) -> Wording:
    _ = texts.gettext
    lead = _(
        "Something that %(practice)s has sent you is still waiting to be filled in. "
        "What you have entered so far is kept."
    )
    return worded(
        addressee,
        _,
        subject=_("Something is still waiting for you"),
        preheader=_("What you have entered so far is kept."),
        lead=lead % {"practice": addressee.practice.name},
        details=details_of(occasion.facts, addressee.language, texts),
        button=_("Continue"),
    )


MAIL = Mail(
    kind="form_reminder",
    to=Recipient.CLIENT,
    cause=Cause(FormResent, lambda event: Plan(event.data.request_id)),
    target=TargetKind.FORM,
    asks=form_facts.asks,
    not_wanted=not_wanted,
    words=_words,
    sample=form_facts.sample,
)
