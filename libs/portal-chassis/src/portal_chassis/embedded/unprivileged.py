"""Running a server that refuses to be root, when we are root.

PostgreSQL does not start as root, and containers often have no other user.
Then its commands run as an unprivileged user who owns the data folder.
"""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class SystemUser:
    """The user that a server's commands run as. `uid` None: whoever we are."""

    uid: int | None = None
    gid: int | None = None

    @property
    def run_options(self) -> dict[str, Any]:
        """Arguments for `subprocess.run` that switch to this user."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take_over(self, folder: Path) -> None:
        """Make the user the owner of `folder`, and let it reach it.

        On the way there, folders that others may not pass get the right to
        pass (``o+x``, not to read), for example a 0700 home of root.
        """
        if self.uid is None or self.gid is None:
            return
        if folder.stat().st_uid != self.uid:
            os.chown(folder, self.uid, self.gid)
        self.let_pass(folder)

    def let_pass(self, folder: Path) -> None:
        """Let the user pass through every parent of `folder`."""
        if self.uid is None:
            return
        for parent in folder.resolve().parents:
            status = parent.stat()
            if status.st_uid != self.uid and not status.st_mode & stat.S_IXOTH:
                parent.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)


def unprivileged_user(data: Path) -> SystemUser:
    """Who runs the server whose data folder is `data`.

    Whoever owns an existing folder keeps it. Without root's rights it is the
    present user.
    """
    if os.geteuid() != 0:
        return SystemUser()
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return SystemUser(owner.st_uid, owner.st_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemUser(entry.pw_uid, entry.pw_gid)
    message = f"PostgreSQL does not run as root, and there is no user {' or '.join(CANDIDATES)}."
    raise RuntimeError(message)
