"""What the mails share that tell the practitioner who sent a form what became of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from gettext import NullTranslations

from notifications.domain.letters import Addressee, Wording
from notifications.domain.reasons import Reason
from notifications.mails.forms import form_facts
from notifications.mails.mail import Cause, Mail, Occasion, Plan
from notifications.templates.phrases import Lookup, worded
from portal_contracts.forms.events import AlertRaised, FormSubmitted
from portal_contracts.forms.rpc.filling import FormFacts
from portal_contracts.notifications.rpc import Recipient

Tell = Callable[[Lookup], tuple[str, str, str]]


def news_mail(
    kind: str,
    event: type[FormSubmitted | AlertRaised],
    tell: Tell,
    *,
    not_wanted: Callable[[Occasion[FormFacts]], Reason | None],
) -> Mail[FormFacts]:
    """The mail of this kind: `event` plans it, `tell` gives subject, preheader and lead."""
    return Mail(
        kind=kind,
        to=Recipient.PRACTITIONER,
        cause=Cause(event, lambda event: Plan(event.data.request_id, event.data.sent_by)),
        page="/console/forms/requests/{id}",
        asks=form_facts.asks,
        not_wanted=not_wanted,
        words=partial(_words, tell),
        sample=form_facts.sample,
    )


def _words(
    tell: Tell, _occasion: Occasion[FormFacts], addressee: Addressee, texts: NullTranslations
) -> Wording:
    _ = texts.gettext
    subject, preheader, lead = tell(_)
    return worded(
        addressee, _, subject=subject, preheader=preheader, lead=lead, button=_("Open it")
    )
