"""Whether a backup is one: it is restored into a folder that is thrown away, and looked at."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from portal_runner.backup.choosing import Choice
from portal_runner.backup.coding import Identities
from portal_runner.backup.master_key import MasterKey
from portal_runner.backup.reconciling import LostTime
from portal_runner.backup.restoring import restore
from portal_runner.backup.streams import BackupError

ROOM = 3
"""How many times its size a cluster needs while it is unpacked and played."""


def verify(
    choice: Choice, key: MasterKey, identities: Identities, cluster_bytes: int, scratch: Path
) -> list[str]:
    """Restore `choice` below `scratch` and check the invariants.

    Args:
        choice: what was written.
        key: the master key, named by variables: none is written anywhere.
        identities: open a sealed backup.
        cluster_bytes: how large it is.
        scratch: a folder with room.

    Returns:
        A sentence for each breach; none where all holds.

    Raises:
        BackupError, PostgresError: it cannot be restored.
    """
    if shutil.disk_usage(scratch).free < ROOM * cluster_bytes:
        message = f"{scratch} has too little room to try the backup out. Name another by --scratch."
        raise BackupError(message)
    with tempfile.TemporaryDirectory(
        prefix="latchkey-scratch-", dir=scratch, ignore_cleanup_errors=True
    ) as folder:
        nothing_lost = LostTime(choice.reaches, choice.reaches)
        done = restore(
            choice, Path(folder) / "var", key, identities, [], nothing_lost, lambda _step: None
        )
    wrong = [sentence for verdict in done.verdicts for sentence in verdict.wrong]
    return wrong if done.reconciled.at_rest else ["some events do not arrive", *wrong]
