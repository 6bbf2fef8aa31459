"""The headers every answer carries."""

from __future__ import annotations

from typing import Any, Final

import falcon

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'"
)
HSTS: Final = "max-age=63072000; includeSubDomains"
# `no-referrer` would make browsers send `Origin: null` with our own forms.
REFERRER: Final = "same-origin"
REFERRER_WITH_TOKEN: Final = "strict-origin"  # noqa: S105 - a policy for pages whose address holds one
TOKEN_PATHS: Final = ("/p/", "/setup/")
"""Where an address holds a secret: of a portal link, of the first run."""


# Nothing of ours asks for any of them, so nothing that gets into a page can.
PERMISSIONS: Final = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media"),
        *("fullscreen", "geolocation", "gyroscope", "hid", "magnetometer", "microphone"),
        *("midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb"),
        "xr-spatial-tracking",
    )
)


def headers_of_every_answer(*, https: bool) -> dict[str, str]:
    """What every answer carries, be it a page or the end of a connection."""
    headers = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": REFERRER,
        "Permissions-Policy": PERMISSIONS,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Robots-Tag": "noindex, nofollow",
    }
    return headers | {"Strict-Transport-Security": HSTS} if https else headers


class SecurityHeaders:
    """Middleware that sets them, on errors too; a resource's own headers win.

    Args:
        https: whether people reach the portal by https.
    """

    def __init__(self, *, https: bool) -> None:
        self._headers = headers_of_every_answer(https=https)

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: Any, req_succeeded: bool
    ) -> None:
        """Set what the resource did not."""
        headers = self._headers
        if _holds_token(req):
            headers = headers | {"Referrer-Policy": REFERRER_WITH_TOKEN}
        for name, value in headers.items():
            if resp.get_header(name) is None:
                resp.set_header(name, value)


def _holds_token(req: falcon.Request) -> bool:
    return req.path.startswith(TOKEN_PATHS)
