"""The mail that tells a client that appointments are with somebody else, all of them or some."""

from __future__ import annotations

from datetime import datetime
from gettext import NullTranslations

from notifications.domain.letters import Addressee, Wording
from notifications.mails.mail import SAMPLE_ID, Cause, Mail, Occasion, Plan
from notifications.templates.phrases import worded
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.identity_links.rpc.links import (
    READ_PRACTITIONER_FACTS,
    PractitionerFacts,
    ReadPractitionerFacts,
)
from portal_contracts.identity_links.rpc.targets import TargetKind
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.events import PractitionerReplaced


def _words(
    occasion: Occasion[PractitionerFacts], addressee: Addressee, texts: NullTranslations
) -> Wording:
    _ = texts.gettext
    named = {"name": occasion.facts.name, "practice": addressee.practice.name}
    return worded(
        addressee,
        _,
        subject=_("A change at %(practice)s") % named,
        preheader=_("The times stay as they are."),
        lead=_(
            "%(name)s takes over appointments of yours. They stay at their times, and your portal "
            "shows with whom each of your appointments is."
        )
        % named,
        button=_("Open my portal"),
    )


def _sample(_now: datetime) -> PractitionerFacts:
    return PractitionerFacts(
        practitioner_id=SAMPLE_ID,
        name="Jonas Feld",
        email="feld@example.org",
        language="en",
        timezone="Europe/Berlin",
        practice=PracticeCard(
            id=SAMPLE_ID,
            name="Sample Practice",
            contact_email="",
            contact_phone="",
            language="en",
            timezone="Europe/Berlin",
            accent="#2f6f6a",
        ),
    )


MAIL = Mail(
    kind="practitioner_changed",
    to=Recipient.CLIENT,
    cause=Cause(PractitionerReplaced, lambda event: Plan(event.data.practitioner_id)),
    target=TargetKind.HOME,
    asks=lambda practitioner_id: (
        READ_PRACTITIONER_FACTS,
        ReadPractitionerFacts(practitioner_id=practitioner_id),
    ),
    not_wanted=lambda _occasion: None,
    words=_words,
    sample=_sample,
)
