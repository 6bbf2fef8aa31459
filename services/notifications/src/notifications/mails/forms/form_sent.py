"""The mail that asks a client to fill in a form."""

from __future__ import annotations

from gettext import NullTranslations

from babel.dates import format_date

from notifications.domain.letters import Addressee, Wording
from notifications.domain.reasons import Reason
from notifications.mails.forms import form_facts
from notifications.mails.mail import Cause, Mail, Occasion, Plan
from notifications.templates.phrases import LOCALES, worded
from portal_contracts.envelope import Event
from portal_contracts.forms.events import FormSent
from portal_contracts.forms.rpc.filling import FormFacts
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.identity_links.rpc.targets import TargetKind
from portal_contracts.notifications.rpc import Recipient


def _plan(event: Event[FormSent]) -> Plan:
    return Plan(event.data.request_id, without_mail=event.data.without_mail)


def not_wanted(occasion: Occasion[FormFacts]) -> Reason | None:
    """Why a client is not asked any more for what waited for her."""
    if occasion.facts.state is RequestState.WITHDRAWN:
        return Reason.FORM_WITHDRAWN
    sent_back = occasion.facts.state in {RequestState.SUBMITTED, RequestState.REVIEWED}
    return Reason.FORM_SUBMITTED if sent_back else None


def _words(occasion: Occasion[FormFacts], addressee: Addressee, texts: NullTranslations) -> Wording:
    _ = texts.gettext
    lead = _(
        "%(practice)s has sent you something to fill in. You can do it on your phone "
        "or computer, and pause whenever you like: what you have entered is kept."
    )
    return worded(
        addressee,
        _,
        subject=_("There is something for you to fill in"),
        preheader=_("You can do it on your phone, and pause whenever you like."),
        lead=lead % {"practice": addressee.practice.name},
        details=details_of(occasion.facts, addressee.language, texts),
        button=_("Start now"),
    )


def details_of(
    facts: FormFacts, language: str, texts: NullTranslations
) -> tuple[tuple[str, str], ...]:
    """How long it takes, and by when it is wanted."""
    _, minutes = texts.gettext, facts.minutes
    takes = texts.ngettext("about %(minutes)d minute", "about %(minutes)d minutes", minutes)
    details = [(_("Takes"), takes % {"minutes": minutes})] if minutes else []
    if facts.due_on is not None:
        due = format_date(facts.due_on, "full", locale=LOCALES[language])
        details.append((_("Please finish by"), due))
    return tuple(details)


MAIL = Mail(
    kind="form_sent",
    to=Recipient.CLIENT,
    cause=Cause(FormSent, _plan),
    target=TargetKind.FORM,
    asks=form_facts.asks,
    not_wanted=not_wanted,
    words=_words,
    sample=form_facts.sample,
)
