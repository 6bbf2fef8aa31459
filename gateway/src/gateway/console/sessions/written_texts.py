"""The two texts of a session as a page sends them: read, and saved each by itself.

Whatever becomes of one of them, the other is saved all the same. A text that is as the page
showed it is not sent, so that whoever wrote the note meets no conflict about the summary.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from gateway.web.backend import Backend
from gateway.web.request_context import RequestContext
from gateway.web.submitted import Submitted
from gateway.web.tokens import derived_secret, sha256
from portal_contracts.errors import Conflict, Invalid, PortalError
from portal_contracts.scheduling.rpc.notes import SAVE_NOTE, NoteSaved, SaveNote
from portal_contracts.scheduling.rpc.sessions import (
    GET_SESSION,
    SAVE_SUMMARY,
    GetSession,
    SaveSummary,
    SummarySaved,
)
from portal_contracts.scheduling.rpc.written_texts import Keeping

SUMMARY: Final = "summary"
NOTE: Final = "note"
TEXTS: Final = (SUMMARY, NOTE)

_CHOICES: Final = {"keep": Keeping.BEGIN, "take": Keeping.ASIDE}

Saved = SummarySaved | NoteSaved


@dataclass(frozen=True)
class Typed:
    """A text as it was typed.

    Attributes:
        text: what was typed.
        revision: the one it was written upon.
        was: the fingerprint of the text that the page began with.
        newest: the revision beside which a choice was made, None without one.
    """

    text: str
    revision: int
    was: str
    newest: int | None = None

    @property
    def changed(self) -> bool:
        """Whether it differs from what the page began with."""
        return fingerprint(self.text) != self.was


class Written(NamedTuple):
    """What became of a text: `saved` unless there was nothing to save, or `error` is why not."""

    typed: Typed
    saved: Saved | None = None
    error: PortalError | None = None

    @property
    def stale(self) -> bool:
        """Whether another text was saved meanwhile."""
        return isinstance(self.error, Conflict) and self.error.code == "stale_revision"


def fingerprint(text: str) -> str:
    """Tells a text from others, however a browser ends its lines."""
    return sha256("\n".join(text.splitlines()).strip())


def typed_texts(form: Submitted) -> dict[str, Typed]:
    """The texts that the form holds, by name."""
    return {
        name: Typed(
            text=form.text(name),
            revision=form.number(f"{name}_revision") or 0,
            was=form.text(f"{name}_was"),
            newest=form.number(f"{name}_newest"),
        )
        for name in TEXTS
        if name in form
    }


def save_texts(context: RequestContext, session_id: UUID) -> dict[str, Written]:
    """Save what was changed, and what a conflict's choice was made about; by name.

    A form that holds no key of ours is refused text by text, so that all of them stay.

    Raises:
        NotFound: nothing was changed, and there is no such session.
    """
    form = context.form
    try:
        form_key = form.key()
    except Invalid as error:
        return {name: Written(typed, error=error) for name, typed in typed_texts(form).items()}
    choice, _, chosen = form.text("do").partition("-")
    written = {}
    for name, typed in typed_texts(form).items():
        keeping = _CHOICES.get(choice, Keeping.GO_ON) if chosen == name else Keeping.GO_ON
        if keeping is Keeping.GO_ON and not typed.changed:
            written[name] = Written(typed)
            continue
        revision = typed.revision if keeping is Keeping.GO_ON else typed.newest or 0
        # The same text on the same revision is the same act, whatever was saved in between.
        key = derived_secret(form_key, f"{name} {keeping} {revision} {typed.text}")
        try:
            saved = save_text(
                context.backend, session_id, name, typed.text, revision, keeping=keeping, key=key
            )
        except PortalError as error:
            written[name] = Written(typed, error=error)
        else:
            written[name] = Written(typed, saved)
    if all(one.saved is None and one.error is None for one in written.values()):
        # Scheduling was asked nothing yet: whether there is such a session is said all the same.
        context.backend.ask(GET_SESSION, GetSession(session_id=session_id))
    return written


def save_text(
    backend: Backend,
    session_id: UUID,
    name: str,
    text: str,
    revision: int,
    *,
    keeping: Keeping,
    key: str,
) -> Saved:
    """Save one text upon the revision that was read.

    Raises:
        Invalid: ``text_too_long``, the field ``text``: more than the contract lets through.
        PortalError: whatever scheduling refuses it with.
    """
    return _SAVE[name](backend, session_id, text, revision, keeping, key)


def _save_summary(
    backend: Backend, session_id: UUID, text: str, revision: int, keeping: Keeping, key: str
) -> SummarySaved:
    command = SaveSummary(session_id=session_id, revision=revision, text=text, keeping=keeping)
    return backend.ask(SAVE_SUMMARY, command, idempotency_key=key)


def _save_note(
    backend: Backend, session_id: UUID, text: str, revision: int, keeping: Keeping, key: str
) -> NoteSaved:
    command = SaveNote(session_id=session_id, revision=revision, text=text, keeping=keeping)
    return backend.ask(SAVE_NOTE, command, idempotency_key=key)


_SAVE: Final[dict[str, Callable[[Backend, UUID, str, int, Keeping, str], Saved]]] = {
    SUMMARY: _save_summary,
    NOTE: _save_note,
}
