"""How many bytes a browser is sent for the portal's first page, with and without its files."""

from __future__ import annotations

import gzip
import re
import urllib.request
from collections import deque
from urllib.parse import urljoin

from bench.client_home import enter
from bench.context import MeasurementContext
from bench.rows import Aim, AimQuantity, Figure, Figures, Row

_LINKED = re.compile(r'(?:href|src)="(/(?:static|brand)/[^"#]+)')
_IMPORTED = re.compile(r'(?:from|import)\s*"(\./[^"]+)"')
BYTES = 1000
FIRST, AGAIN = 26, 4.5
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
)


def measure(context: MeasurementContext) -> Figures:
    """Ask as a browser that has nothing yet, and as one that asks for nothing compressed."""
    cookie = enter(context.portal).cookie
    figures = {}
    for name, encoding in (("packed", "gzip"), ("plain", "identity")):
        page, text = _ask(context.portal.listens_at, "/home", encoding, cookie)
        figures[name] = (page, page + _files(context.portal.listens_at, text, encoding))
    packed, plain = figures["packed"], figures["plain"]
    return {
        "weight-first": Figure(packed[1] / BYTES, plain[1] / BYTES),
        "weight-again": Figure(packed[0] / BYTES, plain[0] / BYTES),
    }


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
