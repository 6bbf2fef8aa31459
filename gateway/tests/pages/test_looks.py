"""Every page in a browser: accessible, reflowing and silent, in light and dark, small and wide."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from gallery import Gallery, served
from scenes import SCENES

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIEWS = [(390, "light", "en"), (390, "dark", "de"), (1280, "light", "de"), (1280, "dark", "en")]
NARROW = 320


@pytest.fixture(scope="module")
def address():
    with served(Gallery()) as address:
        yield address


@pytest.fixture(scope="module")
def tab(chromium):
    """A page of the browser; what it complained about stands in `tab.complaints`."""
    page = chromium.new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    page.close()


@pytest.fixture(scope="module")
def axe():
    return Axe()


def wider_than_the_window(tab):
    return tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: "-".join(map(str, view)))
@pytest.mark.parametrize("name", SCENES)
def test_accessible_and_without_complaint(tab, axe, address, name, view):
    width, theme, language = view
    tab.complaints.clear()
    tab.set_viewport_size({"width": width, "height": 844})
    tab.goto(f"{address}/{name}?theme={theme}&lang={language}")
    found = axe.run(tab, options={"runOnly": TAGS}).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert tab.complaints == []
    assert wider_than_the_window(tab) <= 0


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", SCENES)
def test_reflows_at_320_pixels(tab, address, name, language):
    tab.set_viewport_size({"width": NARROW, "height": 568})
    tab.goto(f"{address}/{name}?lang={language}")
    assert wider_than_the_window(tab) <= 0


@pytest.mark.parametrize("accent", ["#ffe600", "#ff5c8a", "#0a0a0a", "#ffffff", "#3355ff"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["portal-home", "console-client", "console-mails"])
def test_any_accent_reads(tab, axe, address, name, theme, accent):
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.goto(f"{address}/{name}?theme={theme}&accent=%23{accent[1:]}")
    found = axe.run(tab, options={"runOnly": ["color-contrast"]}).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


@pytest.mark.parametrize("name", ["portal-home", "console-client", "front"])
def test_targets_are_large_enough(tab, address, name):
    """WCAG 2.5.8: 24 pixels, for what is not a link within a sentence."""
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(f"{address}/{name}")
    small = tab.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input, select, summary")]
            .filter((element) => element.checkVisibility() && element.type !== "hidden")
            .filter((element) => !element.matches(".skip, p > a:not([class])"))
            .map((element) => [element.id, element.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.height < 24 || box.width < 24))
            .map(([id, box]) => `${id} ${box.width}x${box.height}`)"""
    )
    assert small == []


def test_the_focus_is_seen_and_not_covered(tab, address):
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(f"{address}/portal-home")
    for _ in range(14):
        tab.keyboard.press("Tab")
        state = tab.evaluate(
            """() => {
                const element = document.activeElement;
                const box = element.getBoundingClientRect();
                const at = document.elementFromPoint(
                    box.x + box.width / 2, box.y + box.height / 2);
                return {
                    name: element.id || element.className,
                    outline: parseFloat(getComputedStyle(element).outlineWidth),
                    seen: element.contains(at) || at?.contains(element) || false,
                };
            }"""
        )
        assert state["outline"] >= 3, state
        assert state["seen"], state
