"""Pages and files compressed with gzip (RFC 9110, section 8.4.1), where a browser takes it.

Never what holds a secret. Whoever can have a browser ask for a page again and again, with a
guess of theirs in it, and sees how long the answers are, reads out of compressed ones what else
stands on the page (BREACH). So nothing is compressed that was answered to a form, whose address
holds a token, or whose resource says that it shows a secret; tokens of forms are salted anew for
each page; and every compressed page is longer by a random number of bytes, which hides how well
a guess went ("Heal the BREACH", Palacios et al., 2022).

The proxy in front compresses nothing: only here is it known what a page holds.
"""

from __future__ import annotations

import gzip
import re
import secrets
import struct
import zlib
from typing import Any, Final

import falcon

from gateway.web.request_context import context_of

SMALLEST_BYTES: Final = 1000
"""What fits one packet anyhow is left as it is."""
LONGEST_PADDING_BYTES: Final = 100
LEVEL_OF_PAGES: Final = 4
"""Between it and the best of zlib lies a twentieth of the length, and twice the time."""
LEVEL_OF_FILES: Final = 9
_NOT_AT_ALL = re.compile(r"q=0(\.0*)?")
# Deflate, with a file's name in the head, no time, of no system (RFC 1952).
_HEAD: Final = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"


class Compression:
    """Middleware that compresses pages that may be; answers to programs are left as they are."""

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: Any, req_succeeded: bool
    ) -> None:
        """Compress a page; files lie there compressed (`gateway.web.static_files`)."""
        body = resp.data
        if body is None or len(body) < SMALLEST_BYTES or not _may_be(req, resp, resource):
            return
        resp.append_header("Vary", "Accept-Encoding")
        if takes_gzip(req):
            resp.data = padded(body)
            resp.set_header("Content-Encoding", "gzip")


def takes_gzip(req: falcon.Request) -> bool:
    """Whether whoever asks can read gzip."""
    for offered in (req.get_header("Accept-Encoding") or "").lower().split(","):
        name, _, weight = offered.replace(" ", "").partition(";")
        if name == "gzip":
            return _NOT_AT_ALL.fullmatch(weight) is None
    return False


def padded(body: bytes) -> bytes:
    """`body` compressed, with up to `LONGEST_PADDING_BYTES` that any reader of gzip skips."""
    padding = b"x" * secrets.randbelow(LONGEST_PADDING_BYTES + 1) + b"\0"
    deflate = zlib.compressobj(LEVEL_OF_PAGES, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = deflate.compress(body) + deflate.flush()
    return _HEAD + padding + deflated + struct.pack("<LL", zlib.crc32(body), len(body))


def compressed_file(content: bytes) -> bytes:
    """A file as small as can be, the same at every call: it is public and made once."""
    return gzip.compress(content, LEVEL_OF_FILES, mtime=0)


def _may_be(req: falcon.Request, resp: falcon.Response, resource: Any) -> bool:
    if req.method not in ("GET", "HEAD"):
        return False
    if not (resp.content_type or "").startswith("text/html"):
        return False
    # There is no resource where nothing is.
    shows_secret = resource is not None and resource.shows_secret
    return not (shows_secret or context_of(req).carries_token)
