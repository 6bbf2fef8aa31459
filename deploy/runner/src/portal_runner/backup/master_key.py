"""The master key of what is restored: found or asked for, checked before anything is unpacked."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import typer

from portal_chassis.database.sealed import Sealer
from portal_chassis.embedded.installation import key_folder
from portal_chassis.settings import ServiceSettings, decode_master_key
from portal_chassis.variables import SettingsError, load_settings
from portal_runner.backup.streams import BackupError
from portal_runner.backup.target import Manifest
from portal_runner.data_folder import KEY_VARIABLES, DataFolder

FORMER_VARIABLE = "PORTAL_FORMER_MASTER_KEYS_FILE"


@dataclass(frozen=True, repr=False)
class MasterKey:
    """The key that opens what is restored.

    Attributes:
        text: base64; empty where a variable names the key, which goes on doing so.
        sealer: of it, and of the former keys that are named.
    """

    text: str
    sealer: Sealer

    def install(self, folder: DataFolder) -> Mapping[str, str]:
        """Write it where the portal of `folder` looks for it.

        Returns:
            The variables that name it to a service.

        Raises:
            SettingsError: it cannot be written.
        """
        if not self.text:
            names = (*KEY_VARIABLES, FORMER_VARIABLE)
            return {name: os.environ[name] for name in names if os.environ.get(name)}
        folder.write_master_key(self.text)
        former = os.environ.get(FORMER_VARIABLE)
        return {"PORTAL_MASTER_KEY_FILE": str(folder.master_key)} | (
            {FORMER_VARIABLE: former} if former else {}
        )


def find_master_key(manifest: Manifest, file: Path | None) -> MasterKey:
    """The key: of `file`, else of the variables, else of this machine, else asked for.

    Raises:
        BackupError: there is none, or it is not the one that the backup was sealed with.
        SettingsError: a file cannot be read, or holds no key.
    """
    settings = load_settings(ServiceSettings)
    former = settings.former_master_keys()
    known = key_folder() / f"{manifest.installation}.key"
    if file is not None:
        text = _read(file)
    elif (named := settings.master_key_bytes()) is not None:
        return _checked(MasterKey("", Sealer(named, former)), manifest)
    elif known.exists():
        text = _read(known)
    elif sys.stdin.isatty():
        text = typer.prompt(f"Master key of {manifest.installation}", hide_input=True)
    else:
        message = (
            f"The master key of {manifest.installation} is not at {known}. "
            "Name its file by --key-file."
        )
        raise BackupError(message)
    key = decode_master_key(text, "The master key")
    return _checked(MasterKey(text.strip(), Sealer(key, former)), manifest)


def _read(file: Path) -> str:
    try:
        return file.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        message = f"The master key: {file} cannot be read."
        raise SettingsError(message) from None


def _checked(key: MasterKey, manifest: Manifest) -> MasterKey:
    proofs = manifest.master_keys
    if proofs and not any(key.sealer.proves(one.id, one.sealed) for one in proofs):
        message = (
            f"This is not the master key that {manifest.installation} was sealed with. Nothing "
            "was restored. Name the right one by --key-file; if it was replaced since, name the "
            f"one of then in {FORMER_VARIABLE}."
        )
        raise BackupError(message)
    return key
