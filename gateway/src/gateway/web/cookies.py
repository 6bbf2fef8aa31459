"""The gateway's cookies.

Over https every name begins with ``__Host-``, so that no neighbouring host
and no plain connection can set one (RFC 6265bis, section 4.1.3.2). Over http,
which the settings allow on this machine only, browsers refuse that prefix and
the plain name is used. Nothing is kept in a cookie but an opaque secret, the
theme, a code from a fixed list, how the calendar was laid out last, or the id of the
practitioner whose things were shown last.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum

import falcon

SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
"""256 bits in base64url without padding."""

# Devices end on the server; a browser caps the life of a cookie at 400 days anyway.
DEVICE_SECONDS = 400 * 86_400
THEME_SECONDS = 400 * 86_400
FLASH_SECONDS = 60
SHOWN_SECONDS = 400 * 86_400
LAYOUT_SECONDS = 400 * 86_400
# As long as a sign-in waits for its code; the server ends it in any case.
STEP_SECONDS = 600
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Cookie(StrEnum):
    """The cookies there are, by plain name."""

    CLIENT_DEVICE = "lk_device"
    CONSOLE_DEVICE = "lk_console"
    CONSOLE_BROWSER = "lk_browser"
    CONSOLE_STEP = "lk_step"
    CSRF = "lk_csrf"
    THEME = "lk_theme"
    FLASH = "lk_flash"
    SHOWN = "lk_shown"
    LAYOUT = "lk_layout"


_LIFE: dict[Cookie, int | None] = {
    Cookie.CLIENT_DEVICE: DEVICE_SECONDS,
    Cookie.CONSOLE_DEVICE: DEVICE_SECONDS,
    Cookie.CONSOLE_BROWSER: DEVICE_SECONDS,
    Cookie.CONSOLE_STEP: STEP_SECONDS,
    Cookie.CSRF: None,
    Cookie.THEME: THEME_SECONDS,
    Cookie.FLASH: FLASH_SECONDS,
    Cookie.SHOWN: SHOWN_SECONDS,
    Cookie.LAYOUT: LAYOUT_SECONDS,
}


class CookieJar:
    """Reads and sets the gateway's cookies.

    Args:
        https: whether people reach the portal by https.
    """

    def __init__(self, *, https: bool) -> None:
        self._https = https

    def name(self, cookie: Cookie) -> str:
        """The name the browser knows."""
        return f"__Host-{cookie}" if self._https else str(cookie)

    def read(self, req: falcon.Request, cookie: Cookie) -> str | None:
        """The value the browser sent, or None.

        Sent twice under one name, none is believed: one of them was planted.
        """
        values = req.get_cookie_values(self.name(cookie)) or []
        return values[0] if len(values) == 1 and values[0] else None

    def read_secret(self, req: falcon.Request, cookie: Cookie) -> str | None:
        """A cookie that holds a secret of ours; None when it has another shape."""
        value = self.read(req, cookie)
        return value if value is not None and SECRET.fullmatch(value) else None

    def set(self, resp: falcon.Response, cookie: Cookie, value: str) -> None:
        """Set a cookie for its usual life."""
        resp.set_cookie(
            self.name(cookie),
            value,
            max_age=_LIFE[cookie],
            path="/",
            secure=self._https,
            http_only=True,
            same_site="Lax",
        )

    def clear(self, resp: falcon.Response, cookie: Cookie) -> None:
        """Take a cookie away, with the attributes it was set with."""
        resp.set_cookie(
            self.name(cookie),
            "",
            expires=_LONG_AGO,  # falcon leaves a Max-Age of 0 out
            path="/",
            secure=self._https,
            http_only=True,
            same_site="Lax",
        )
