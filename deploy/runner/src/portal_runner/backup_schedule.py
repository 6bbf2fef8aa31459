"""Backups that a portal makes by itself: when, where to, and how the last ones went."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal_chassis.embedded.running_portal import write_private

KEPT_AT_MOST_DAYS = 35
"""How long a backup may be kept: so long an erased client's keys may outlive the erasure in one."""


class BackupSettings(BaseSettings):
    """What says it, from variables that begin with ``PORTAL_BACKUP_``."""

    model_config = SettingsConfigDict(
        env_prefix="PORTAL_BACKUP_",
        extra="ignore",
        hide_input_in_errors=True,
        frozen=True,
        env_ignore_empty=True,
    )

    folder: Path | None = Field(
        default=None,
        description="Folder of all backups, on another disk; empty: the portal makes none.",
    )
    recipients: str = Field(
        default="", description="Public keys of age, separated by spaces: who may open them."
    )
    every_hours: int = Field(
        default=24, ge=1, le=168, description="Hours from one base backup to the next."
    )
    kept_days: int = Field(
        default=30,
        ge=1,
        le=KEPT_AT_MOST_DAYS,
        description="Days for which base backups, and the log since, are kept.",
    )
    log_seconds: float = Field(
        default=15.0,
        ge=1,
        le=3600,
        description="Seconds after which what was done is in the copy of the log: as much may be "
        "lost with a machine.",
    )
    tried: bool = Field(
        default=True,
        description="Each base backup is restored into a folder that is thrown away.",
    )


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
