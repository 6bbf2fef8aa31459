"""The gateway's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from portal_chassis.settings import MailIdentity

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class GatewaySettings(MailIdentity):
    """What the gateway reads from the environment: ``PORTAL_*`` shared, ``GATEWAY_*`` its own."""

    model_config = SettingsConfigDict(
        env_prefix="GATEWAY_",
        populate_by_name=True,
        extra="ignore",
        hide_input_in_errors=True,
        frozen=True,
    )

    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=10,
        description="Proxies in front that append to X-Forwarded-For; 0 ignores that header.",
    )
    request_seconds: float = Field(
        default=4.5,
        gt=0,
        le=30,
        description="How long one request may wait for services in all, in seconds.",
    )
    rpc_seconds: float = Field(
        default=3.0, gt=0, le=30, description="How long one call may take, in seconds."
    )
    fan_out_seconds: float = Field(
        default=2.0,
        gt=0,
        le=30,
        description="How long a page waits for parts it can be shown without, in seconds.",
    )
    body_limit_bytes: int = Field(
        default=2 * 1024 * 1024,
        ge=1024,
        le=16 * 1024 * 1024,
        description="The largest form or body of the API that is read; a larger one gets a 413.",
    )
    head_seconds: float = Field(
        default=10.0,
        gt=0,
        le=60,
        description="How long the lines before a body may take to come in, in seconds.",
    )
    body_seconds: float = Field(
        default=20.0,
        gt=0,
        le=120,
        description="How long a body, or the taking of an answer, may last before its rate counts.",
    )
    least_bytes_per_second: int = Field(
        default=1000,
        ge=1,
        description="The least rate from then on; who is slower is disconnected.",
    )
    connections_per_address: int = Field(
        default=100,
        ge=1,
        description="Open at one time in one process; beyond it the one longest waited for ends.",
    )
    pages_per_device: int = Field(
        default=300,
        ge=1,
        description="Pages that one device may ask for in a minute, of one process.",
    )
    pages_per_address: int = Field(
        default=1200,
        ge=1,
        description="The same for all who share an address, an office for example.",
    )
    unknown_links_per_address: int = Field(
        default=30,
        ge=1,
        description="Portal links that are none and may be tried in a minute by one address.",
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        description="Bearer token of /metrics; without one the page does not exist.",
    )
    dev_mail_folder: Path | None = Field(
        default=None,
        description="Folder of .eml files shown at /dev/mail; only with a loopback address.",
    )
    dev_mail_timezone: str = Field(
        default="UTC", description="IANA zone of the times at /dev/mail: the practice's."
    )

    @field_validator("public_url")
    @classmethod
    def _http_is_for_this_machine(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme == "http" and not is_local(parts.hostname or ""):
            message = "must begin with https:// unless the host is localhost"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _dev_pages_are_for_this_machine(self) -> Self:
        if self.dev_mail_folder is not None and not is_local(self.public_host):
            message = "GATEWAY_DEV_MAIL_FOLDER needs a PORTAL_PUBLIC_URL on localhost"
            raise ValueError(message)
        return self

    @property
    def https(self) -> bool:
        """Whether people reach the portal by https."""
        return self.public_url.startswith("https://")

    @property
    def public_host(self) -> str:
        """The host name people open, without its port."""
        return urlsplit(self.public_url).hostname or ""


def is_local(host: str) -> bool:
    """Whether `host` (no port) names this machine."""
    return host in LOCAL_HOSTS or host.endswith(".localhost")
