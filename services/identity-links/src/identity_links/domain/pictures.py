"""Pictures made anew: what is kept of a file are its pixels, and nothing else that came with it.

A file is what its first bytes say, never what it is called; PNG, JPEG and WebP are read, and
nothing that could hold a script. Its size is looked at before a pixel is decoded, so that a
small file cannot become a large picture in memory.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.pictures import (
    MOST_PICTURE_BYTES,
    MOST_PICTURE_PIXELS,
    MOST_PICTURE_SIDE,
)

KEPT_SIDE: Final = 512
"""Pixels of the longer side of what is kept; a smaller picture stays as large as it is."""
_QUALITY: Final = 88
_BEGINNINGS: Final = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff", "WEBP": b"RIFF"}


def made_anew(content: bytes) -> bytes:
    """The picture in `content` as a WebP without anything but its pixels.

    Raises:
        Invalid: ``picture_refused``, field ``picture``: ``picture_too_large``,
            ``picture_kind_unknown``, ``picture_too_wide``, ``picture_moves``,
            ``picture_unreadable``.
    """
    if len(content) > MOST_PICTURE_BYTES:
        raise _refused("picture_too_large")
    kind = next((one for one, begin in _BEGINNINGS.items() if content.startswith(begin)), None)
    if kind is None:
        raise _refused("picture_kind_unknown")
    try:
        return _drawn(content, kind)
    except Invalid:
        raise
    except (Image.DecompressionBombError, MemoryError):
        raise _refused("picture_too_wide") from None
    except Exception:  # noqa: BLE001 - what a decoder stumbles over has many names
        raise _refused("picture_unreadable") from None


def name_of(picture: bytes) -> str:
    """What a picture that was made anew is called."""
    return f"{hashlib.sha256(picture).hexdigest()}.webp"


def _drawn(content: bytes, kind: str) -> bytes:
    with Image.open(BytesIO(content), formats=[kind]) as image:
        width, height = image.size
        if max(width, height) > MOST_PICTURE_SIDE or width * height > MOST_PICTURE_PIXELS:
            raise _refused("picture_too_wide")
        if getattr(image, "n_frames", 1) > 1:
            raise _refused("picture_moves")
        image.draft("RGB", (2 * KEPT_SIDE, 2 * KEPT_SIDE))
        upright = ImageOps.exif_transpose(image)
        seen = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    seen.thumbnail((KEPT_SIDE, KEPT_SIDE))
    bare = Image.new(seen.mode, seen.size)
    bare.paste(seen)
    out = BytesIO()
    bare.save(out, "WEBP", quality=_QUALITY)
    return out.getvalue()


def _refused(code: str) -> Invalid:
    return Invalid("picture_refused", "This is no picture to take.", fields={"picture": code})
