"""Static files, under an address that changes with their content.

All files share one fingerprint, ``/static/<fingerprint>/<name>``, so that a
module may import its neighbour and a stylesheet name an icon by a relative
address. They are read once; what is not in the folder at that moment is not
served, whatever the address looks like.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import falcon

IMMUTABLE: Final = "public, max-age=31536000, immutable"
REVALIDATE: Final = "no-cache"
_FINGERPRINT_LENGTH = 16

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


class StaticFiles:
    """The files of `folder`, read once.

    Args:
        folder: everything below it whose ending is in `TYPES` is public.
    """

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _read(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in TYPES and not path.name.startswith(".")
        }
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


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    return StaticFile(content, TYPES[path.suffix], hashlib.sha256(content).hexdigest())


def serve(req: falcon.Request, resp: falcon.Response, file: StaticFile, caching: str) -> None:
    """Answer with `file`, or 304 where the browser has it."""
    resp.set_header("Cache-Control", caching)
    resp.etag = file.etag
    if any(tag in (file.etag, "*") for tag in req.if_none_match or []):
        resp.status = falcon.HTTP_304
        return
    resp.content_type = file.content_type
    resp.data = file.content
