"""The mail that there is something new to read."""

from __future__ import annotations

from gettext import NullTranslations

from notifications.domain.letters import Addressee, Wording
from notifications.domain.reasons import Reason
from notifications.mails.mail import SAMPLE_ID, Cause, Mail, Occasion, Plan
from notifications.templates.phrases import worded
from portal_contracts.identity_links.rpc.targets import TargetKind
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.events import SummaryShared
from portal_contracts.scheduling.rpc.overview import (
    READ_SUMMARY_FACTS,
    ReadSummaryFacts,
    SummaryFacts,
)


def _not_wanted(occasion: Occasion[SummaryFacts]) -> Reason | None:
    facts, planned = occasion.facts, occasion.planned_sequence
    if facts.shared_version is None:
        return Reason.SUMMARY_UNSHARED
    if planned is None:
        return None
    if facts.shared_version != planned or facts.read_at is not None:
        return Reason.NOTHING_TO_TELL
    return None


def _words(
    _occasion: Occasion[SummaryFacts], addressee: Addressee, texts: NullTranslations
) -> Wording:
    _ = texts.gettext
    lead = _("There is something new for you from %(practice)s. You can read it in your portal.")
    return worded(
        addressee,
        _,
        subject=_("Something new in your portal"),
        preheader=_("There is something new for you to read."),
        lead=lead % {"practice": addressee.practice.name},
        button=_("Read it"),
    )


MAIL = Mail(
    kind="summary_shared",
    to=Recipient.CLIENT,
    cause=Cause(
        SummaryShared,
        lambda event: Plan(event.data.session_id, sequence=event.data.version, undoable=True),
    ),
    target=TargetKind.SUMMARY,
    asks=lambda session_id: (READ_SUMMARY_FACTS, ReadSummaryFacts(session_id=session_id)),
    not_wanted=_not_wanted,
    words=_words,
    sample=lambda _now: SummaryFacts(
        practice_id=SAMPLE_ID,
        client_id=SAMPLE_ID,
        practitioner_id=SAMPLE_ID,
        shared_version=1,
        read_at=None,
    ),
)
