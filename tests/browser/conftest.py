"""A real browser in front of the whole portal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright

from tests.kit.browser import PATIENCE_MS, launch

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


def _complaint(message: ConsoleMessage) -> list[str]:
    """What a console message complains of; that a link is dead is the page's own answer."""
    is_dead_link = "/p/" in message.location.get("url", "") and "status of 4" in message.text
    return [] if is_dead_link else [message.text]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without scripts, `make test` looks at one way of running: both show the same pages."""
    for item in items:
        params = getattr(item, "callspec", None) and item.callspec.params
        if params and params.get("portal") == "stack" and params.get("scripts") is False:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """``new_page(scripts=False, viewport=PHONE)``: a fresh profile's page.

    After the test no console message, no error and no refusal by the content
    security policy may have come from any of them.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(*, scripts: bool = True, viewport: Any = DESK, **options: Any) -> Page:
        context = chromium.new_context(java_script_enabled=scripts, viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda message: complaints.extend(_complaint(message)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []
