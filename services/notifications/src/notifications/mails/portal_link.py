"""The mail that brings a portal link: shared by the practice, or asked for."""

from __future__ import annotations

from gettext import NullTranslations

from notifications.domain.letters import Addressee, Wording
from notifications.mails.mail import Cause, Mail, Occasion, Plan
from notifications.templates.phrases import worded
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.events import PortalLinkShared
from portal_contracts.notifications.rpc import Recipient


def _words(_occasion: Occasion[Nothing], addressee: Addressee, texts: NullTranslations) -> Wording:
    _ = texts.gettext
    practice = {"practice": addressee.practice.name}
    if addressee.requested:
        lead = _("You asked for a new link to %(practice)s. Here it is: one click and you are in.")
        stray = _("If you did not ask for it, you can ignore this e-mail: nothing has changed.")
    else:
        lead = _(
            "Here is your personal link to %(practice)s. One click and you are in: "
            "there is no password to remember."
        )
        stray = _("If you were not expecting this e-mail, please let us know.")
    return worded(
        addressee,
        _,
        subject=_("Your link to %(practice)s") % practice,
        preheader=_("One click opens your portal. No password needed."),
        lead=lead % practice,
        button=_("Open my portal"),
        stray=stray,
    )


MAIL = Mail(
    kind="portal_link",
    to=Recipient.CLIENT,
    cause=Cause(PortalLinkShared, lambda event: Plan(event.data.link_id)),
    asks=None,
    not_wanted=lambda _occasion: None,
    words=_words,
    sample=lambda _now: Nothing(),
)
