"""The ways to run the portal on one machine, and the settings that each of them fixes.

A way of running is a set of environment variables: the same that a real
deployment sets. They are checked, every part's at once, before anything
starts.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gateway.config import GatewaySettings
from portal_chassis.database.sealed import Sealer
from portal_chassis.embedded.ports import LOOPBACK
from portal_chassis.embedded.running_portal import keep_settings
from portal_chassis.settings import ServiceSettings
from portal_chassis.variables import SettingsError, load_settings
from portal_contracts.catalogue import SERVICES
from portal_runner.backup_schedule import BackupSettings
from portal_runner.data_folder import DataFolder
from portal_runner.demo import people

MEMORY_BROKER = "memory://"
LEDGERS_VARIABLE = "IDENTITY_LINKS_ERASURE_LEDGERS"

OTHER_CONNECTIONS = 40
"""To PostgreSQL, of whoever is no service: admin scripts, the doctor, backups, migrations."""

REQUIRED_TO_SERVE = {
    "PORTAL_PUBLIC_URL": "the address people open, for example https://portal.example.org",
}
REQUIRED_WITH_A_MAIL_SERVER = {"NOTIFICATIONS_SENDER_ADDRESS": "the address your mails come from"}
"""Where ``NOTIFICATIONS_SMTP_HOST`` names one; else each practice sets its own in the console."""


class Mode(StrEnum):
    """``try``: demo data, mails to a folder, this machine only. ``serve``: real use."""

    TRY = "try"
    SERVE = "serve"


@dataclass(frozen=True)
class PortalSettings:
    """The settings of every part, checked."""

    services: dict[str, ServiceSettings]
    gateway: GatewaySettings
    backups: BackupSettings

    @property
    def sealer(self) -> Sealer:
        """Of all services, which share one master key.

        Raises:
            SettingsError: no variable names it.
        """
        settings = next(iter(self.services.values()))
        key = settings.master_key_bytes()
        if key is None:
            raise SettingsError("PORTAL_MASTER_KEY_FILE: needed.")
        return Sealer(key, settings.former_master_keys())

    def most_connections(self, replicas: int = 1) -> int:
        """As many as all pools can open together: nobody meets the limit of a server of our own.

        Args:
            replicas: processes of each service.
        """
        pools = sum(one.pool_size for one in self.services.values())
        return pools * replicas + OTHER_CONNECTIONS


def try_variables(folder: DataFolder, port: int) -> dict[str, str]:
    """What `portal try` sets."""
    return {
        "PORTAL_LOG_FORMAT": os.environ.get("PORTAL_LOG_FORMAT", "console"),
        "PORTAL_LOG_LEVEL": os.environ.get("PORTAL_LOG_LEVEL", "WARNING"),
        **_one_process(folder),
        **_demonstration(folder, port),
        **_ledgers(folder),
    }


def serve_variables(folder: DataFolder) -> dict[str, str]:
    """What `portal serve` sets.

    Mails go by the server that the environment names, else by the one a practice has set.

    Raises:
        SettingsError: a sentence for each variable that real use cannot do without.
    """
    by_environment = bool(os.environ.get("NOTIFICATIONS_SMTP_HOST"))
    needed = REQUIRED_TO_SERVE | (REQUIRED_WITH_A_MAIL_SERVER if by_environment else {})
    missing = [
        f"{variable} is missing: set it to {what}."
        for variable, what in needed.items()
        if not os.environ.get(variable)
    ]
    if missing:
        raise SettingsError("\n".join(missing))
    os.environ.pop("GATEWAY_DEV_MAIL_FOLDER", None)
    return {
        "NOTIFICATIONS_MAIL_TRANSPORT": "smtp" if by_environment else "practice",
        **_one_process(folder),
        **_ledgers(folder),
    }


def stack_variables(folder: DataFolder, port: int, mail_smtp: str) -> dict[str, str]:
    """What `portal stack` sets for every process.

    Args:
        folder: its data.
        port: the gateway's.
        mail_smtp: ``host:port`` of a mail server; empty writes mails to the folder.

    Raises:
        SettingsError: `mail_smtp` is none.
    """
    variables = {
        **folder.master_key_variable(),
        **_demonstration(folder, port),
        **_ledgers(folder),
    }
    if mail_smtp:
        host, _, smtp_port = mail_smtp.rpartition(":")
        if not host or not smtp_port.isdigit():
            raise SettingsError("--mail-smtp: give host:port, for example 127.0.0.1:1025.")
        os.environ.pop("GATEWAY_DEV_MAIL_FOLDER", None)
        del variables["GATEWAY_DEV_MAIL_FOLDER"]
        variables |= {
            "NOTIFICATIONS_MAIL_TRANSPORT": "smtp",
            "NOTIFICATIONS_SMTP_HOST": host,
            "NOTIFICATIONS_SMTP_PORT": smtp_port,
            "NOTIFICATIONS_SMTP_SECURITY": "none",
        }
    return variables


def load_portal_settings(variables: Mapping[str, str]) -> PortalSettings:
    """Put `variables` into the environment, then read and check every part's settings.

    Raises:
        SettingsError: one sentence for each variable that is wrong.
    """
    os.environ.update(variables)
    failures: list[str] = []
    services: dict[str, ServiceSettings] = {}
    for name in SERVICES:
        try:
            services[name] = load_settings(settings_class_of(name))
            services[name].master_key_bytes()
            services[name].former_master_keys()
        except SettingsError as error:
            failures += str(error).splitlines()
    try:
        gateway = load_settings(GatewaySettings)
        backups = load_settings(BackupSettings)
    except SettingsError as error:
        failures += str(error).splitlines()
        raise SettingsError("\n".join(_once(failures))) from None
    if failures:
        raise SettingsError("\n".join(_once(failures)))
    return PortalSettings(services, gateway, backups)


def settings_class_of(service: str) -> type[ServiceSettings]:
    """The settings of a service."""
    found: type[ServiceSettings] = importlib.import_module(f"{service}.config").Settings
    return found


def keep_settings_of(folder: DataFolder) -> None:
    """Leave word in `folder` of what the environment sets, for commands of other processes."""
    services = [settings_class_of(name) for name in SERVICES]
    keep_settings(folder.path, [GatewaySettings, BackupSettings, *services])


def _one_process(folder: DataFolder) -> dict[str, str]:
    health_ports = {f"{name.upper()}_HEALTH_PORT": "0" for name in SERVICES}
    return {"PORTAL_AMQP_URI": MEMORY_BROKER, **folder.master_key_variable(), **health_ports}


def _demonstration(folder: DataFolder, port: int) -> dict[str, str]:
    return {
        "PORTAL_PUBLIC_URL": f"http://{LOOPBACK}:{port}",
        "GATEWAY_DEV_MAIL_FOLDER": str(folder.mail),
        "GATEWAY_DEV_MAIL_TIMEZONE": people.PRACTICE.timezone,
        "NOTIFICATIONS_MAIL_TRANSPORT": "folder",
        "NOTIFICATIONS_MAIL_FOLDER": str(folder.mail),
    }


def _ledgers(folder: DataFolder) -> dict[str, str]:
    """Where erased clients are written down besides: where the portal makes its backups."""
    backups = os.environ.get("PORTAL_BACKUP_FOLDER")
    if not backups:
        return {}
    named = os.environ.get(LEDGERS_VARIABLE) or str(folder.path)
    folders = [*named.split(os.pathsep), str(Path(backups).resolve())]
    return {LEDGERS_VARIABLE: os.pathsep.join(_once(folders))}


def _once(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))
