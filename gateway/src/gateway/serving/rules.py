"""What holds for every connection, by the settings; and the answers that need no page.

Imported once the application is there: gunicorn's first process stays without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Self

from gateway.config import GatewaySettings
from gateway.serving.incoming import Pace
from gateway.web.addresses import address_behind, counted_network
from gateway.web.security import headers_of_every_answer
from portal_chassis import metrics

ENDED = metrics.counter(
    "portal_gateway_connections_ended_total",
    "Connections ended for their sender's fault: what was slow, too much or unreadable.",
    ["reason"],
)

_SENTENCES: Final = {
    HTTPStatus.REQUEST_TIMEOUT: "The request took too long to arrive. Please try again.",
    HTTPStatus.TOO_MANY_REQUESTS: "There are too many connections. Please try again in a minute.",
}
_FALLBACK: Final = "This request cannot be read."
_REASONS: Final = {
    HTTPStatus.REQUEST_TIMEOUT: "slow_request",
    HTTPStatus.TOO_MANY_REQUESTS: "too_many",
}


@dataclass(frozen=True)
class ServingRules:
    """The limits of every connection.

    Attributes:
        pace: how long others may take.
        most_body_bytes: a larger body is not waited for.
        connections_per_address: open at one time.
        trusted_proxies: how many entries of ``X-Forwarded-For`` are believed.
        https: whether people reach the portal by https.
    """

    pace: Pace
    most_body_bytes: int
    connections_per_address: int
    trusted_proxies: int
    https: bool

    @classmethod
    def of(cls, settings: GatewaySettings, idle_seconds: float) -> Self:
        """By the settings, and by how long this server lets a connection rest."""
        return cls(
            pace=Pace(
                head_seconds=settings.head_seconds,
                grace_seconds=settings.body_seconds,
                bytes_per_second=settings.least_bytes_per_second,
                idle_seconds=idle_seconds,
            ),
            most_body_bytes=settings.body_limit_bytes,
            connections_per_address=settings.connections_per_address,
            trusted_proxies=settings.trusted_proxies,
            https=settings.https,
        )

    @property
    def scheme(self) -> str:
        """How people's addresses of the portal begin."""
        return "https" if self.https else "http"

    def address_at_the_door(self, peer: str) -> str:
        """Whose connection it is before a request says more; "" where a proxy connects."""
        return "" if self.trusted_proxies else counted_network(address_behind(peer, None, 0))

    def address_of_request(self, peer: str, forwarded_for: str) -> str:
        """Whose request it is, whose head is in; "" as long as nothing new is known."""
        if not self.trusted_proxies:
            return ""
        return counted_network(address_behind(peer, forwarded_for, self.trusted_proxies))

    def count_slow_reader(self) -> None:
        """Somebody did not take an answer in time."""
        ENDED.labels("slow_reader").inc()

    def is_our_fault(self, error: Exception) -> bool:
        """Whether it is, that an answer broke off; whoever took it too slowly is counted."""
        if isinstance(error, TimeoutError):
            self.count_slow_reader()
        return not isinstance(error, OSError)

    def refusal(self, status: HTTPStatus) -> bytes:
        """The whole answer to a connection that is ended, which is counted."""
        ENDED.labels(_REASONS.get(status, "unreadable")).inc()
        sentence = _SENTENCES.get(status, _FALLBACK).encode() + b"\n"
        headers = headers_of_every_answer(https=self.https) | {
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Length": str(len(sentence)),
            "Connection": "close",
        }
        lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + sentence
