"""What a data folder tells commands of the portal that runs with it, or ran with it last.

Whatever a command says of a portal has to be so for the portal: it takes the settings
from here and not from the shell that it is called in. Secrets are never kept here, since
a copy of the folder must open nothing; only that they were given is.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from portal_chassis.embedded.belonging import is_held
from portal_chassis.variables import EnvironmentSettings, plain_variables, secret_variables
from portal_contracts.catalogue import SERVICES

FOLDERS = (Path("var/stack"), Path("var"))
"""Where commands look for a portal that nobody has named."""

PREFIXES = tuple(f"{name.upper()}_" for name in ("portal", "gateway", *SERVICES))
"""What the names of all settings' variables begin with."""


@dataclass(frozen=True)
class SettingsInUse:
    """The variables of a portal.

    Attributes:
        variables: name to value, without secrets.
        secrets: names of those that it was given besides.
    """

    variables: Mapping[str, str]
    secrets: frozenset[str]


class _Kept(Struct):
    """The file of settings; see `keep_settings`."""

    folder: str
    variables: dict[str, str]
    secrets: list[str]


def find_folder(var: Path | None) -> Path | None:
    """The data folder that a command speaks of; None where there is none.

    Args:
        var: as the command names it. None takes the first there is, one whose portal runs
            before others: below the present folder, else beside the environment (``.venv``)
            that the command was installed into.
    """
    if var is not None:
        return var.resolve() if holds_data(var) else None
    beside = Path(sys.prefix).parent if sys.prefix != sys.base_prefix else Path.cwd()
    for place in (Path.cwd(), beside):
        candidates = [place / folder for folder in FOLDERS if holds_data(place / folder)]
        if candidates:
            return min(candidates, key=lambda folder: read_running(folder) is None).resolve()
    return None


def holds_data(folder: Path) -> bool:
    """Whether a portal keeps its data in `folder`."""
    return (folder / "postgres").is_dir()


def read_running(folder: Path) -> dict[str, Any] | None:
    """What the ready portal of `folder` has announced; None where none runs.

    A portal that was killed, and one whose folder this was copied from, left their words here.
    """
    return read_facts(folder / "running.json") if is_held(lock_of(folder)) else None


def lock_of(folder: Path) -> Path:
    """The file that is locked while a portal runs with `folder`."""
    return folder / "running.lock"


def read_facts(path: Path) -> dict[str, Any] | None:
    """A file of facts; None where it cannot be read."""
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found


def write_private(path: Path, text: str) -> None:
    """Write a file for its owner alone, whole or not at all."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    unfinished.rename(path)


def keep_settings(folder: Path, classes: Iterable[type[EnvironmentSettings]]) -> None:
    """Keep what the environment sets now as the settings of the portal of `folder`.

    Args:
        folder: the data folder.
        classes: the settings of every part. What they do not know, secrets, and addresses
            that may hold a password are left out.
    """
    plain: set[str] = set()
    secret: set[str] = set()
    for one in classes:
        plain |= plain_variables(one)
        secret |= secret_variables(one)
    kept = _Kept(
        folder=str(folder),
        variables={name: os.environ[name] for name in sorted(plain) if name in os.environ},
        secrets=sorted(name for name in secret if os.environ.get(name)),
    )
    text = json.dumps(msgspec.to_builtins(kept), indent=2)
    write_private(_settings_of(folder), text)


def settings_in_use(folder: Path) -> SettingsInUse:
    """What the portal of `folder` runs with; one that is down, what it would start with.

    That is what it ran with last, where this process's environment does not say otherwise.
    """
    ours = {name: value for name, value in os.environ.items() if name.startswith(PREFIXES)}
    kept = _read_kept(folder)
    # Those of a folder that was copied or moved speak of the place where it was.
    if kept is None or kept.folder != str(folder):
        return SettingsInUse(ours, frozenset())
    secrets = frozenset(kept.secrets)
    here = {name: value for name, value in ours.items() if name in secrets and value}
    if read_running(folder) is None:
        here = ours
    # Others than settings are no folder's to say: a command would run by its PATH.
    said = {name: value for name, value in kept.variables.items() if name.startswith(PREFIXES)}
    return SettingsInUse(said | here, secrets)


@contextmanager
def as_portal_of(folder: Path) -> Iterator[SettingsInUse]:
    """Give this process the settings of the portal of `folder` for the while."""
    before = dict(os.environ)
    found = settings_in_use(folder)
    for name in [name for name in os.environ if name.startswith(PREFIXES)]:
        del os.environ[name]
    os.environ.update(found.variables)
    try:
        yield found
    finally:
        os.environ.clear()
        os.environ.update(before)


def _read_kept(folder: Path) -> _Kept | None:
    try:
        return msgspec.convert(read_facts(_settings_of(folder)), _Kept)
    except msgspec.ValidationError:
        return None


def _settings_of(folder: Path) -> Path:
    return folder / "settings.json"
