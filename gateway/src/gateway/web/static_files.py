"""Static files, under an address that changes with their content.

All files share one fingerprint, ``/static/<fingerprint>/<name>``, so that a
module may import its neighbour and a stylesheet name an icon by a relative
address. They are read once; what is not in the folder at that moment is not
served, whatever the address looks like.

A stylesheet is written as a file a concept and served as one: `SHEETS` says
which files it is joined from, without their comments and indentation.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import falcon

from gateway.web.compression import compressed_file, takes_gzip

IMMUTABLE: Final = "public, max-age=31536000, immutable"
REVALIDATE: Final = "no-cache"
SHEETS: Final = "css/stylesheets.toml"
STATIC: Final = Path(__file__).parent.parent / "static"
_FINGERPRINT_LENGTH = 16
_FOR_READERS = re.compile(rb"/\*.*?\*/|^\s+", re.DOTALL | re.MULTILINE)

TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
}
"""What is served, by the end of its name; other files stay inside."""


@dataclass(frozen=True)
class StaticFile:
    """One file as it is served."""

    content: bytes
    content_type: str
    etag: str
    compressed: bytes | None = None
    """The same by gzip, where that is shorter."""


class StaticFiles:
    """The files of `folder`, read once.

    Args:
        folder: everything below it whose ending is in `TYPES` is public; the parts of a
            joined stylesheet are, by its name alone.
    """

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _file(path.read_bytes(), path.suffix)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in TYPES and not path.name.startswith(".")
        }
        table = (folder / SHEETS).read_text(encoding="utf-8") if (folder / "css").exists() else ""
        sheets = tomllib.loads(table)
        for sheet, parts in sheets.items():
            written = b"".join(self._files.pop(f"css/{part}").content for part in parts)
            self._files[sheet] = _file(_FOR_READERS.sub(b"", written), ".css")
        tree = hashlib.sha256()
        for name, file in self._files.items():
            tree.update(f"{name}\0{file.etag}\n".encode())
        self.fingerprint = tree.hexdigest()[:_FINGERPRINT_LENGTH]

    @property
    def names(self) -> frozenset[str]:
        """Every name that is served."""
        return frozenset(self._files)

    def find(self, name: str) -> StaticFile | None:
        """The file of that name."""
        return self._files.get(name)

    def url(self, name: str) -> str:
        """The address of a file, for a page.

        Raises:
            KeyError: there is no such file: a page must not name one.
        """
        if name not in self._files:
            raise KeyError(name)
        return f"/static/{self.fingerprint}/{name}"


@cache
def shared_static_files() -> StaticFiles:
    """The gateway's own files, read once per process."""
    return StaticFiles(STATIC)


def _file(content: bytes, ending: str) -> StaticFile:
    compressed = compressed_file(content)
    return StaticFile(
        content,
        TYPES[ending],
        hashlib.sha256(content).hexdigest(),
        compressed if len(compressed) < len(content) else None,
    )


def serve(req: falcon.Request, resp: falcon.Response, file: StaticFile, caching: str) -> None:
    """Answer with `file`, or 304 where the browser has it."""
    compressed = file.compressed if takes_gzip(req) else None
    resp.set_header("Cache-Control", caching)
    # Two bodies of one address have two tags (RFC 9110, section 8.8.3).
    resp.etag = file.etag if compressed is None else f"{file.etag}-gzip"
    if file.compressed is not None:
        resp.append_header("Vary", "Accept-Encoding")
    if any(tag in (resp.etag.strip('"'), "*") for tag in req.if_none_match or []):
        resp.status = falcon.HTTP_304
        return
    resp.content_type = file.content_type
    resp.data = file.content if compressed is None else compressed
    if compressed is not None:
        resp.set_header("Content-Encoding", "gzip")
