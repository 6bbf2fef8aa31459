"""An environment of its own for each peer: none of its packages meets the portal's.

It is made on demand from the peer's lock file, in the user's cache folder, and kept under
the hash of its pins: a changed lock makes another one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HASH_DIGITS = 12
INSTALL_SECONDS = 600


class NoEnvironmentError(Exception):
    """It cannot be made here; the text says why, in a sentence."""


def cache_folder() -> Path:
    """Where environments are kept."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "latchkey-bench"


def environment_for(name: str, lock: Path) -> Path:
    """The Python of the environment that `lock` describes, made when there is none yet.

    Args:
        name: of the peer.
        lock: exact versions with hashes, as `pip` reads them.

    Raises:
        NoEnvironmentError: no package index is reached, or a package does not build here.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    pins = [line for line in lock.read_text().splitlines() if not line.startswith("#")]
    digest = hashlib.sha256("\n".join([version, *pins]).encode()).hexdigest()[:HASH_DIGITS]
    folder = cache_folder() / f"{name}-{digest}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as held:
        # Two runs at once make it once.
        fcntl.flock(held, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _make(folder, lock)
            (folder / "complete").touch()
    return folder / "bin" / "python"


def _make(folder: Path, lock: Path) -> None:
    python = folder / "bin" / "python"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [*pip, "--require-hashes", "--requirement", str(lock)],
    ):
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise NoEnvironmentError(f"installing {lock} took too long") from None
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["no reason was given"]
            raise NoEnvironmentError(f"{lock} cannot be installed here: {said[-1]}")
