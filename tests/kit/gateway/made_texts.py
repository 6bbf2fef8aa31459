"""The summary and the note of one session in memory, saved and kept by the service's own rules."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from portal_chassis.clock import Clock
from portal_contracts.actor import Actor
from portal_contracts.errors import Conflict, NotFound
from portal_contracts.scheduling.rpc.notes import (
    NoteSaved,
    NoteText,
    NoteVersion,
    OpenNoteVersion,
    PrivateNote,
    SaveNote,
)
from portal_contracts.scheduling.rpc.sessions import (
    OpenSummaryVersion,
    SaveSummary,
    SessionRow,
    SharedVersion,
    ShareSummary,
    SummaryDraft,
    SummarySaved,
    SummaryState,
    SummaryText,
    SummaryVersion,
)
from portal_contracts.scheduling.rpc.written_texts import Keeping
from scheduling.domain.versions import begins_version


@dataclass(frozen=True)
class MadeVersion:
    """One version of a text."""

    version: int
    text: str
    written_by: UUID
    saved_at: datetime
    shared_at: datetime | None = None
    set_aside: bool = False


@dataclass
class MadeText:
    """A text with its versions, the newest last of those that were not set aside."""

    revision: int = 0
    versions: list[MadeVersion] = field(default_factory=list)

    @property
    def newest(self) -> MadeVersion | None:
        """The newest version."""
        return next((one for one in reversed(self.versions) if not one.set_aside), None)

    def find(self, number: int, code: str) -> MadeVersion:
        """A version by its number."""
        for one in self.versions:
            if one.version == number:
                return one
        raise NotFound(code)

    def save(self, command: SaveSummary | SaveNote, writer: UUID, now: datetime) -> MadeVersion:
        """Save as scheduling does."""
        newest, aside = self.newest, command.keeping is Keeping.ASIDE
        if newest and (newest.text == command.text or (aside and not command.text.strip())):
            return newest
        if not (aside and newest) and command.revision != self.revision:
            raise Conflict("stale_revision")
        begins = newest is None or begins_version(
            command.keeping,
            writer=writer,
            written_by=newest.written_by,
            saved_at=newest.saved_at,
            was_shared=newest.shared_at is not None,
            now=now,
        )
        if newest is not None and not begins:
            self.revision += 1
            rewritten = replace(newest, text=command.text, saved_at=now)
            self.versions[self.versions.index(newest)] = rewritten
            return rewritten
        number = len(self.versions) + 1
        begun = MadeVersion(number, command.text, writer, now, set_aside=aside and bool(newest))
        self.versions.append(begun)
        self.revision += not begun.set_aside
        return newest if newest is not None and begun.set_aside else begun


@dataclass
class MadeTexts:
    """What is written about one session; `answers` are the calls it takes over."""

    clock: Clock
    session: SessionRow
    summary: MadeText = field(default_factory=MadeText)
    note: MadeText = field(default_factory=MadeText)

    @property
    def answers(self) -> dict[str, Any]:
        """The calls about the session's texts, by their addresses."""
        calls = {
            "get_session": self.get_session,
            "open_summary": self.open_summary,
            "open_summary_version": self.open_summary_version,
            "save_summary": self.save_summary,
            "share_summary": self.share_summary,
            "open_note": self.open_note,
            "open_note_version": self.open_note_version,
            "save_note": self.save_note,
        }
        return {f"scheduling.{name}": call for name, call in calls.items()}

    @property
    def shared(self) -> MadeVersion | None:
        """The version that the client sees."""
        return next((one for one in self.summary.versions if one.shared_at is not None), None)

    def get_session(self, _command: Any, _actor: Actor) -> SessionRow:
        """The session as it stands."""
        newest, shared = self.summary.newest, self.shared
        state = newest and SummaryState(
            version=newest.version,
            shared_version=shared.version if shared else None,
            shared_at=shared.shared_at if shared else None,
            read_at=None,
        )
        return msgspec.structs.replace(self.session, summary=state)

    def open_summary(self, command: Any, actor: Actor) -> SummaryDraft:
        """The summary for editing."""
        newest = self.summary.newest
        return SummaryDraft(
            session=self.get_session(command, actor),
            revision=self.summary.revision,
            version=newest.version if newest else 0,
            text=newest.text if newest else "",
            versions=[
                SummaryVersion(
                    version=one.version,
                    written_at=one.saved_at,
                    shared_at=one.shared_at,
                    unshared_at=None,
                    read_at=None,
                    set_aside=one.set_aside,
                )
                for one in self.summary.versions
            ],
        )

    def open_summary_version(self, command: OpenSummaryVersion, _actor: Actor) -> SummaryText:
        """One version."""
        found = self.summary.find(command.version, "summary_version_not_found")
        return SummaryText(version=found.version, text=found.text)

    def save_summary(self, command: SaveSummary, actor: Actor) -> SummarySaved:
        """Save the summary."""
        newest = self.summary.save(command, _id(actor), self.clock.now())
        return SummarySaved(
            revision=self.summary.revision,
            version=newest.version,
            saved_at=newest.saved_at,
            shared_version=self.shared.version if self.shared else None,
        )

    def share_summary(self, command: ShareSummary, _actor: Actor) -> SharedVersion:
        """Let the client see the newest version."""
        newest = self.summary.newest
        if newest is None or command.revision != self.summary.revision:
            raise Conflict("stale_revision")
        now = self.clock.now()
        self.summary.versions = [
            replace(one, shared_at=now if one is newest else None) for one in self.summary.versions
        ]
        return SharedVersion(version=newest.version, shared_at=now)

    def open_note(self, _command: Any, actor: Actor) -> PrivateNote:
        """The note, for its author."""
        self._require_author(actor)
        newest = self.note.newest
        return PrivateNote(
            revision=self.note.revision,
            text=newest.text if newest else "",
            saved_at=newest.saved_at if newest else None,
            version=newest.version if newest else 0,
            versions=[
                NoteVersion(version=one.version, written_at=one.saved_at, set_aside=one.set_aside)
                for one in reversed(self.note.versions)
            ],
        )

    def open_note_version(self, command: OpenNoteVersion, actor: Actor) -> NoteText:
        """One version."""
        self._require_author(actor)
        found = self.note.find(command.version, "note_version_not_found")
        return NoteText(version=found.version, text=found.text)

    def save_note(self, command: SaveNote, actor: Actor) -> NoteSaved:
        """Save the note."""
        self._require_author(actor)
        newest = self.note.save(command, _id(actor), self.clock.now())
        return NoteSaved(
            revision=self.note.revision, saved_at=newest.saved_at, version=newest.version
        )

    def _require_author(self, actor: Actor) -> None:
        if actor.id != self.session.practitioner_id:
            raise NotFound("note_not_found")


def _id(actor: Actor) -> UUID:
    assert actor.id is not None
    return actor.id
