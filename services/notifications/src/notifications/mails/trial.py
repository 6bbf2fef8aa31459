"""The mail by which an operator tries the mail settings; nothing plans it."""

from __future__ import annotations

from gettext import NullTranslations

from notifications.domain.letters import Addressee, Wording
from notifications.templates.phrases import greeting, sign_off


def words(addressee: Addressee, texts: NullTranslations) -> Wording:
    """What it says: that it arrived, without a link."""
    _ = texts.gettext
    return Wording(
        language=addressee.language,
        subject=_("Test mail from your portal"),
        preheader=_("If you can read this, mails arrive."),
        greeting=greeting("", _),
        lead=(_("This e-mail was sent to try the mail settings of your portal. It arrived."),),
        notes=(_("There is nothing to do."),),
        sign_off=sign_off(addressee.practice, _),
    )
