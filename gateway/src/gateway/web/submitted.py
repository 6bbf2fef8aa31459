"""What a person sent: the fields of a form, or of an address's query.

Everything is text until a page asks for more. Text that no form of ours can
send (NUL and other control characters, broken UTF-8, half a surrogate pair)
is refused here, so that nothing behind has to know of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

import falcon

from portal_contracts.errors import Invalid

FORM_TYPE: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 200
LONGEST_TYPED: Final = 100_000
"""What is beyond a limit and below this is shown again, to be cut by whoever wrote it."""

KEY: Final = "[A-Za-z0-9_-]{16,64}"
"""An idempotency key, as a pattern."""

_KEY = re.compile(KEY)
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

CSRF_FIELD: Final = "csrf"
KEY_FIELD: Final = "idempotency_key"
# Never written back into a page.
SECRET_FIELDS: Final = frozenset({CSRF_FIELD, "password"})


class Submitted:
    """The fields of one form or query; the first value of a name counts."""

    def __init__(self, pairs: list[tuple[str, str]] | None = None) -> None:
        self._pairs = pairs or []
        self._values: dict[str, str] = {}
        for name, value in self._pairs:
            self._values.setdefault(name, value)

    def __contains__(self, name: str) -> bool:
        """Whether the field was sent at all, be it empty."""
        return name in self._values

    @property
    def names(self) -> list[str]:
        """The names that were sent, each once."""
        return list(self._values)

    def text(self, name: str, *, most: int = 10_000) -> str:
        """One field, stripped, its lines ended by a line feed; empty when absent.

        Raises:
            Invalid: ``too_long`` beyond `most` characters.
        """
        value = self._values.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip()
        if len(value) > most:
            raise Invalid("invalid_input", "A field is too long.", fields={name: "too_long"})
        return value

    def uuid(self, name: str) -> UUID | None:
        """A field that holds an id, or None."""
        try:
            return UUID(self.text(name, most=40))
        except (ValueError, Invalid):
            return None

    def every(self, name: str) -> list[str]:
        """All values of a name that may be sent more than once, as check boxes are."""
        return [value for sent, value in self._pairs if sent == name]

    def raw(self, name: str) -> str:
        """One field exactly as it was sent, for passwords."""
        return self._values.get(name, "")

    def number(self, name: str) -> int | None:
        """A field of decimal digits, or None."""
        value = self.text(name)
        return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else None  # noqa: PLR2004 - nine digits fit every number asked for

    def key(self) -> str:
        """The idempotency key of the form.

        Raises:
            Invalid: ``idempotency_key_missing``: this is no form of ours.
        """
        key = self._values.get(KEY_FIELD, "")
        if not _KEY.fullmatch(key):
            raise Invalid("idempotency_key_missing", "The form holds no key of ours.")
        return key

    def repeatable(self) -> list[tuple[str, str]]:
        """What may be written into a page that offers to send it again."""
        return [(name, value) for name, value in self._pairs if name not in SECRET_FIELDS]

    def values(self, names: Mapping[str, str]) -> dict[str, str]:
        """The named fields, each with the given default where it is absent."""
        return {
            name: self.text(name) if name in self._values else default
            for name, default in names.items()
        }


def read_form(req: falcon.Request, limit_bytes: int) -> Submitted:
    """Read the form in the body.

    Raises:
        falcon.HTTPUnsupportedMediaType: it is no form.
        falcon.HTTPContentTooLarge: it is larger than `limit_bytes`.
        falcon.HTTPBadRequest: it ends early, or cannot be read.
    """
    length = req.content_length or 0
    if length > limit_bytes:
        raise falcon.HTTPContentTooLarge
    if length == 0:
        return Submitted()
    content_type = (req.content_type or "").split(";", 1)[0].strip().lower()
    if content_type != FORM_TYPE:
        raise falcon.HTTPUnsupportedMediaType
    body = req.bounded_stream.read(length)
    if len(body) < length:
        raise falcon.HTTPBadRequest
    return Submitted(_pairs(body))


def read_query(req: falcon.Request) -> Submitted:
    """Read the query of the address; raises as `read_form` for what cannot be read."""
    return Submitted(_pairs(req.query_string.encode("latin-1", "replace")))


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:  # also UnicodeDecodeError
        raise falcon.HTTPBadRequest from error
    if any(_FORBIDDEN.search(name) or _FORBIDDEN.search(value) for name, value in pairs):
        raise Invalid("bad_character", "No form of ours can send such a character.")
    return pairs
