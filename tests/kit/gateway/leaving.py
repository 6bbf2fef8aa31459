"""Whether a page asks before it is left with what is not saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Dialog, Page


def asks_before_leaving(page: Page, leave: Callable[[], object]) -> bool:
    """Do what leaves `page`, wait to be asked, and stay.

    Raises:
        playwright.sync_api.TimeoutError: Nothing was asked.

    """
    with _staying(page) as asked, page.expect_event("dialog"):
        leave()
    return asked == ["beforeunload"]


def leaves_unasked(page: Page, leave: Callable[[], object]) -> bool:
    """Do what leaves `page`, and wait for the next.

    Raises:
        playwright.sync_api.TimeoutError: It stayed, as it was asked about.

    """
    with _staying(page) as asked, page.expect_navigation():
        leave()
    return asked == []


@contextmanager
def _staying(page: Page) -> Iterator[list[str]]:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    yield asked
    page.remove_listener("dialog", stay)
