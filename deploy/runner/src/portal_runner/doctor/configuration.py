"""Settings and secrets: are they right, are they there, may only the portal read them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from gateway.config import GatewaySettings, is_local
from notifications.config import Settings as NotificationsSettings
from portal_chassis.broker.connection import is_memory
from portal_chassis.database.sealed import Sealer
from portal_chassis.settings import PlatformSettings, ServiceSettings
from portal_chassis.variables import SettingsError, load_settings
from portal_contracts.catalogue import SERVICES
from portal_runner.data_folder import KEY_VARIABLES
from portal_runner.doctor.finding import Finding, note, ok, trouble
from portal_runner.doctor.target import Target
from portal_runner.modes import settings_class_of

OTHERS = stat.S_IRWXG | stat.S_IRWXO
WORLD = stat.S_IRWXO & ~stat.S_IXOTH
RESTORE = "Restore it from your backup: without it, sealed texts cannot be read."


@dataclass(frozen=True)
class Configuration:
    """The settings that are right.

    Attributes:
        services: of each service.
        gateway: of the gateway.
    """

    services: Mapping[str, ServiceSettings]
    gateway: GatewaySettings | None

    @property
    def notifications(self) -> NotificationsSettings | None:
        """Those of notifications."""
        settings = self.services.get("notifications")
        return settings if isinstance(settings, NotificationsSettings) else None


def read_configuration() -> tuple[Configuration, list[Finding]]:
    """Every part's settings from the environment; those that are right, and what was found."""
    services: dict[str, ServiceSettings] = {}
    gateway: GatewaySettings | None = None
    findings: list[Finding] = []
    for name in (*SERVICES, "gateway"):
        try:
            settings = load_settings(
                GatewaySettings if name == "gateway" else settings_class_of(name)
            )
        except SettingsError as error:
            findings += [
                trouble(f"settings of {name}", line, "Correct the variable and start again.")
                for line in str(error).splitlines()
            ]
        else:
            if isinstance(settings, GatewaySettings):
                gateway = settings
            elif isinstance(settings, ServiceSettings):
                services[name] = settings
    return Configuration(services, gateway), findings or [ok("settings")]


def sealer_of(target: Target, configuration: Configuration) -> Sealer | None:
    """What opens the portal's sealed columns; None where no key is named or it is none.

    `check_configuration` tells why.
    """
    settings = next(iter(configuration.services.values()), None)
    try:
        if target.folder is not None and not any(os.environ.get(name) for name in KEY_VARIABLES):
            key = target.folder.read_master_key()
        else:
            key = settings.master_key_bytes() if settings else None
        former = settings.former_master_keys() if settings else ()
    except SettingsError:
        return None
    return Sealer(key, former) if key else None


def check_configuration(target: Target, configuration: Configuration) -> Iterator[Finding]:
    """Secrets and addresses, one finding each."""
    yield _check_master_key(target, configuration)
    yield from _check_data_folder(target)
    if configuration.gateway is not None:
        yield _check_public_url(target, configuration.gateway)
        yield _check_metrics_token(configuration.gateway)
    platform = configuration.gateway or next(iter(configuration.services.values()), None)
    if platform is not None and target.folder is None:
        yield _check_broker_password(platform)
    yield from _check_unnamed_senders(configuration)
    yield from _check_health_hosts(configuration)


def _check_master_key(target: Target, configuration: Configuration) -> Finding:
    """Whether the key that opens sealed columns is there, and who may read it."""
    subject = "master key"
    if "PORTAL_MASTER_KEY" in target.unseen_secrets:
        return note(
            subject,
            "The portal has it from its environment, and this command does not.",
            "Set PORTAL_MASTER_KEY for this command too, to have it compared with the data.",
        )
    if target.folder is not None and not any(os.environ.get(name) for name in KEY_VARIABLES):
        return _check_key_file(subject, target.folder.master_key)
    for one in configuration.services.values():
        try:
            key = one.master_key_bytes()
        except SettingsError as error:
            return trouble(subject, str(error), RESTORE)
        if key is None:
            return trouble(
                subject,
                "No variable names it.",
                "Set PORTAL_MASTER_KEY_FILE to a file with the output of "
                "`openssl rand -base64 32`, and keep a copy of it apart from the data.",
            )
        if one.master_key is None and one.master_key_file is not None:
            return _check_key_file(subject, one.master_key_file)
    return ok(subject, "in the environment")


