"""The five ways a call is refused.

A service raises one of these; the chassis carries it over RPC; only the
gateway turns it into a page or an RFC 9457 problem document. `code` is a
stable word for programs and for the catalogue of translated sentences,
`detail` is an English sentence that is safe to log: it never holds a name,
an address, an answer or a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class PortalError(Exception):
    """Base of every refusal that may cross a service boundary.

    Args:
        code: stable snake_case word, e.g. ``link_revoked``.
        detail: English sentence without personal data.
        fields: for bad input, field name to a code of its own, all at once.
        retry_after_seconds: when asking again may succeed, if known.
    """

    kind: ClassVar[str] = "PortalError"

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        fields: Mapping[str, str] | None = None,
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.fields = dict(fields or {})
        self.retry_after_seconds = retry_after_seconds


class NotFound(PortalError):
    """There is no such thing, or none this actor may know of."""

    kind = "NotFound"


class Conflict(PortalError):
    """The state of things does not allow it (a stale version, a taken slot)."""

    kind = "Conflict"


class Invalid(PortalError):
    """The input is wrong; `fields` names each place."""

    kind = "Invalid"


class Forbidden(PortalError):
    """The actor is known and may not do this."""

    kind = "Forbidden"


class Unavailable(PortalError):
    """Something needed does not answer now; the same request may succeed later."""

    kind = "Unavailable"


ERRORS: dict[str, type[PortalError]] = {
    error.kind: error for error in (NotFound, Conflict, Invalid, Forbidden, Unavailable)
}
