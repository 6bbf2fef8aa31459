"""How many bytes a browser is sent for a first page, the portal's and the console's."""

from __future__ import annotations

import gzip
import re
import urllib.request
from collections import deque
from urllib.parse import urljoin

from bench.client_home import enter
from bench.context import MeasurementContext
from bench.rows import Aim, AimQuantity, Figure, Figures, Row
from gateway.web.cookies import Cookie

_LINKED = re.compile(r'(?:href|src)="(/(?:static|brand)/[^"#]+)')
_IMPORTED = re.compile(r'(?:from|import)\s*"(\./[^"]+)"')
BYTES = 1000
FIRST, AGAIN, CONSOLE = 26, 4.5, 40
ROWS = (
    Row(
        "weight-first",
        "A client's first visit, page and files",
        "kB",
        "none of it compressed",
        Aim(FIRST, AimQuantity.VALUE),
    ),
    Row(
        "weight-again",
        "The next visit, the page alone",
        "kB",
        "not compressed",
        Aim(AGAIN, AimQuantity.VALUE),
    ),
    Row(
        "weight-console",
        "A practitioner's first visit, Today and files",
        "kB",
        "none of it compressed",
        Aim(CONSOLE, AimQuantity.VALUE),
    ),
)


def measure(context: MeasurementContext) -> Figures:
    """Ask as a browser that has nothing yet, and as one that asks for nothing compressed."""
    visits = {
        "/home": enter(context.portal).cookie,
        "/console": _practitioner_cookie(context),
    }
    found = {page: _weigh(context.portal.listens_at, page, visits[page]) for page in visits}
    (first, again), (console, _) = found["/home"], found["/console"]
    return {"weight-first": first, "weight-again": again, "weight-console": console}


def _practitioner_cookie(context: MeasurementContext) -> str:
    cookies = context.portal.practitioner().cookies
    return f"{Cookie.CONSOLE_DEVICE}={cookies[Cookie.CONSOLE_DEVICE]}"


def _weigh(origin: str, page: str, cookie: str) -> tuple[Figure, Figure]:
    """The page with its files, and the page alone: compressed, beside as it is."""
    sizes = {}
    for encoding in ("gzip", "identity"):
        size, text = _ask(origin, page, encoding, cookie)
        sizes[encoding] = ((size + _files(origin, text, encoding)) / BYTES, size / BYTES)
    packed, plain = sizes["gzip"], sizes["identity"]
    return Figure(packed[0], plain[0]), Figure(packed[1], plain[1])


def _files(origin: str, page: str, encoding: str) -> int:
    """What the page's files weigh, and the modules that they import."""
    waiting, seen, weight = deque(_LINKED.findall(page)), set[str](), 0
    while waiting:
        address = waiting.popleft()
        if address in seen:
            continue
        seen.add(address)
        size, text = _ask(origin, address, encoding, "")
        weight += size
        if address.endswith(".js"):
            waiting += [urljoin(address, one) for one in _IMPORTED.findall(text)]
    return weight


def _ask(origin: str, address: str, encoding: str, cookie: str) -> tuple[int, str]:
    """The bytes of an answer's body, and its text."""
    headers = {"Accept-Encoding": encoding, "Accept": "text/html", "Cookie": cookie}
    request = urllib.request.Request(origin + address, headers=headers)  # noqa: S310 - http, ours
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        body = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    return len(body), (gzip.decompress(body) if packed else body).decode()
