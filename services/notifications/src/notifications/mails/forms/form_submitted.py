"""The mail that tells a practitioner that a form is filled in."""

from __future__ import annotations

from notifications.domain.reasons import Reason
from notifications.mails.forms.form_news import news_mail
from notifications.mails.mail import Occasion
from notifications.templates.phrases import Lookup
from portal_contracts.forms.events import FormSubmitted
from portal_contracts.forms.rpc.filling import FormFacts
from portal_contracts.forms.rpc.questions import RequestState


def _not_wanted(occasion: Occasion[FormFacts]) -> Reason | None:
    if occasion.facts.state is RequestState.WITHDRAWN:
        return Reason.FORM_WITHDRAWN
    submitted = occasion.facts.state is RequestState.SUBMITTED
    return None if submitted else Reason.NOTHING_TO_TELL


def _tell(_: Lookup) -> tuple[str, str, str]:
    return (
        _("Something you sent was filled in"),
        _("It is ready for you in your portal."),
        _("A client has filled in what you sent. It is ready for you in your portal."),
    )


MAIL = news_mail("form_submitted", FormSubmitted, _tell, not_wanted=_not_wanted)
