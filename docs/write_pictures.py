"""Write docs/pictures: what the portal looks like, taken from the demo practice.

``make screenshots`` runs it. It starts the portal with demo data in a folder of its own, and
needs the Chromium that the tests use.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from portal_chassis.embedded.ports import free_port
from tests.kit.browser import launch

START_SECONDS: Final = 120
PHONE: Final = {"width": 390, "height": 780}
DESK: Final = {"width": 1280, "height": 800}


class Demo(NamedTuple):
    """A portal that runs with demo data."""

    url: str
    email: str
    password: str
    link_token: str


class Picture(NamedTuple):
    """One picture: its file, the window it is taken in, and the way to what it shows."""

    name: str
    window: dict[str, int]
    go: Callable[[Page, Demo], None]


def home(page: Page, demo: Demo) -> None:
    """A client's home."""
    page.goto(f"{demo.url}/p/{demo.link_token}")


def form(page: Page, demo: Demo) -> None:
    """A questionnaire while it is filled in."""
    home(page, demo)
    page.locator("a[href^='/forms/']").first.click()
    page.locator("#start-form").click()
    page.locator("input[name=q_gad1]").nth(1).check(force=True)
    page.evaluate("scrollTo(0, 0)")


def today(page: Page, demo: Demo) -> None:
    """The practitioner's first page."""
    page.goto(f"{demo.url}/console/sign-in")
    page.get_by_label("E-mail").fill(demo.email)
    page.get_by_label("Password", exact=True).fill(demo.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/console")


def client(page: Page, demo: Demo) -> None:
    """A client's page in the console."""
    today(page, demo)
    page.goto(f"{demo.url}/console/clients")
    page.get_by_role("link", name="Anna Berg", exact=True).click()


PICTURES: Final = (
    Picture("home-on-a-phone.png", PHONE, home),
    Picture("form-on-a-phone.png", PHONE, form),
    Picture("today-on-a-desk.png", DESK, today),
    Picture("client-on-a-desk.png", DESK, client),
)


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """The portal as ``make run`` starts it, until the block ends."""
    command = ["try", "--var", str(folder), "--port", str(free_port())]
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "portal_runner.cli", *command],
        # Its master key lies beside its data, and goes with them.
        env={**os.environ, "XDG_CONFIG_HOME": str(folder.parent)},
    )
    try:
        announced = folder / "running.json"
        until = time.monotonic() + START_SECONDS
        while not announced.exists() or "url" not in json.loads(announced.read_text("utf-8")):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("The portal did not start.")
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
        demo = json.loads((folder / "demo.json").read_text("utf-8"))
        url = json.loads(announced.read_text("utf-8"))["url"]
        yield Demo(url, demo["email"], demo["password"], demo["link_token"])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def take(browser: Browser, picture: Picture, demo: Demo, folder: Path) -> None:
    """Take one picture, in a browser of its own, by daylight."""
    window: Any = picture.window
    context = browser.new_context(viewport=window, color_scheme="light", reduced_motion="reduce")
    page = context.new_page()
    picture.go(page, demo)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / picture.name)
    context.close()


def main(folder: Path) -> None:
    """Take every picture into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        running_demo(Path(data) / "var") as demo,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        for picture in PICTURES:
            take(browser, picture, demo, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
