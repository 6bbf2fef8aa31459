"""The newest backup is tried out by itself: ``python -m portal_runner.backup.trial FOLDER TARGET``.

In a process of its own: it takes its time, and whoever ends the portal meanwhile ends
it too, with nothing left of the copy. A secret key that opens it is read from standard input.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.running_portal import as_portal_of
from portal_runner.backup.backup_command import REFUSED, own_key
from portal_runner.backup.base_backup import cluster_bytes
from portal_runner.backup.choosing import choose
from portal_runner.backup.coding import Identities
from portal_runner.backup.disks import sentence_of
from portal_runner.backup.ending import end_in_order
from portal_runner.backup.target import Target
from portal_runner.backup.verifying import verify
from portal_runner.data_folder import DataFolder

HOLDS, WRONG, NOT_TRIED = 0, 1, 2


def run(folder: DataFolder, target: Target, identities: Identities) -> int:
    """Try out the newest backup of the portal of `folder`, which runs; wrong things are printed."""
    with as_portal_of(folder.path):
        key = own_key(folder)
        if key is None:
            return NOT_TRIED
        size = cluster_bytes(EmbeddedPostgres(folder.postgres))
        scratch = Path(tempfile.gettempdir())
        try:
            wrong = verify(choose(target.home, None), key, identities, size, scratch)
        except REFUSED as error:
            wrong = [sentence_of(error, target.folder, scratch)]
    sys.stdout.write("; ".join(wrong))
    return WRONG if wrong else HOLDS


if __name__ == "__main__":
    end_in_order()
    its = DataFolder(Path(sys.argv[1]))
    opens = Identities(tuple(sys.stdin.read().split()))
    sys.exit(run(its, Target(Path(sys.argv[2]), its.name), opens))
