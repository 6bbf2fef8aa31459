"""The colours of a practice, as a stylesheet of its own.

From one accent colour come a shade for light and one for dark surroundings,
each with at least the contrast of WCAG 2.2, criterion 1.4.3, against the page
behind it and the text upon it. The address names the accent itself and a hash
of what is made from it, so that any gateway can answer it without asking.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Final, NamedTuple

CONTRAST: Final = 4.6  # 4.5 is asked for; the rest is for rounding
_HASH_LENGTH = 12
_ACCENT = re.compile(r"#[0-9a-f]{6}")


class Colour(NamedTuple):
    """An sRGB colour, each part from 0 to 1."""

    red: float
    green: float
    blue: float

    @property
    def hex(self) -> str:
        """As ``#rrggbb``."""
        return "#" + "".join(f"{round(part * 255):02x}" for part in self)


WHITE: Final = Colour(1.0, 1.0, 1.0)
BLACK: Final = Colour(0.0, 0.0, 0.0)
# The brightest and the darkest surface that accent-coloured text stands on.
LIGHT_SURFACE: Final = Colour(0.93, 0.92, 0.90)
DARK_SURFACE: Final = Colour(0.16, 0.17, 0.18)


def parse_colour(text: str) -> Colour | None:
    """``#rrggbb`` as a colour; None for anything else."""
    if not _ACCENT.fullmatch(text.lower()):
        return None
    return Colour(*(int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)))


def luminance(colour: Colour) -> float:
    """Relative luminance by WCAG 2.2."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
        for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio by WCAG 2.2, from 1 to 21."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`one` with `share` of `other`."""
    return Colour(*(a + (b - a) * share for a, b in zip(one, other, strict=True)))


def readable(colour: Colour, surface: Colour, towards: Colour) -> Colour:
    """The nearest shade of `colour`, mixed towards `towards`, that reads on `surface`."""
    for step in range(101):
        shade = parse_colour(mix(colour, towards, step / 100).hex) or towards
        if contrast(shade, surface) >= CONTRAST:
            return shade
    return towards


def ink_on(colour: Colour) -> Colour:
    """Black or white, whichever reads better upon `colour`."""
    return max((WHITE, BLACK), key=lambda ink: contrast(ink, colour))


class Shades(NamedTuple):
    """What becomes of a colour in light and in dark surroundings."""

    light: Colour
    dark: Colour


def shades_of(accent: str) -> Shades | None:
    """The shades of `accent` that read, each as near to it as can be; None for no colour."""
    colour = parse_colour(accent)
    return None if colour is None else _shades(colour)


def _shades(colour: Colour) -> Shades:
    return Shades(
        readable(colour, LIGHT_SURFACE, BLACK),
        readable(colour, DARK_SURFACE, WHITE),
    )


@lru_cache(maxsize=256)
def stylesheet(accent: str) -> str:
    """The custom properties that colour a page by `accent` (``#rrggbb``)."""
    light, dark = _shades(parse_colour(accent) or BLACK)
    pairs = {
        "--accent": (light, dark),
        "--accent-strong": (mix(light, BLACK, 0.2), mix(dark, WHITE, 0.25)),
        "--accent-soft": (mix(light, WHITE, 0.88), mix(dark, DARK_SURFACE, 0.8)),
        "--on-accent": (ink_on(light), ink_on(dark)),
    }
    lines = "".join(
        f"  {name}: light-dark({first.hex}, {second.hex});\n"
        for name, (first, second) in pairs.items()
    )
    return f":root {{\n{lines}}}\n"


def brand_url(accent: str) -> str | None:
    """Where the stylesheet of `accent` is; None for an accent that is no colour."""
    accent = accent.lower()
    if not _ACCENT.fullmatch(accent):
        return None
    return f"/brand/{accent[1:]}-{digest(accent)}.css"


def digest(accent: str) -> str:
    """What the address of `accent`'s stylesheet ends with: a hash of the sheet."""
    return hashlib.sha256(stylesheet(accent).encode()).hexdigest()[:_HASH_LENGTH]
