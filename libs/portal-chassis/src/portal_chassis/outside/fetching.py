"""Fetching what people name by an address: https, from the public internet, in bounds.

The address is judged once its name is resolved, and the judged one is connected to; the
certificate is that of the name. A redirect is judged anew. Size and time are bounded, also for a
server that drips. Proxies of the environment are not asked: they would connect unjudged.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from urllib.parse import SplitResult, urljoin, urlsplit

from portal_chassis.outside.reach import Deadline, ForbiddenAddressError, Reach

MOST_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_OK, _NOT_MODIFIED = 200, 304
_SIGN_IN: Final = frozenset({401, 403, 407})
_GONE: Final = frozenset({404, 410})
_CHUNK: Final = 65_536
_HTTPS_PORT: Final = 443
_LONGEST_ADDRESS: Final = 4_096
_PRINTABLE: Final = range(0x21, 0x7F)


class Obstacle(StrEnum):
    """Why something was not fetched."""

    ADDRESS_INVALID = "address_invalid"
    NOT_HTTPS = "not_https"
    NETWORK_FORBIDDEN = "network_forbidden"
    HOST_UNKNOWN = "host_unknown"
    UNREACHABLE = "unreachable"
    CERTIFICATE_INVALID = "certificate_invalid"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    SIGN_IN_NEEDED = "sign_in_needed"
    NOT_FOUND = "not_found"
    REFUSED = "refused"


class NotFetched(Exception):
    """It was not fetched. It says nothing of the address, which may be a secret."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.value)
        self.obstacle = obstacle


@dataclass(frozen=True)
class Fetched:
    """What came. `body` is None where nothing has changed since `etag` and `last_modified`."""

    body: bytes | None = field(repr=False)
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Fetcher:
    """Fetches within bounds.

    Attributes:
        reach: where it may be.
        most_bytes: of a body, also once it is unpacked.
        seconds: for everything, redirects too.
        own_name: how we call ourselves (User-Agent).
    """

    reach: Reach
    most_bytes: int
    seconds: float
    own_name: str

    def fetch(self, address: str, *, etag: str = "", last_modified: str = "") -> Fetched:
        """What is at `address`.

        Args:
            address: ``https://``.
            etag: what was told with what is known already (RFC 9110, section 13).
            last_modified: the same.

        Raises:
            NotFetched: it was not.
        """
        deadline = Deadline(self.seconds)
        headers = {
            "Accept": "text/calendar, */*;q=0.1",
            "Accept-Encoding": "gzip",
            "User-Agent": self.own_name,
            **({"If-None-Match": etag} if etag else {}),
            **({"If-Modified-Since": last_modified} if last_modified else {}),
        }
        for _redirect in range(MOST_REDIRECTS + 1):
            try:
                answer = self._ask(checked_address(address), headers, deadline)
            except TimeoutError as error:
                raise NotFetched(Obstacle.TIMEOUT) from error
            if isinstance(answer, Fetched):
                return answer
            address = urljoin(address, answer)
        raise NotFetched(Obstacle.TOO_MANY_REDIRECTS)

    def _ask(
        self, parts: SplitResult, headers: Mapping[str, str], deadline: Deadline
    ) -> Fetched | str:
        """What came, or the address that it is said to be at."""
        host, port = parts.hostname or "", parts.port or _HTTPS_PORT
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        plain = self._connected(host, port, deadline)
        with plain, _ended_at(deadline, plain, self.seconds):
            try:
                secure = _context().wrap_socket(plain, server_hostname=host)
                with secure:
                    connection = _Connection(host, port, secure)
                    connection.request("GET", path, headers=dict(headers))
                    return self._read(connection.getresponse(), deadline)
            except ssl.SSLCertVerificationError as error:
                raise NotFetched(Obstacle.CERTIFICATE_INVALID) from error
            except TimeoutError:
                raise
            except (OSError, http.client.HTTPException, zlib.error, ValueError) as error:
                # What is cut off at the deadline looks like a server that hung up.
                deadline.remaining(self.seconds)
                raise NotFetched(Obstacle.UNREACHABLE) from error

    def _connected(self, host: str, port: int, deadline: Deadline) -> socket.socket:
        try:
            return self.reach.connect(host, port, deadline, self.seconds)
        except ForbiddenAddressError as error:
            raise NotFetched(Obstacle.NETWORK_FORBIDDEN) from error
        except (socket.gaierror, UnicodeError) as error:
            raise NotFetched(Obstacle.HOST_UNKNOWN) from error
        except TimeoutError:
            raise
        except OSError as error:
            raise NotFetched(Obstacle.UNREACHABLE) from error

    def _read(self, response: http.client.HTTPResponse, deadline: Deadline) -> Fetched | str:
        status = response.status
        if status in _REDIRECTS:
            return response.getheader("Location") or ""
        if status in _SIGN_IN:
            raise NotFetched(Obstacle.SIGN_IN_NEEDED)
        if status in _GONE:
            raise NotFetched(Obstacle.NOT_FOUND)
        if status not in {_OK, _NOT_MODIFIED}:
            raise NotFetched(Obstacle.REFUSED)
        told = _told(response, "ETag"), _told(response, "Last-Modified")
        if status == _NOT_MODIFIED:
            return Fetched(None, *told)
        return Fetched(self._body(response, deadline), *told)

    def _body(self, response: http.client.HTTPResponse, deadline: Deadline) -> bytes:
        packed = (response.getheader("Content-Encoding") or "identity").lower()
        if packed not in {"identity", "gzip", "x-gzip"}:
            raise NotFetched(Obstacle.REFUSED)
        unpack = None if packed == "identity" else zlib.decompressobj(zlib.MAX_WBITS | 16)
        body = bytearray()
        while chunk := response.read1(_CHUNK):
            deadline.remaining(self.seconds)
            body += chunk if unpack is None else unpack.decompress(chunk, self.most_bytes + 1)
            if len(body) > self.most_bytes or (unpack is not None and unpack.unconsumed_tail):
                raise NotFetched(Obstacle.TOO_LARGE)
            if unpack is not None and unpack.unused_data:
                # What comes behind the end is kept by zlib, however much it is.
                raise NotFetched(Obstacle.TOO_LARGE)
        # What is cut off at the deadline may look like an end.
        deadline.remaining(self.seconds)
        if response.length or (unpack is not None and not unpack.eof):
            raise NotFetched(Obstacle.UNREACHABLE)
        return bytes(body)


