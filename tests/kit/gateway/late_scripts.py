"""A network on which a page is there before its scripts are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route

_SCRIPTS = re.compile(r"/static/[^/]+/js/")


@contextmanager
def scripts_held(page: Page) -> Iterator[None]:
    """The scripts of what `page` opens come at the end of the block, and no sooner.

    A page waits for them before it is loaded: open it with ``wait_until="commit"``.
    """
    held: list[Route] = []
    is_over = False

    def hold(route: Route) -> None:
        if is_over:
            route.continue_()
        else:
            held.append(route)

    page.route(_SCRIPTS, hold)
    yield
    is_over = True
    for route in held:
        route.continue_()
