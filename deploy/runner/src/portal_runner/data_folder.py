"""The folder that holds everything one installation stores: ``var/`` unless told otherwise.

The master key lies outside it, so that a copy of the folder alone opens no
sealed column: in ``$XDG_CONFIG_HOME/latchkey/<name>.key``, where the name is
kept in the folder and moves with it. The folder also remembers where it lies, as
a path and as the number its file system gave it: a copy has another number, and
at its first start becomes a portal of its own, with a name and a key file of its own.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from portal_chassis.embedded.installation import NAME_PATTERN, key_folder, name_file
from portal_chassis.settings import MASTER_KEY_BYTES, decode_master_key
from portal_chassis.variables import SettingsError

KEY_VARIABLES = ("PORTAL_MASTER_KEY", "PORTAL_MASTER_KEY_FILE")


@dataclass(frozen=True)
class DataFolder:
    """One installation's data."""

    path: Path

    @property
    def postgres(self) -> Path:
        """The embedded PostgreSQL's folder."""
        return self.path / "postgres"

    @property
    def rabbitmq(self) -> Path:
        """The private RabbitMQ node's folder."""
        return self.path / "rabbitmq"

    @property
    def mail(self) -> Path:
        """Where mails go that are written to files."""
        return self.path / "mail"

    @property
    def logs(self) -> Path:
        """Log files of child processes."""
        return self.path / "logs"

    @property
    def metrics(self) -> Path:
        """What the workers of the gateway count together, while they run."""
        return self.path / "metrics"

    @property
    def demo(self) -> Path:
        """What `portal try` remembers of its demo practice."""
        return self.path / "demo.json"

    @property
    def setup_address(self) -> Path:
        """Where the address of the first run is written, if nobody reads it at a terminal."""
        return self.path / "setup-address"

    @property
    def port(self) -> Path:
        """What the portal remembers of the port it answers on."""
        return self.path / "port.json"

    @property
    def name(self) -> str:
        """The installation's name, made once."""
        if not self._name.exists():
            self._name.write_text(_new_name(), encoding="ascii")
        return self._name.read_text(encoding="ascii").strip()

    @property
    def predecessors(self) -> list[str]:
        """The names of the installations that this one was restored from, the last one first.

        The file may have come with a backup, and whole folders are removed by these names: what is
        no name is left out.
        """
        try:
            said = (self.path / "predecessors").read_text("ascii").split()
        except (OSError, UnicodeDecodeError):
            return []
        return [one for one in said if re.search(NAME_PATTERN, one)]

    def add_predecessor(self, name: str) -> None:
        """Remember that the folder was restored from a backup of the installation `name`."""
        names = [name, *self.predecessors]
        (self.path / "predecessors").write_text("".join(f"{one}\n" for one in names), "ascii")

    @property
    def master_key(self) -> Path:
        """The file of the master key, where no variable names another."""
        return key_folder() / f"{self.name}.key"

    def read_master_key(self) -> bytes | None:
        """The master key in its file; None where there is none.

        Raises:
            SettingsError: it is not a key.
        """
        if not self.master_key.exists():
            return None
        return decode_master_key(self.master_key.read_text("ascii"), str(self.master_key))

    def write_master_key(self, text: str) -> None:
        """Write the key, base64, into its file; one that is there stays.

        Raises:
            SettingsError: it cannot be written.
        """
        try:
            if not self.master_key.exists():
                _write_private_new(self.master_key, f"{text}\n".encode("ascii"))
        except OSError as error:
            raise _unwritable(self.master_key, error) from None

    @property
    def original(self) -> Path | None:
        """The folder that this one was copied from and has not yet been told apart from.

        None for a folder that is its own: also one that was moved, or restored
        where the original is gone.
        """
        before, now = self._remembered_place(), self._place()
        if before is None or before["path"] == now["path"]:
            return None
        if (before["device"], before["inode"]) == (now["device"], now["inode"]):
            return None
        other = DataFolder(Path(str(before["path"])))
        return other.path if other._name_is(self.name) else None

    def settle(self) -> Path | None:
        """Make the folder its own: a copy is given a name, a key file and a port of its own.

        Whoever calls it holds the folder (`RunningPortal.claim`).

        Returns:
            The folder that it was a copy of until now.
        """
        original = self.original
        if original is not None:
            key, name = self.master_key, _new_name()
            if key.exists():
                _write_private_new(key_folder() / f"{name.strip()}.key", key.read_bytes())
            self._name.write_text(name, encoding="ascii")
            self.port.unlink(missing_ok=True)
        self._where.write_text(json.dumps(self._place()), encoding="utf-8")
        return original

    @property
    def _name(self) -> Path:
        return name_file(self.path)

    @property
    def _where(self) -> Path:
        return self.path / "place.json"

    def _name_is(self, name: str) -> bool:
        return self._name.exists() and self.name == name

    def _place(self) -> dict[str, str | int]:
        """Where it lies; the number of a folder is not copied with it."""
        status = self.path.stat()
        return {"path": str(self.path), "device": status.st_dev, "inode": status.st_ino}

    def _remembered_place(self) -> dict[str, str | int] | None:
        try:
            found = json.loads(self._where.read_text("utf-8"))
            numbers = {name: int(found[name]) for name in ("device", "inode")}
            return {"path": str(found["path"]), **numbers}
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def prepare(self) -> None:
        """Make the folder, for us alone, and keep it out of version control.

        Raises:
            SettingsError: there can be none.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o711)
            self.mail.mkdir(exist_ok=True)
            self.mail.chmod(0o700)
            self.logs.mkdir(exist_ok=True)
            self.logs.chmod(0o700)
        except OSError as error:
            raise SettingsError(
                f"--var: {self.path} cannot be the data folder ({error.strerror})."
            ) from None

    def master_key_variable(self) -> dict[str, str]:
        """The variable that names the master key, which is made at the first start.

        Empty where a variable already names one.

        Raises:
            SettingsError: there are data, and the key that opens them is gone; or a new one
                cannot be written.
        """
        if any(os.environ.get(variable) for variable in KEY_VARIABLES):
            return {}
        path = self.master_key
        if not path.exists():
            if (self.postgres / "data").exists():
                raise SettingsError(
                    f"PORTAL_MASTER_KEY_FILE: the key of {self.path} is not at {path}. "
                    "Restore it from your backup, or name it by this variable."
                )
            try:
                _write_key(path)
            except OSError as error:
                raise _unwritable(path, error) from None
        return {"PORTAL_MASTER_KEY_FILE": str(path)}


def _unwritable(path: Path, error: OSError) -> SettingsError:
    return SettingsError(
        f"PORTAL_MASTER_KEY_FILE: no key can be written to {path} "
        f"({error.strerror}). Name another file with a key by this variable."
    )


def _new_name() -> str:
    return f"portal-{secrets.token_hex(4)}\n"


def _write_key(path: Path) -> None:
    _write_private_new(path, base64.b64encode(secrets.token_bytes(MASTER_KEY_BYTES)) + b"\n")


def _write_private_new(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
