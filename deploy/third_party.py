"""Print what the repository's distributions need from others, for `make lock`.

Reads the pyproject.toml of every distribution, leaves out the ones that live
in this repository, and prints one requirement a line. With ``--extras`` it
prints what their optional dependencies need, too: the development lock
covers them all.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DISTRIBUTIONS = ("libs/*", "services/*", "gateway", "deploy/runner")


def projects() -> list[dict[str, Any]]:
    """The ``[project]`` table of every distribution."""
    files = (path for pattern in DISTRIBUTIONS for path in ROOT.glob(f"{pattern}/pyproject.toml"))
    return [tomllib.loads(path.read_text("utf-8"))["project"] for path in sorted(files)]


def requirements(*, extras: bool) -> list[str]:
    """What they need from others, sorted; distributions of this repository left out."""
    tables = projects()
    own = {table["name"] for table in tables}
    wanted: set[str] = set()
    for table in tables:
        wanted.update(table.get("dependencies", []))
        if extras:
            for needed in table.get("optional-dependencies", {}).values():
                wanted.update(needed)
    return sorted(need for need in wanted if _name(need) not in own)


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    return match.group().lower().replace("_", "-") if match else ""


if __name__ == "__main__":
    sys.stdout.write("\n".join(requirements(extras="--extras" in sys.argv[1:])) + "\n")
