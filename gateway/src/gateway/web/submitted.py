"""What a person sent: the fields of a form, or of an address's query.

Everything is text until a page asks for more, and is cleaned as it is read
(`portal_contracts.text`). What was typed is never refused here, where no page could show
it again: bytes that are no UTF-8 become U+FFFD, and how long a text may be is asked later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

import falcon
from falcon.media import MultipartFormHandler

from portal_contracts.errors import Invalid
from portal_contracts.numbers import with_ascii_digits
from portal_contracts.text import line, paragraphs

FORM_TYPE: Final = "application/x-www-form-urlencoded"
FILES_TYPE: Final = "multipart/form-data"
MOST_FIELDS: Final = 5_000
"""More than the largest form of ours has: availability with every row filled in."""

_MOST_PARTS: Final = 40

KEY: Final = "[A-Za-z0-9_-]{16,64}"
"""An idempotency key, as a pattern."""

_KEY = re.compile(KEY)

CSRF_FIELD: Final = "csrf"
KEY_FIELD: Final = "idempotency_key"
PERSON_FIELD: Final = "filled_in_by"
# Never written back into a page.
SECRET_FIELDS: Final = frozenset({CSRF_FIELD, "password"})


class Submitted:
    """The fields of one form or query; the first value of a name counts."""

    def __init__(
        self,
        pairs: list[tuple[str, str]] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        self._pairs = pairs or []
        self._files = files or {}
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

    def text(self, name: str) -> str:
        """One field, cleaned; empty when absent."""
        return paragraphs(self._values.get(name, ""))

    def uuid(self, name: str) -> UUID | None:
        """A field that holds an id, or None."""
        try:
            return UUID(self.text(name))
        except ValueError:
            return None

    def every(self, name: str) -> list[str]:
        """All values of a name that may be sent more than once, as check boxes are."""
        return [paragraphs(value) for sent, value in self._pairs if sent == name]

    def raw(self, name: str) -> str:
        """One field exactly as it was sent, for passwords."""
        return self._values.get(name, "")

    def file(self, name: str) -> bytes:
        """What a file holds that was chosen; empty where none was."""
        return self._files.get(name, b"")

    def number(self, name: str) -> int | None:
        """A field of decimal digits, or None."""
        value = with_ascii_digits(self.text(name))
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
        return [
            (name, paragraphs(value)) for name, value in self._pairs if name not in SECRET_FIELDS
        ]

    def values(self, names: Mapping[str, str]) -> dict[str, str]:
        """The named fields, each with the given default where it is absent."""
        return {
            name: self.text(name) if name in self._values else default
            for name, default in names.items()
        }


def read_form(req: falcon.Request, limit_bytes: int, *, files: bool = False) -> Submitted:
    """Read the form in the body.

    Args:
        req: the request.
        limit_bytes: how large a body may be.
        files: the page takes files too.

    Raises:
        falcon.HTTPUnsupportedMediaType: it is no form.
        falcon.HTTPContentTooLarge: it is larger than `limit_bytes`, or has too many fields.
        falcon.HTTPBadRequest: it ends early.
    """
    length = req.content_length or 0
    if length > limit_bytes:
        raise falcon.HTTPContentTooLarge
    if length == 0:
        return Submitted()
    content_type = (req.content_type or "").split(";", 1)[0].strip().lower()
    if content_type != FORM_TYPE and not (files and content_type == FILES_TYPE):
        raise falcon.HTTPUnsupportedMediaType
    body = req.bounded_stream.read(length)
    if len(body) < length:
        raise falcon.HTTPBadRequest
    if content_type == FILES_TYPE:
        return _with_files(body, req.content_type or "")
    return Submitted(_pairs(body))


def _with_files(body: bytes, content_type: str) -> Submitted:
    """A form with files; a part that came with a file's name is a file, be it empty.

    Raises:
        falcon.HTTPBadRequest: it is not made as such a form is.
    """
    handler = MultipartFormHandler()
    handler.parse_options.max_body_part_count = _MOST_PARTS
    handler.parse_options.max_body_part_buffer_size = len(body)
    pairs: list[tuple[str, str]] = []
    files: dict[str, bytes] = {}
    for part in handler.deserialize(BytesIO(body), content_type, len(body)):
        name = line(part.name or "")
        if part.filename is None:
            pairs.append((name, part.get_data().decode(errors="replace")))
        else:
            files.setdefault(name, part.get_data())
    return Submitted(pairs, files)


def read_query(req: falcon.Request) -> Submitted:
    """Read the query of the address; raises as `read_form` for too many fields."""
    return Submitted(_pairs(req.query_string.encode("latin-1", "replace")))


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(
            body.decode(errors="replace"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="replace",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise falcon.HTTPContentTooLarge from None
    return [(line(name), value) for name, value in pairs]
