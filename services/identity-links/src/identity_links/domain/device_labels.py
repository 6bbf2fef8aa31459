"""What a device is called in a list: made from what its browser says of itself."""

from __future__ import annotations

UNKNOWN_DEVICE = "Unknown device"

# The first mark found decides: Edge says that it is Chrome, and Chrome that it is Safari.
_BROWSERS = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_PLATFORMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_label(user_agent: str) -> str:
    """A short name like ``Firefox on Android``; never a part of `user_agent` itself."""
    browser = _first(_BROWSERS, user_agent)
    platform = _first(_PLATFORMS, user_agent)
    if browser and platform:
        return f"{browser} on {platform}"
    return browser or platform or UNKNOWN_DEVICE


def _first(marks: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in marks if mark in user_agent), "")
