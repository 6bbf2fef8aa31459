"""What is taken for a picture, and what is left of it."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from identity_links.domain.pictures import KEPT_SIDE, made_anew, name_of
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.pictures import MOST_PICTURE_BYTES

SCRIPT = b"<script>alert(1)</script>"


def picture(kind="PNG", size=(40, 20), mode="RGBA", **options):
    out = BytesIO()
    Image.new(mode, size, "teal").save(out, kind, **options)
    return out.getvalue()


def moving(kind):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("teal", "gold")]
    out = BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=50)
    return out.getvalue()


def png_that_says(width, height):
    """A small file with the head of a large picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    parts = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("JPEG", "RGB"), ("WEBP", "RGB")])
def test_a_picture_is_kept_as_a_small_webp(kind, mode):
    with Image.open(BytesIO(made_anew(picture(kind, (900, 300), mode)))) as kept:
        assert (kept.format, kept.size) == ("WEBP", (KEPT_SIDE, 171))


def test_what_can_be_seen_through_stays_so():
    out = BytesIO()
    Image.new("RGBA", (8, 8), (0, 128, 128, 90)).save(out, "PNG")
    with Image.open(BytesIO(made_anew(out.getvalue()))) as kept:
        assert kept.mode == "RGBA"
    palette = Image.new("P", (8, 8))
    out = BytesIO()
    palette.save(out, "PNG", transparency=0)
    assert made_anew(out.getvalue())


def test_nothing_is_kept_that_came_with_it():
    exif = Image.Exif()
    exif[0x010E] = "Anna Bergmann, Seestrasse 14"
    handed_in = picture("JPEG", mode="RGB", exif=exif, comment=b"secret") + SCRIPT
    kept = made_anew(handed_in)
    assert not any(word in kept for word in (b"Anna", b"secret", b"script", b"Exif"))
    assert kept == made_anew(picture("JPEG", mode="RGB"))
    assert name_of(kept).endswith(".webp")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "picture_kind_unknown"),
        (b"<!doctype html>" + SCRIPT, "picture_kind_unknown"),
        (b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>", "picture_kind_unknown"),
        (b"\xff\xd8\xff" + SCRIPT, "picture_unreadable"),
        (b"GIF89a" + SCRIPT, "picture_kind_unknown"),
        (moving("GIF"), "picture_kind_unknown"),
        (moving("WEBP"), "picture_moves"),
        (moving("PNG"), "picture_moves"),
        (b"RIFF0000WAVE" + bytes(100), "picture_unreadable"),
        (picture(size=(400, 400))[:150], "picture_unreadable"),
        (png_that_says(60_000, 60_000), "picture_too_wide"),
        (png_that_says(4_000, 4_000), "picture_too_wide"),
        (png_that_says(1_000, 1_000), "picture_unreadable"),
        (bytes(MOST_PICTURE_BYTES + 1), "picture_too_large"),
    ],
    ids=lambda one: one if isinstance(one, str) else str(one[:12]),
)
def test_what_is_no_picture_is_refused(content, code):
    with pytest.raises(Invalid) as refused:
        made_anew(content)
    assert (refused.value.code, refused.value.fields) == ("picture_refused", {"picture": code})


def test_a_file_whose_facts_are_of_another_kind_than_they_say_is_refused():
    facts = Image.Exif()
    facts[0x0112], facts[0x010E] = 6, "x" * 50
    # A text where the way of compressing is told by a number.
    strange = facts.tobytes().replace(b"\x01\x0e\x00\x02", b"\x01\x03\x00\x02")
    with pytest.raises(Invalid) as refused:
        made_anew(picture("JPEG", mode="RGB", exif=strange))
    assert refused.value.fields == {"picture": "picture_unreadable"}
