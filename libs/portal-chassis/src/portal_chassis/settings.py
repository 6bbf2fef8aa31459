"""Settings from the environment, checked before anything starts."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from portal_chassis.variables import EnvironmentSettings, Secret, SettingsError, setting
from portal_contracts.broker_accounts import USERS

MASTER_KEY_BYTES = 32


def _naming_the_process(value: str) -> str:
    if "{process}" not in value:
        message = "must contain {process}"
        raise ValueError(message)
    return value


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
        message = "must be an address like https://portal.example.org, without a path"
        raise ValueError(message)
    return value.rstrip("/")


def _database_address(value: str) -> str:
    if value and not value.startswith("postgresql+psycopg://"):
        message = "must be an address like postgresql+psycopg://role@host/database"
        raise ValueError(message)
    return value


_BROKERS = frozenset({"amqp", "amqps", "pyamqp", "memory"})


def names_a_broker(uri: str) -> bool:
    """Whether `uri` is the address of a broker, or several separated by ``;``."""
    try:
        parts = [urlsplit(one) for one in uri.split(";")]
        return all(one.scheme in _BROKERS and one.port != 0 for one in parts)
    except ValueError:
        return False


def _broker_addresses(value: str) -> str:
    if not names_a_broker(value):
        message = "must be an address like amqp://user:password@broker:5672/latchkey"
        raise ValueError(message)
    return value


PublicUrl = Annotated[
    str,
    setting("The address people open, without a slash at the end.", variable="PORTAL_PUBLIC_URL"),
    _origin,
]
SenderAddress = Annotated[
    str,
    setting(
        "Address in the From header and of the organiser in calendar entries; the name beside it "
        "is the practice's.",
        variable="NOTIFICATIONS_SENDER_ADDRESS",
    ),
]
DatabaseUrl = Annotated[
    str,
    setting("Database, as the runtime role (no right to change the schema)."),
    _database_address,
]
OwnerDatabaseUrl = Annotated[
    str,
    setting("Database, as the owner role: migrations and pruning only."),
    _database_address,
]


class PlatformSettings(EnvironmentSettings):
    """What every process reads, from variables that begin with ``PORTAL_``."""

    amqp_uri: Annotated[
        str,
        setting(
            "Broker, as this process's own user; several addresses separated by ';' fail over.",
            variable="PORTAL_AMQP_URI",
        ),
        _broker_addresses,
    ] = "amqp://guest:guest@127.0.0.1:5672//"
    broker_users: Annotated[
        str,
        setting(
            "What each process's user is called at the broker.", variable="PORTAL_BROKER_USERS"
        ),
        _naming_the_process,
    ] = USERS
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        setting("The least severe log line that is written.", variable="PORTAL_LOG_LEVEL"),
    ] = "INFO"
    log_format: Annotated[
        Literal["json", "console"],
        setting("One JSON object per line, or text for a terminal.", variable="PORTAL_LOG_FORMAT"),
    ] = "json"
    public_url: PublicUrl = "http://127.0.0.1:8000"


class MailIdentity(PlatformSettings):
    """Who mails and calendar entries come from: for the process that mails, and for the gateway.

    Both write entries for the same calendars, so that both have to say the same.
    """

    sender_address: SenderAddress = "portal@localhost.localdomain"
    message_id_domain: Annotated[
        str,
        setting(
            "Right side of every Message-ID and calendar entry's UID; empty: the host of "
            "PORTAL_PUBLIC_URL.",
            variable="NOTIFICATIONS_MESSAGE_ID_DOMAIN",
        ),
    ] = ""

    @property
    def mail_domain(self) -> str:
        """The right side of every Message-ID and UID."""
        return self.message_id_domain or urlsplit(self.public_url).hostname or "localhost"


class ServiceSettings(PlatformSettings):
    """What every service reads besides: its database, its ports, the master key.

    A service's `Settings` subclasses this with its own `prefix`, and sets
    the defaults of the two database addresses.
    """

    database_url: DatabaseUrl = ""
    owner_database_url: OwnerDatabaseUrl = ""
    health_host: Annotated[str, setting("Where the health port listens.")] = "127.0.0.1"
    health_port: Annotated[
        int, setting("Port of /live, /ready and /metrics; 0 is off.", ge=0, le=65535)
    ] = 0
    max_workers: Annotated[
        int, setting("Calls and events handled at the same time.", ge=1, le=200)
    ] = 10
    pool_size: Annotated[
        int, setting("Database connections; above the workers and jobs.", ge=2, le=200)
    ] = 16
    unnamed_senders: Annotated[
        bool,
        setting(
            "Believe messages that name no user of the broker; only while a release "
            "that named none still runs or has left events.",
            variable="PORTAL_UNNAMED_SENDERS",
        ),
    ] = False
    master_key: Annotated[
        Secret | None,
        setting(
            "Base64 of 32 bytes; wraps the data keys of sealed columns.",
            variable="PORTAL_MASTER_KEY",
        ),
    ] = None
    master_key_file: Annotated[
        Path | None,
        setting(
            "A file with the same, outside the data folder.", variable="PORTAL_MASTER_KEY_FILE"
        ),
    ] = None
    former_master_keys_file: Annotated[
        Path | None,
        setting(
            "A file with the keys used before, one a line: they open what they wrapped.",
            variable="PORTAL_FORMER_MASTER_KEYS_FILE",
        ),
    ] = None

    def master_key_bytes(self) -> bytes | None:
        """The master key, or None where no setting names one.

        Raises:
            SettingsError: the key is not base64 of 32 bytes, or its file cannot be read.
        """
        if self.master_key is not None:
            return decode_master_key(self.master_key.text, "PORTAL_MASTER_KEY")
        if self.master_key_file is not None:
            text = _read_key_file(self.master_key_file, "PORTAL_MASTER_KEY_FILE")
            return decode_master_key(text, "PORTAL_MASTER_KEY_FILE")
        return None

    def former_master_keys(self) -> tuple[bytes, ...]:
        """The master keys that were used before.

        Raises:
            SettingsError: the file cannot be read, or a line is no key.
        """
        if self.former_master_keys_file is None:
            return ()
        variable = "PORTAL_FORMER_MASTER_KEYS_FILE"
        lines = _read_key_file(self.former_master_keys_file, variable).split()
        return tuple(decode_master_key(line, variable) for line in lines)


def _read_key_file(path: Path, variable: str) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{variable}: {path} cannot be read."
        raise SettingsError(message) from error


def decode_master_key(text: str, variable: str) -> bytes:
    """Base64 `text` as 32 key bytes.

    Raises:
        SettingsError: anything else; the sentence names `variable`.
    """
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != MASTER_KEY_BYTES:
        message = (
            f"{variable}: must be base64 of {MASTER_KEY_BYTES} bytes; "
            "`openssl rand -base64 32` makes one."
        )
        raise SettingsError(message)
    return key