def checked_address(address: str) -> SplitResult:
    """The parts of an address that may be fetched, as far as it tells by itself.

    Raises:
        NotFetched: ``not_https`` or ``address_invalid``: also one with a name and a password.
    """
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise NotFetched(Obstacle.ADDRESS_INVALID) from error
    if parts.scheme != "https":
        raise NotFetched(Obstacle.NOT_HTTPS)
    if (
        not host
        or "@" in parts.netloc
        or len(address) > _LONGEST_ADDRESS
        or any(ord(one) not in _PRINTABLE for one in parts.path + parts.query)
    ):
        raise NotFetched(Obstacle.ADDRESS_INVALID)
    return parts


class _Connection(http.client.HTTPConnection):
    """Speaks HTTP over a connection that is there already, and never makes one: it is unjudged."""

    default_port = _HTTPS_PORT
    auto_open = 0

    def __init__(self, host: str, port: int, secure: ssl.SSLSocket) -> None:
        super().__init__(host, port)
        self.sock: Any = secure


@contextmanager
def _ended_at(deadline: Deadline, plain: socket.socket, seconds: float) -> Iterator[None]:
    """Cut a connection off at the deadline, whatever waits for it and however it drips."""
    # TLS takes the socket itself over; both are ends of one connection.
    twin = plain.dup()

    def cut() -> None:
        with suppress(OSError):
            twin.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(deadline.remaining(seconds), cut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        twin.close()


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _told(response: http.client.HTTPResponse, name: str) -> str:
    """A header to be sent back later; an overlong one is not kept."""
    value = response.getheader(name) or ""
    return value if len(value) <= _LONGEST_ADDRESS and value.isprintable() else ""
