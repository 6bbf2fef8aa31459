"""The name of an installation, and where its master key lies: outside the data folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

NAME_PATTERN: Final = r"\Aportal-[0-9a-z]{1,32}\Z"
"""What an installation can be called: files are named by it, so it must lead nowhere else."""


def name_file(folder: Path) -> Path:
    """The file in a data folder that holds the installation's name."""
    return folder / "installation"


def key_folder() -> Path:
    """Where master keys lie: ``$XDG_CONFIG_HOME/latchkey``, else ``~/.config/latchkey``."""
    config = os.environ.get("XDG_CONFIG_HOME")
    return (Path(config) if config else Path.home() / ".config") / "latchkey"


def key_file(folder: Path) -> Path | None:
    """The file of a data folder's master key; None where the folder has no name yet."""
    try:
        name = name_file(folder).read_text(encoding="ascii").strip()
    except OSError:
        return None
    return key_folder() / f"{name}.key"
