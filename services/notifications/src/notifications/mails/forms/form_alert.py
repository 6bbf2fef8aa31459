"""The mail that asks a practitioner to look soon at what a client has entered."""

from __future__ import annotations

from notifications.domain.reasons import Reason
from notifications.mails.forms.form_news import news_mail
from notifications.mails.mail import Occasion
from notifications.templates.phrases import Lookup
from portal_contracts.forms.events import AlertRaised
from portal_contracts.forms.rpc.filling import FormFacts
from portal_contracts.forms.rpc.questions import RequestState


def _not_wanted(occasion: Occasion[FormFacts]) -> Reason | None:
    """Told even where the form was withdrawn meanwhile: what was answered stays answered."""
    reviewed = occasion.facts.state is RequestState.REVIEWED
    return Reason.NOTHING_TO_TELL if reviewed else None


def _tell(_: Lookup) -> tuple[str, str, str]:
    return (
        _("Please look into your portal soon"),
        _("Something asks for your attention."),
        _(
            "Something a client has entered asks for your attention. "
            "Please look at it as soon as you can."
        ),
    )


MAIL = news_mail("form_alert", AlertRaised, _tell, not_wanted=_not_wanted)
