"""A request is put to the application, and its answer written as HTTP/1.1 (PEP 3333, RFC 9112).

Both web servers answer by this. What is written says nothing of the server; where the
application fails, it says no word of why.
"""

from __future__ import annotations

import io
import re
import sys
import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from gateway.serving.heads import WholeRequest

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+: [ \t\x21-\x7e\x80-\xff]*")
_WITHOUT_BODY: Final = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


def environ_of(request: WholeRequest, *, client: Any, server: Any, scheme: str) -> dict[str, Any]:
    """What WSGI tells an application of a request.

    Args:
        request: it.
        client: the other end of the connection, as the system names it.
        server: our end, as well.
        scheme: by which people reach the portal.
    """
    path, query = _path_and_query(request.target)
    here = server if isinstance(server, tuple) else (str(server), "")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path else path,
        "QUERY_STRING": query,
        "RAW_URI": request.target,
        "SERVER_NAME": str(here[0]),
        "SERVER_PORT": str(here[1]),
        "SERVER_PROTOCOL": f"HTTP/1.{request.version}",
        "REMOTE_ADDR": str(client[0]) if isinstance(client, tuple) and client else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in request.fields:
        key = name.upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = f"HTTP_{key}"
            if key in environ:
                value = f"{environ[key]},{value}"  # noqa: PLW2901 - RFC 9110, section 5.3
        environ[key] = value
    return environ


def _path_and_query(target: str) -> tuple[str, str]:
    target = target.partition("#")[0]
    if not target.startswith("/") and "://" in target:
        # A proxy's form (RFC 9112, section 3.2.2): what the portal is called is a setting.
        before, mark, query = target.partition("?")
        _host, _, rest = before.partition("://")[2].partition("/")
        target = f"/{rest}{mark}{query}"
    path, _, query = target.partition("?")
    return path, query


class Exchange:
    """One request, and the answer to it.

    Args:
        request: it.
        write: takes what is to go out, in order.
        may_stay: whether the server lets the connection stand.

    Attributes:
        has_begun: something was written.
    """

    def __init__(
        self, request: WholeRequest, write: Callable[[bytes], object], *, may_stay: bool
    ) -> None:
        self._request = request
        self._write = write
        self._may_stay = self._stays = may_stay and request.wants_to_stay
        self._head = ""
        self._has_body = False
        self._is_chunked = False
        self._left: int | None = None
        self.has_begun = False

    def run(self, application: Application, environ: dict[str, Any]) -> bool:
        """Let the application answer; whether another request may follow on the connection.

        Raises:
            Exception: whatever the application or `write` raises.
        """
        parts = application(environ, self._start)
        try:
            for part in parts:
                self._pass_on(part)
            self._end()
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        return self._stays

    def _start(
        self, status: str, headers: list[tuple[str, str]], failed: Any = None
    ) -> Callable[[bytes], None]:
        if failed and self.has_begun:
            raise failed[1]
        lines = [f"{name}: {value}" for name, value in headers]
        if not all(map(_HEADER.fullmatch, lines)):
            message = "A header of an answer is none."
            raise ValueError(message)
        code = int(status[:3])
        length = next((value for name, value in headers if name.lower() == "content-length"), None)
        self._has_body = self._request.method != "HEAD" and code not in _WITHOUT_BODY
        self._left = int(length) if length is not None and self._has_body else None
        is_open = self._has_body and length is None
        self._is_chunked = is_open and self._request.version == 1
        self._stays = self._may_stay and (self._is_chunked or not is_open)
        if self._is_chunked:
            lines.append("Transfer-Encoding: chunked")
        lines.append(f"Date: {_date(int(time.time()))}")
        lines.append(f"Connection: {'keep-alive' if self._stays else 'close'}")
        self._head = "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""])
        return self._pass_on

    def _pass_on(self, part: bytes) -> None:
        if not self.has_begun:
            self._begin()
        if self._left is not None:
            part = part[: self._left]
            self._left -= len(part)
        if not self._has_body or not part:
            return
        self._write(b"%X\r\n%b\r\n" % (len(part), part) if self._is_chunked else part)

    def _begin(self) -> None:
        self.has_begun = True
        self._write(self._head.encode("latin-1"))

    def _end(self) -> None:
        if not self.has_begun:
            self._begin()
        if self._is_chunked:
            self._write(b"0\r\n\r\n")
        # What was promised and did not come cannot be told from what comes next.
        self._stays = self._stays and not self._left


class _Today:
    """The date as HTTP writes it, made once a second."""

    def __init__(self) -> None:
        self._made: tuple[int, str] = (0, "")

    def __call__(self, second: int) -> str:
        made = self._made
        if made[0] != second:
            made = self._made = (second, formatdate(second, usegmt=True))
        return made[1]


_date = _Today()
