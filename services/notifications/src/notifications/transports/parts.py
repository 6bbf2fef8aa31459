"""The parts of a mail's body (RFC 2045, RFC 2046), written as bytes in ASCII.

The standard library's `email` builds a tree of parts, parses each header that it writes itself,
and encodes quoted-printable in Python: half of what a mail cost (bench/PROFILE.md). What parts
there are is known here, and every header is a constant. Texts are encoded by the library's own
functions.
"""

from __future__ import annotations

import binascii
import re
import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field

_LINE_END = re.compile(r"\r\n|\r|\n")
_BASE64_BYTES_A_LINE = 57
"""Which are 76 characters (RFC 2045, section 6.8)."""


@dataclass(frozen=True)
class Part:
    """A part of a mail, or all of its body.

    Attributes:
        headers: whole lines in ASCII without their ends.
        body: lines that end in CRLF.
    """

    headers: tuple[str, ...]
    body: bytes = field(repr=False)

    def as_bytes(self) -> bytes:
        """Headers and body, as they stand in a mail."""
        head = "".join(f"{line}\r\n" for line in self.headers)
        return head.encode("ascii") + b"\r\n" + self.body


def text_part(text: str, content_type: str) -> Part:
    """A text that is read as it stands, in quoted-printable (RFC 2045, section 6.7)."""
    lines = _LINE_END.sub("\r\n", text)
    if not lines.endswith("\r\n"):
        lines += "\r\n"
    headers = (
        f'Content-Type: {content_type}; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
    )
    return Part(headers, binascii.b2a_qp(lines.encode(), istext=True))


def base64_part(content: bytes, *headers: str) -> Part:
    """What no server on the way may change by a byte, with its type among `headers`."""
    lines = (
        b64encode(content[at : at + _BASE64_BYTES_A_LINE]) + b"\r\n"
        for at in range(0, len(content), _BASE64_BYTES_A_LINE)
    )
    return Part((*headers, "Content-Transfer-Encoding: base64"), b"".join(lines))


def multipart(kind: str, parts: Sequence[Part]) -> Part:
    """Several parts as one: ``alternative`` forms of the same, or ``mixed``."""
    # No line of quoted-printable or base64 holds "=_" (RFC 2045, section 6.7).
    boundary = f"=_{secrets.token_hex(16)}"
    line = f"--{boundary}".encode("ascii")
    body = b"".join(line + b"\r\n" + part.as_bytes() + b"\r\n" for part in parts)
    return Part(
        (f'Content-Type: multipart/{kind}; boundary="{boundary}"',), body + line + b"--\r\n"
    )
