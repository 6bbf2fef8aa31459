"""The browser that tests and pictures of the pages are made with."""

from __future__ import annotations

import shutil
from typing import Final

from playwright.sync_api import Browser, Playwright, expect

PATIENCE_MS: Final = 15_000
"""As long as a page may take for what it does, on a machine that is busy with other tests."""

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_APPLICATIONS: Final = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_WITHOUT: Final = (
    # Playwright's own, which a second list takes the place of.
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "Translate",
    # What the window around a page is made of, and a process in reserve: each new profile cost
    # as much CPU for them as a test costs for its pages.
    "PreloadTopChromeWebUI",
    "SpareRendererForSitePerProcess",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
)
_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(_WITHOUT)}",
)


def launch(playwright: Playwright) -> Browser:
    """Start the Chromium of this machine, as `deploy/prepare-machine` looks for it.

    What is expected of its pages may take `PATIENCE_MS`.

    Raises:
        playwright.sync_api.Error: There is none.

    """
    expect.set_options(timeout=PATIENCE_MS)
    found = next((path for name in (*_NAMES, *_APPLICATIONS) if (path := shutil.which(name))), None)
    return playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
