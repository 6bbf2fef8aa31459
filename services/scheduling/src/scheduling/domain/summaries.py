"""Summaries: versions, which of them the client sees, and how one begins.

One version is edited in place until it is first shared; saving after that
begins the next one. The client sees at most one version, the one shared last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from markdown_it import MarkdownIt
from markdown_it.token import Token

BEGINNING_LENGTH = 160
"""Characters of a summary that the portal's home shows."""

_READ_AHEAD = 4_000
"""Characters of Markdown that are looked at for the beginning: markup is long at times."""

_AFTER_HEADING = ":"
"""Tells a heading from what it stands above, where both are in one line."""

_markdown = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True)
class SummaryStanding:
    """How a session's summary stands.

    Attributes:
        version: the newest one.
        shared_version: the one the client sees, None while none is shared.
        shared_at: since when, aware UTC.
        read_at: when the client first opened that one, aware UTC.
        read_revealed: so far only on a device that a link let in which the practice saw.
    """

    version: int
    shared_version: int | None
    shared_at: datetime | None
    read_at: datetime | None
    read_revealed: bool = False


@dataclass(frozen=True, kw_only=True)
class VersionStanding:
    """How one version of a session's summary stands, without what it says.

    Attributes:
        id: the version's own.
        session_id: of which session.
        client_id: whose, and for whom it is sealed.
        version: counts the session's versions, from 1.
        revision: counts the saves of all versions, from 1.
        saved_at: aware UTC.
        shared_at: when the client was last let see it, aware UTC.
        unshared_at: when it was taken back since then, aware UTC.
        read_at: when the client first opened it, aware UTC.
        read_revealed: see `SummaryStanding`.
        set_aside: another text was chosen over it, so it is not the newest.
    """

    id: UUID
    session_id: UUID
    client_id: UUID
    version: int
    revision: int
    saved_at: datetime
    shared_at: datetime | None = None
    unshared_at: datetime | None = None
    read_at: datetime | None = None
    read_revealed: bool = False
    set_aside: bool = False


@dataclass(frozen=True, kw_only=True)
class SealedVersion(VersionStanding):
    """One version with what it says, sealed, and who wrote it."""

    written_by: UUID
    body: bytes = field(repr=False)


def beginning(markdown: str, length: int = BEGINNING_LENGTH) -> str:
    """How a summary begins, as plain text in one line, cut at a word.

    Longer text ends with an ellipsis, which is not counted in `length`.
    """
    plain = _plain(_first_blocks(markdown, 2 * length))
    if len(plain) <= length:
        plain = _plain(markdown[:_READ_AHEAD])
    if len(plain) <= length:
        return plain
    head = plain[: length + 1].rpartition(" ")[0]
    return f"{(head or plain[:length]).rstrip(' ,;:–-')}…"


def _first_blocks(markdown: str, length: int) -> str:
    """The blocks that begin within `length`: to parse a long text takes longer than to find it.

    A blank line ends a block, and how one reads depends on no later one, unless a link's address
    is defined there: then all is looked at.
    """
    end = markdown.find("\n\n", length, _READ_AHEAD)
    return markdown[: _READ_AHEAD if end < 0 or "]:" in markdown[:_READ_AHEAD] else end + 1]


def _plain(markdown: str) -> str:
    return " ".join("".join(_words(_markdown.parse(markdown))).split())


def _words(tokens: list[Token]) -> Iterator[str]:
    """The text of `tokens`, blocks and line breaks told apart by blanks."""
    for at, token in enumerate(tokens):
        if token.children is not None and token.type == "inline":
            text = "".join(_words(token.children)).rstrip()
            after = tokens[at + 1 : at + 3]
            heads = len(after) > 1 and after[0].type == "heading_close"
            yield f"{text}{_AFTER_HEADING}" if heads and text[-1:].isalnum() else text
            yield " "
        elif token.type == "image":
            yield from _words(token.children or [])
        elif token.type in {"text", "code_inline", "text_special"}:
            yield token.content
        elif token.type in {"softbreak", "hardbreak"}:
            yield " "
        elif token.type in {"fence", "code_block"}:
            yield f"{token.content} "
