"""Whether the portal of a data folder is backed up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from portal_chassis.clock import Clock
from portal_chassis.embedded.running_portal import read_running
from portal_chassis.variables import SettingsError, load_settings
from portal_runner.backup_schedule import BackupSettings, BackupState, read_state
from portal_runner.doctor.finding import Finding, note, ok, trouble
from portal_runner.doctor.target import Target

SUBJECT = "backups"
LATE = timedelta(minutes=2)
"""So much later than asked for the copy of the log may be: the machine may have much to do."""


def check_backups(target: Target) -> Iterator[Finding]:
    """One finding where the data are on this machine."""
    if target.folder is None:
        return
    try:
        settings = load_settings(BackupSettings)
    except SettingsError as error:
        yield trouble(SUBJECT, str(error), "Correct it, and start the portal again.")
        return
    if settings.folder is None:
        yield note(
            SUBJECT,
            "the portal makes none by itself",
            "Set PORTAL_BACKUP_FOLDER to a folder on another disk, and start it again.",
        )
        return
    state = read_state(target.folder.path)
    runs = read_running(target.folder.path) is not None
    yield _finding(settings, state, Clock().now(), runs=runs)


def _finding(settings: BackupSettings, state: BackupState, now: datetime, *, runs: bool) -> Finding:
    if state.log_problem:
        mend = "Make room there, or mount it: until then PostgreSQL keeps a gigabyte of its log."
        return trouble(SUBJECT, f"the log is not copied: {state.log_problem}", mend)
    if state.base_problem:
        mend = f"Mend it; the portal tries again in ten minutes. It writes to {settings.folder}."
        return trouble(SUBJECT, f"the last one failed: {state.base_problem}", mend)
    until = state.archived_until
    if runs and (until is None or now - until > LATE + timedelta(seconds=settings.log_seconds)):
        return trouble(SUBJECT, f"the log is copied until {_at(until)} only", _LOG)
    if state.based_at is None:
        return note(SUBJECT, "the first base backup is being made")
    if now - state.based_at > 2 * timedelta(hours=settings.every_hours):
        return trouble(SUBJECT, f"the last base backup is of {_at(state.based_at)}", _LOG)
    tried = f"tried out {_at(state.tried_at)}" if state.tried_at else "not tried out"
    return ok(SUBJECT, f"of {_at(state.based_at)}, {tried}, with the log until {_at(until)}")


_LOG = "Look into logs/backup.log of the data folder."


def _at(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}" if instant else "never"
