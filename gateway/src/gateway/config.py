"""The gateway's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from portal_chassis.settings import MailIdentity, PublicUrl
from portal_chassis.variables import Secret, setting

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def is_local(host: str) -> bool:
    """Whether `host` (no port) names this machine."""
    return host in LOCAL_HOSTS or host.endswith(".localhost")


def _https_for_others(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme == "http" and not is_local(parts.hostname or ""):
        message = "must begin with https:// unless the host is localhost"
        raise ValueError(message)
    return value


class GatewaySettings(MailIdentity, prefix="GATEWAY_"):
    """What the gateway reads from the environment: ``PORTAL_*`` shared, ``GATEWAY_*`` its own."""

    public_url: Annotated[PublicUrl, _https_for_others] = "http://127.0.0.1:8000"
    trusted_proxies: Annotated[
        int,
        setting(
            "Proxies in front that append to X-Forwarded-For; 0 ignores that header.", ge=0, le=10
        ),
    ] = 0
    request_seconds: Annotated[
        float,
        setting("How long one request may wait for services in all, in seconds.", gt=0, le=30),
    ] = 4.5
    rpc_seconds: Annotated[
        float, setting("How long one call may take, in seconds.", gt=0, le=30)
    ] = 3.0
    fan_out_seconds: Annotated[
        float,
        setting(
            "How long a page waits for parts it can be shown without, in seconds.", gt=0, le=30
        ),
    ] = 2.0
    body_limit_bytes: Annotated[
        int,
        setting(
            "The largest form or body of the API that is read; a larger one gets a 413.",
            ge=1024,
            le=16 * 1024 * 1024,
        ),
    ] = 2 * 1024 * 1024
    head_seconds: Annotated[
        float,
        setting("How long the lines before a body may take to come in, in seconds.", gt=0, le=60),
    ] = 10.0
    body_seconds: Annotated[
        float,
        setting(
            "How long a body, or the taking of an answer, may last before its rate counts.",
            gt=0,
            le=120,
        ),
    ] = 20.0
    least_bytes_per_second: Annotated[
        int, setting("The least rate from then on; who is slower is disconnected.", ge=1)
    ] = 1000
    connections_per_address: Annotated[
        int,
        setting(
            "Open at one time in one process; beyond it the one longest waited for ends.", ge=1
        ),
    ] = 100
    pages_per_device: Annotated[
        int, setting("Pages that one device may ask for in a minute, of one process.", ge=1)
    ] = 300
    pages_per_address: Annotated[
        int, setting("The same for all who share an address, an office for example.", ge=1)
    ] = 1200
    unknown_links_per_address: Annotated[
        int,
        setting("Portal links that are none and may be tried in a minute by one address.", ge=1),
    ] = 30
    metrics_token: Annotated[
        Secret | None, setting("Bearer token of /metrics; without one the page does not exist.")
    ] = None
    dev_mail_folder: Annotated[
        Path | None,
        setting("Folder of .eml files shown at /dev/mail; only with a loopback address."),
    ] = None
    dev_mail_timezone: Annotated[
        str, setting("IANA zone of the times at /dev/mail: the practice's.")
    ] = "UTC"

    def require_consistent(self) -> None:
        """Refuse the mailbox of a try-out where others reach the portal."""
        if self.dev_mail_folder is not None and not is_local(self.public_host):
            message = "GATEWAY_DEV_MAIL_FOLDER needs a PORTAL_PUBLIC_URL on localhost"
            raise ValueError(message)

    @property
    def https(self) -> bool:
        """Whether people reach the portal by https."""
        return self.public_url.startswith("https://")

    @property
    def public_host(self) -> str:
        """The host name people open, without its port."""
        return urlsplit(self.public_url).hostname or ""
