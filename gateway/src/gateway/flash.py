"""One sentence for the next page, carried as a code from a fixed list."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import falcon

from gateway.cookies import Cookie, CookieJar


class Flash(StrEnum):
    """What can be said on the next page."""

    CLIENT_ADDED = "client_added"
    CLIENT_SAVED = "client_saved"
    CLIENT_ARCHIVED = "client_archived"
    CLIENT_RESTORED = "client_restored"
    LINK_SHARED = "link_shared"
    LINK_REVOKED = "link_revoked"
    ALL_LINKS_REVOKED = "all_links_revoked"
    DEVICE_ENDED = "device_ended"
    MAIL_RESENT = "mail_resent"
    SESSION_ENDED = "session_ended"


def _(text: str) -> str:
    """Mark `text` for extraction; it is translated where it is shown."""
    return text


SENTENCES: Final = {
    Flash.CLIENT_ADDED: _("The client is added. Share the portal link when you are ready."),
    Flash.CLIENT_SAVED: _("The changes are saved."),
    Flash.CLIENT_ARCHIVED: _("The client is archived. Links and devices have ended."),
    Flash.CLIENT_RESTORED: _("The client is active again."),
    Flash.LINK_SHARED: _("The portal link is on its way by e-mail. You see it in the list below."),
    Flash.LINK_REVOKED: _("The link is revoked. It no longer opens the portal."),
    Flash.ALL_LINKS_REVOKED: _("All links are revoked and all devices are signed out."),
    Flash.DEVICE_ENDED: _("The device is signed out."),
    Flash.MAIL_RESENT: _("The e-mail is on its way again, with a new link."),
    Flash.SESSION_ENDED: _("You were signed out after a while without use. Please sign in again."),
}

_KINDS: Final = {Flash.SESSION_ENDED: "info"}


def kind(flash: Flash) -> str:
    """How it is shown: ``success``, ``info`` or ``error``."""
    return _KINDS.get(flash, "success")


def leave(jar: CookieJar, resp: falcon.Response, flash: Flash) -> None:
    """Say `flash` on the next page this browser opens."""
    jar.set(resp, Cookie.FLASH, flash)


def take(jar: CookieJar, req: falcon.Request, resp: falcon.Response) -> Flash | None:
    """What the page before left to say; said once. Anything not of ours is passed over."""
    value = jar.read(req, Cookie.FLASH)
    if value is None:
        return None
    jar.clear(resp, Cookie.FLASH)
    try:
        return Flash(value)
    except ValueError:
        return None
