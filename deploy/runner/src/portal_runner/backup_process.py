"""The process beside a portal that keeps its backups."""

from __future__ import annotations

import os
import sys

from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.postgres_backup import drop_log_slots
from portal_runner.backup_schedule import BackupSettings
from portal_runner.data_folder import DataFolder
from portal_runner.processes import INHERITED, Child

NAME = "backup"
NAMED = ("PORTAL_BACKUP_", "PORTAL_MASTER_KEY", "PORTAL_FORMER_MASTER_KEYS_FILE")
"""What its variables begin with: it tries backups out, and so needs the key."""


def backup_process(
    settings: BackupSettings,
    folder: DataFolder,
    server: EmbeddedPostgres,
    inherited: tuple[int, ...] = (),
) -> Child | None:
    """The process, not started; None where the portal makes no backups by itself.

    Then the server, which runs, keeps none of its log for them either.
    """
    if settings.folder is None:
        drop_log_slots(server)
        return None
    environment = {
        key: value for key, value in os.environ.items() if key in INHERITED or key.startswith(NAMED)
    }
    command = [sys.executable, "-m", "portal_runner.backup.keeper", str(folder.path)]
    log_file = folder.logs / f"{NAME}.log"
    return Child(NAME, command, environment, log_file, inherited=inherited)