def _check_key_file(subject: str, path: Path) -> Finding:
    if not path.exists():
        return trouble(subject, f"{path} is missing.", RESTORE)
    if path.stat().st_mode & OTHERS:
        return trouble(subject, f"Others may read {path}.", f"Run: chmod 600 {path}")
    return ok(subject, str(path))


def _check_data_folder(target: Target) -> Iterator[Finding]:
    """Whether other users of this machine may read what lies there."""
    if target.folder is None:
        return
    if (original := target.folder.original) is not None:
        yield note(
            "data folder",
            f"A copy of {original}; start it to make it a portal of its own.",
            "Both send mails to the same people. A backup is made otherwise: see the operations "
            "guide.",
        )
    for path in (target.folder.path, target.folder.mail, target.folder.logs):
        if path.exists() and path.stat().st_mode & WORLD:
            yield trouble(
                f"folder {path.name}", f"Others may read {path}.", f"Run: chmod o-rwx {path}"
            )


def _check_public_url(target: Target, gateway: GatewaySettings) -> Finding:
    subject, url = "public address", target.url or gateway.public_url
    parts = urlsplit(url)
    local = is_local(parts.hostname or "")
    if parts.scheme != "https" and not local:
        return trouble(
            subject,
            f"{url} is not encrypted: links and cookies can be read on their way.",
            "Put a proxy that speaks https in front, and set PORTAL_PUBLIC_URL to its address.",
        )
    if local:
        return note(subject, f"{url} is for this machine alone.")
    if not gateway.trusted_proxies:
        return note(
            subject,
            f"{url}; no proxy is trusted, so everybody comes from the proxy's own address.",
            "Set GATEWAY_TRUSTED_PROXIES to the number of proxies in front.",
        )
    return ok(subject, f"{url}, behind {gateway.trusted_proxies} trusted proxy(s)")


def _check_metrics_token(gateway: GatewaySettings) -> Finding:
    if gateway.metrics_token is None:
        return note(
            "metrics", "The gateway shows none.", "Set GATEWAY_METRICS_TOKEN to a long random word."
        )
    return ok("metrics", "shown by the gateway to whoever holds its token")


def _check_broker_password(platform: PlatformSettings) -> Finding:
    subject = "broker's password"
    uri = platform.amqp_uri
    if is_memory(uri):
        return ok(subject, "none is needed within one process")
    for one in uri.split(";"):
        parts = urlsplit(one)
        if parts.password == "guest" and not is_local(parts.hostname or ""):  # noqa: S105
            return trouble(
                subject,
                "PORTAL_AMQP_URI uses the password that everybody knows.",
                "Make a user of RabbitMQ with a password of its own, and name it there.",
            )
    return ok(subject, "not one that everybody knows")


def _check_unnamed_senders(configuration: Configuration) -> Iterator[Finding]:
    """Believing them is for the time of one update."""
    if any(settings.unnamed_senders for settings in configuration.services.values()):
        yield trouble(
            "senders",
            "Messages that do not name their sender are believed.",
            "Once no process of a former release runs and no queue holds anything of it, "
            "remove PORTAL_UNNAMED_SENDERS.",
        )


def _check_health_hosts(configuration: Configuration) -> Iterator[Finding]:
    """Health ports tell of names and numbers of the inside: the network must hide them."""
    for name, settings in configuration.services.items():
        if settings.health_port and not is_local(settings.health_host):
            yield note(
                f"health port of {name}",
                f"It answers on {settings.health_host}, without a password.",
                "See that nobody outside reaches it.",
            )
