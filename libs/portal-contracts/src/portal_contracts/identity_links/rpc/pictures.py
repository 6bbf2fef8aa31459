"""Pictures: a practice's logo and a practitioner's portrait, as anybody sees them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct

from portal_contracts.calls import Method
from portal_contracts.identity_links.rpc.targets import SERVICE

MOST_PICTURE_BYTES: Final = 1_000_000
"""Of a picture as it is handed in; what is kept of it is smaller."""
MOST_PICTURE_SIDE: Final = 5_000
MOST_PICTURE_PIXELS: Final = 8_000_000

PictureName = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\.webp$", max_length=69)]
"""The hash of its bytes, and what they are; the last part of its address."""


class PictureOf(StrEnum):
    """Whose picture: the practice's logo, or the practitioner's who asks."""

    LOGO = "logo"
    PORTRAIT = "portrait"


class SetPicture(Struct, frozen=True, kw_only=True):
    """Put a picture in place of the one that is there; without `content`: take it away.

    `content` is a PNG, a JPEG or a WebP of at most `MOST_PICTURE_BYTES`.
    """

    of: PictureOf
    content: bytes | None


class PictureSet(Struct, frozen=True, kw_only=True):
    """What the picture is called now; empty: there is none."""

    name: str


class ReadPicture(Struct, frozen=True, kw_only=True):
    """One picture by its name."""

    name: PictureName


class Picture(Struct, frozen=True, kw_only=True):
    """A WebP, made anew from what was handed in."""

    content: bytes


SET_PICTURE = Method(
    SERVICE,
    "set_picture",
    SetPicture,
    PictureSet,
    "Put a logo or a portrait in place, or take it away; the same picture again changes nothing.",
)
READ_PICTURE = Method(
    SERVICE,
    "read_picture",
    ReadPicture,
    Picture,
    "A logo or a portrait that is in place, for anybody who knows its name.",
)

METHODS = (SET_PICTURE, READ_PICTURE)
