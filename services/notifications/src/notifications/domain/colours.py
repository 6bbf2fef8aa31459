"""A practice's accent colour in a mail: readable on the button, visible on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass

FALLBACK_ACCENT = "#2f5d62"
DARK_INK = "#16181a"
WHITE = "#ffffff"
DARK_CARD = "#1f2224"
EDGE_ON_WHITE = "#6b7278"
EDGE_ON_DARK = "#9aa1a5"
_VISIBLE = 3.0
_LINEAR_UP_TO = 0.04045
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class ButtonColours:
    """The colours of the one button, as ``#rrggbb``.

    Attributes:
        fill: the accent itself.
        ink: the text on it; its contrast is at least 4.5 (WCAG 2.2, 1.4.3).
        edge: a border that is visible on white (1.4.11: at least 3).
        edge_dark: the same on the dark card.
    """

    fill: str
    ink: str
    edge: str
    edge_dark: str


def button_colours(accent: str) -> ButtonColours:
    """Colours for a button in `accent`; anything but ``#rrggbb`` takes a quiet green."""
    fill = accent.lower() if _COLOUR.fullmatch(accent) else FALLBACK_ACCENT
    ink = max((WHITE, DARK_INK), key=lambda candidate: contrast(fill, candidate))
    return ButtonColours(
        fill=fill,
        ink=ink,
        edge=fill if contrast(fill, WHITE) >= _VISIBLE else EDGE_ON_WHITE,
        edge_dark=fill if contrast(fill, DARK_CARD) >= _VISIBLE else EDGE_ON_DARK,
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _LINEAR_UP_TO else ((channel + 0.055) / 1.055) ** 2.4
