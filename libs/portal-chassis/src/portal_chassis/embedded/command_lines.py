"""Commands as they are called here: what is printed can be copied and run."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

from portal_chassis.embedded.running_portal import find_folder


def portal_command(*words: str, folder: Path | None = None) -> str:
    """A ``portal`` command, e.g. ``.venv/bin/portal doctor --var /srv/portal``."""
    return shlex.join([_program("portal"), *words, *_var(folder)])


def admin_command(service: str, *words: str, folder: Path | None = None) -> str:
    """A command of a service's admin script.

    Args:
        service: the nameko name.
        words: of the command.
        folder: the portal's data; None for a portal that the environment describes.
    """
    script = f"{service.replace('_', '-')}-admin"
    return shlex.join([_program(script), *_var(folder), *words])


def _program(name: str) -> str:
    """What calls it from the present folder: its bare name only where the shell finds this one."""
    ours = Path(sys.executable).with_name(name)
    if shutil.which(name) == str(ours):
        return name
    here = Path.cwd()
    return str(ours.relative_to(here)) if ours.is_relative_to(here) else str(ours)


def _var(folder: Path | None) -> list[str]:
    """Where the portal is, unless the command finds it by itself."""
    if folder is None or find_folder(None) == folder:
        return []
    relative = os.path.relpath(folder)
    return ["--var", str(folder) if relative.startswith("..") else relative]
