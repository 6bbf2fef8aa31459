"""Settings from the environment, checked before anything starts."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableVariable

from portal_contracts.broker_accounts import USERS

MASTER_KEY_BYTES = 32


class SettingsError(Exception):
    """The settings are wrong; the text is a sentence a person can act on, one per variable."""


def _shared(name: str, field: str) -> AliasChoices:
    return AliasChoices(name, field)


class PlatformSettings(BaseSettings):
    """What every process reads, from variables that begin with ``PORTAL_``."""

    model_config = SettingsConfigDict(
        populate_by_name=True,
        extra="ignore",
        hide_input_in_errors=True,
        frozen=True,
        # Compose files hand on unset variables as empty ones.
        env_ignore_empty=True,
    )

    amqp_uri: str = Field(
        default="amqp://guest:guest@127.0.0.1:5672//",
        validation_alias=_shared("PORTAL_AMQP_URI", "amqp_uri"),
        description="Broker, as this process's own user; several addresses separated by ';' "
        "fail over.",
    )
    broker_users: str = Field(
        default=USERS,
        pattern=r"\{process\}",
        validation_alias=_shared("PORTAL_BROKER_USERS", "broker_users"),
        description="What each process's user is called at the broker.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO",
        validation_alias=_shared("PORTAL_LOG_LEVEL", "log_level"),
        description="The least severe log line that is written.",
    )
    log_format: Literal["json", "console"] = Field(
        default="json",
        validation_alias=_shared("PORTAL_LOG_FORMAT", "log_format"),
        description="One JSON object per line, or text for a terminal.",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        validation_alias=_shared("PORTAL_PUBLIC_URL", "public_url"),
        description="The address people open, without a slash at the end.",
    )

    @field_validator("public_url")
    @classmethod
    def _public_url_is_an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
            message = "must be an address like https://portal.example.org, without a path"
            raise ValueError(message)
        return value.rstrip("/")


class MailIdentity(PlatformSettings):
    """Who mails and calendar entries come from: for the process that mails, and for the gateway.

    Both write entries for the same calendars, so that both have to say the same.
    """

    sender_address: str = Field(
        default="portal@localhost.localdomain",
        validation_alias=_shared("NOTIFICATIONS_SENDER_ADDRESS", "sender_address"),
        description="Address in the From header and of the organiser in calendar entries; the "
        "name beside it is the practice's.",
    )
    message_id_domain: str = Field(
        default="",
        validation_alias=_shared("NOTIFICATIONS_MESSAGE_ID_DOMAIN", "message_id_domain"),
        description="Right side of every Message-ID and calendar entry's UID; empty: the host of "
        "PORTAL_PUBLIC_URL.",
    )

    @property
    def mail_domain(self) -> str:
        """The right side of every Message-ID and UID."""
        return self.message_id_domain or urlsplit(self.public_url).hostname or "localhost"


class ServiceSettings(PlatformSettings):
    """What every service reads besides: its database, its ports, the master key.

    A service's `Settings` subclasses this with its own `env_prefix`, and sets
    the defaults of the two database addresses.
    """

    database_url: str = Field(
        default="", description="Database, as the runtime role (no right to change the schema)."
    )
    owner_database_url: str = Field(
        default="", description="Database, as the owner role: migrations and pruning only."
    )
    health_host: str = Field(default="127.0.0.1", description="Where the health port listens.")
    health_port: int = Field(
        default=0, ge=0, le=65535, description="Port of /live, /ready and /metrics; 0 is off."
    )
    max_workers: int = Field(
        default=10, ge=1, le=200, description="Calls and events handled at the same time."
    )
    pool_size: int = Field(
        default=16, ge=2, le=200, description="Database connections; above the workers and jobs."
    )
    unnamed_senders: bool = Field(
        default=False,
        validation_alias=_shared("PORTAL_UNNAMED_SENDERS", "unnamed_senders"),
        description="Believe messages that name no user of the broker; only while a release "
        "that named none still runs or has left events.",
    )
    master_key: SecretStr | None = Field(
        default=None,
        validation_alias=_shared("PORTAL_MASTER_KEY", "master_key"),
        description="Base64 of 32 bytes; wraps the data keys of sealed columns.",
    )
    master_key_file: Path | None = Field(
        default=None,
        validation_alias=_shared("PORTAL_MASTER_KEY_FILE", "master_key_file"),
        description="A file with the same, outside the data folder.",
    )
    former_master_keys_file: Path | None = Field(
        default=None,
        validation_alias=_shared("PORTAL_FORMER_MASTER_KEYS_FILE", "former_master_keys_file"),
        description="A file with the keys used before, one a line: they open what they wrapped.",
    )

    @field_validator("database_url", "owner_database_url")
    @classmethod
    def _database_is_reached_by_psycopg(cls, value: str) -> str:
        if value and not value.startswith("postgresql+psycopg://"):
            message = "must be an address like postgresql+psycopg://role@host/database"
            raise ValueError(message)
        return value

    def master_key_bytes(self) -> bytes | None:
        """The master key, or None where no setting names one.

        Raises:
            SettingsError: the key is not base64 of 32 bytes, or its file cannot be read.
        """
        if self.master_key is not None:
            return decode_master_key(self.master_key.get_secret_value(), "PORTAL_MASTER_KEY")
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


S = TypeVar("S", bound=BaseSettings)


def load_settings(cls: type[S], **overrides: Any) -> S:
    """Read `cls` from the environment; `overrides` by field name win.

    Raises:
        SettingsError: one sentence per wrong variable, by its name in the environment.
    """
    try:
        return cls(**overrides)
    except UnreadableVariable as error:
        # A list or a mapping that is not JSON; the text names the field, never its value.
        raise SettingsError(_sentence(str(error))) from None
    except ValidationError as error:
        lines = [
            f"{variable_name(cls, part['loc'])}: {_sentence(part['msg'])}"
            # A rule about several variables names them itself.
            if part["loc"]
            else _sentence(part["msg"])
            for part in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError("\n".join(lines)) from None


def variable_name(cls: type[BaseSettings], location: tuple[int | str, ...]) -> str:
    """The environment variable of the field at `location` of a validation error."""
    name = str(location[0]) if location else ""
    field = cls.model_fields.get(name)
    if field is None:
        return name.upper() if name.upper() == name else name
    if isinstance(field.validation_alias, AliasChoices):
        return str(field.validation_alias.choices[0])
    return f"{cls.model_config.get('env_prefix', '')}{name}".upper()


def plain_variables(cls: type[BaseSettings]) -> set[str]:
    """The environment variables of `cls` that hold no secret, nor an address with one."""
    return {variable_name(cls, (name,)) for name in cls.model_fields} - secret_variables(cls)


def secret_variables(cls: type[BaseSettings]) -> set[str]:
    """The environment variables of `cls` that hold a secret, or an address that may."""
    return {
        variable_name(cls, (name,))
        for name, field in cls.model_fields.items()
        if SecretStr in (field.annotation, *get_args(field.annotation))
        or name.endswith(("database_url", "amqp_uri"))
    }


def _sentence(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return text if text.endswith(".") else f"{text}."
