"""Backups that a portal makes by itself: when, where to, and how the last ones went."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Struct

from portal_chassis.embedded.running_portal import write_private
from portal_chassis.variables import EnvironmentSettings, setting

KEPT_AT_MOST_DAYS = 35
"""How long a backup may be kept: so long an erased client's keys may outlive the erasure in one."""


class BackupSettings(EnvironmentSettings, prefix="PORTAL_BACKUP_"):
    """What says it, from variables that begin with ``PORTAL_BACKUP_``."""

    folder: Annotated[
        Path | None,
        setting("Folder of all backups, on another disk; empty: the portal makes none."),
    ] = None
    recipients: Annotated[
        str, setting("Public keys of age, separated by spaces: who may open them.")
    ] = ""
    every_hours: Annotated[
        int, setting("Hours from one base backup to the next.", ge=1, le=168)
    ] = 24
    kept_days: Annotated[
        int,
        setting(
            "Days for which base backups, and the log since, are kept.", ge=1, le=KEPT_AT_MOST_DAYS
        ),
    ] = 30
    log_seconds: Annotated[
        float,
        setting(
            "Seconds after which what was done is in the copy of the log: as much may be "
            "lost with a machine.",
            ge=1,
            le=3600,
        ),
    ] = 15.0
    tried: Annotated[
        bool, setting("Each base backup is restored into a folder that is thrown away.")
    ] = True


class BackupState(Struct):
    """How the last ones went; lies in the data folder.

    Attributes:
        archived_until: what was done before is in the copy of the log; aware UTC.
        based_at: when the last base backup began.
        tried_at: when one was tried out last and held.
        log_problem: why the log is not copied; empty while it is.
        base_problem: why the last base backup failed or did not hold; empty where it did.
    """

    archived_until: datetime | None = None
    based_at: datetime | None = None
    tried_at: datetime | None = None
    log_problem: str = ""
    base_problem: str = ""


def read_state(folder: Path) -> BackupState:
    """The state in a data folder; an empty one where there is none."""
    try:
        return msgspec.json.decode((folder / STATE).read_bytes(), type=BackupState)
    except (OSError, msgspec.MsgspecError):
        return BackupState()


def write_state(folder: Path, state: BackupState) -> None:
    """Write it, for us alone."""
    write_private(folder / STATE, msgspec.json.encode(state).decode())


STATE = "backup.json"
