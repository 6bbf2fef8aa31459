"""A folder of ``.eml`` files: the mailbox of a portal on a laptop."""

from __future__ import annotations

import os
from pathlib import Path

from notifications.domain.letters import Letter
from notifications.domain.outcome import ACCEPTED, Outcome, permanent, temporary
from notifications.domain.reasons import Reason
from notifications.transports.head import HeadInvalid
from notifications.transports.message import as_message


class FolderTransport:
    """Writes each letter as a file, named by the delivery's time and id.

    A repeated attempt of the same delivery replaces its file, so a folder
    never holds one mail twice. A file appears whole or not at all.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: Letter, *, within: float | None = None) -> Outcome:
        """Write one letter."""
        try:
            message = as_message(letter)
        except HeadInvalid:
            return permanent(Reason.MAIL_MALFORMED)
        name = f"{letter.created_at:%Y%m%dT%H%M%S}-{letter.delivery_id}.eml"
        unfinished = self._folder / f".{name}.part"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(message)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._folder / name)
        except OSError:
            return temporary(Reason.MAIL_FOLDER_UNWRITABLE)
        return ACCEPTED

    def answers(self) -> bool:
        """Whether the folder is there, or can be made, and can be written to."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            return False
        return os.access(self._folder, os.W_OK | os.X_OK)
