"""Every page in a browser: accessible, reflowing and silent, in light and dark, small and wide."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from gallery import Gallery, served
from scenes import SCENES

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIEWS = [
    ("en", 390, "light"),
    ("de", 1280, "dark"),
    ("en", 1280, "light"),
    ("de", 390, "dark"),
]
NARROW = 320


@pytest.fixture(scope="module")
def address():
    with served(Gallery()) as address:
        yield address


@pytest.fixture(scope="module")
def tab(chromium):
    """A page of the browser; what it complained about stands in `tab.complaints`."""
    page = chromium.new_page(reduced_motion="reduce")  # else a colour is looked at on its way
    page.add_init_script(Axe().axe_script)
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    page.close()


def violations(tab, *rules):
    """What axe finds in the page as it stands: rule, and the first place."""
    options = {"runOnly": list(rules), "resultTypes": ["violations"]}
    found = tab.evaluate("options => axe.run(options).then((found) => found.violations)", options)
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


def wider_than_the_window(tab):
    return tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def broken_words(tab):
    """Words on buttons that go on in the next line."""
    return tab.evaluate(
        """() => [...document.querySelectorAll(".button span")].flatMap((label) => {
          const text = label.firstChild;
          if (text?.nodeType !== Node.TEXT_NODE) return [];
          return [...text.data.matchAll(/[^\\s\\u00ad-]+/g)].filter((word) => {
            const place = document.createRange();
            place.setStart(text, word.index);
            place.setEnd(text, word.index + word[0].length);
            return new Set([...place.getClientRects()].map((line) => line.top)).size > 1;
          }).map((word) => word[0]);
        })"""
    )


def words_run_together(tab):
    """Words of two elements that stand in one line with neither a blank nor a gap between them."""
    return tab.evaluate(
        """() => {
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          const found = [];
          let before = null;
          while (walker.nextNode()) {
            const node = walker.currentNode;
            const place = document.createRange();
            place.selectNodeContents(node);
            const lines = [...place.getClientRects()].filter((line) => line.width > 1);
            if (!lines.length || node.parentElement.closest(".hidden-visually")) continue;
            if (before && before.node.parentElement !== node.parentElement) {
              const [a, b] = [before.line, lines[0]];
              const beside = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
              const ends = /[\\p{L}\\p{N}]$/u.test(before.node.data);
              const begins = /^[\\p{L}\\p{N}]/u.test(node.data);
              if (beside && ends && begins && Math.abs(b.left - a.right) < 1) {
                found.push(`${before.node.data}|${node.data}`);
              }
            }
            before = { node, line: lines.at(-1) };
          }
          return found;
        }"""
    )


def scenes_in_views():
    """Every scene in every view; each in one of the first two for `make test`, in turn."""
    for number, name in enumerate(SCENES):
        for turn, view in enumerate(VIEWS):
            marks = [] if turn == number % 2 else [pytest.mark.long]
            yield pytest.param(name, view, marks=marks, id=f"{name}-{view[1]}-{view[2]}")


@pytest.mark.parametrize(("name", "view"), [*scenes_in_views()])
def test_accessible_silent_and_reflowing(tab, address, name, view):
    language, width, theme = view
    tab.complaints.clear()
    tab.set_viewport_size({"width": width, "height": 844})
    tab.goto(f"{address}/{name}?theme={theme}&lang={language}")
    assert violations(tab, *TAGS) == []
    assert words_run_together(tab) == []
    assert wider_than_the_window(tab) <= 0
    assert tab.complaints == []
    tab.set_viewport_size({"width": NARROW, "height": 568})
    assert wider_than_the_window(tab) <= 0
    assert broken_words(tab) == []


def test_a_desk_shows_many_clients_at_once(tab, address):
    tab.set_viewport_size({"width": 1280, "height": 800})
    tab.goto(f"{address}/console-clients")
    top, heights = tab.evaluate(
        """() => {
          const rows = [...document.querySelectorAll("tbody tr")];
          return [rows[0].getBoundingClientRect().top, rows.map((row) => row.offsetHeight)];
        }"""
    )
    assert (800 - top) / sorted(heights)[len(heights) // 2] >= 15


def test_no_column_of_the_clients_is_cut_off(tab, address):
    tab.goto(f"{address}/console-clients-team?lang=de")
    for width in (640, 700, 1024, 1200, 1280):
        tab.set_viewport_size({"width": width, "height": 800})
        card = "document.querySelector('.table-card')"
        assert tab.evaluate(f"{card}.scrollWidth <= {card}.clientWidth"), width


@pytest.mark.parametrize("accent", ["#ffe600", "#ff5c8a", "#0a0a0a", "#ffffff", "#3355ff"])
@pytest.mark.parametrize(
    "name",
    [
        "portal-home",
        pytest.param("console-client", marks=pytest.mark.long),
        pytest.param("console-mails", marks=pytest.mark.long),
    ],
)
def test_any_accent_reads(tab, address, name, accent):
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.goto(f"{address}/{name}?theme=light&accent=%23{accent[1:]}")
    assert violations(tab, "color-contrast") == []
    tab.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert violations(tab, "color-contrast") == []


@pytest.mark.parametrize(
    "name",
    [
        "portal-home",
        "console-client",
        "front",
        "portal-booking-many",
        "portal-appointment-soon",
        "portal-sessions",
    ],
)
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


LONG = {
    "practice": "Gemeinschaftspraxis für Psychotherapie Dr. Müller-Lüdenscheidt & Partner, Berlin",
    "client": "Anna-Katharina Wolfeschlegelsteinhausenbergerdorff von und zu Hohenlohe",
}


@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_in_the_head_of_the_portal_lies_on_anything_else(tab, address, language):
    for width, size, height in (
        (320, 100, 568),
        (320, 200, 568),
        (390, 130, 844),
        (1280, 200, 800),
    ):
        tab.set_viewport_size({"width": width, "height": height})
        tab.goto(f"{address}/portal-forms?lang={language}")
        tab.evaluate(
            """([size, names]) => {
              document.documentElement.style.fontSize = `${size}%`;
              document.querySelector(".masthead .practice-name").textContent = names.practice;
              document.querySelector(".who").lastChild.data = names.client;
            }""",
            [size, LONG],
        )
        assert wider_than_the_window(tab) <= 0, (width, size)
        overlaps = tab.evaluate(
            """() => {
              const parts = ".practice-name, .who, #sign-out, .practice .mark, h1, .tab-link";
              const boxes = [...document.querySelectorAll(parts)]
                .filter((part) => !part.closest(".bottom") || innerWidth > 640)
                .map((part) => [part.id || part.className, part.getBoundingClientRect()]);
              return boxes.flatMap(([one, a], i) => boxes.slice(i + 1)
                .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                  && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
                .map(([other]) => [one, other]));
            }"""
        )
        assert overlaps == [], (width, size)


# One of each kind for `make test`.
LARGE = {
    "front-behind",
    "enter-birth",
    "portal-home",
    "portal-home-now-two",
    "portal-booking-taken",
    "portal-form-goon",
    "portal-form-section",
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in LARGE else [pytest.mark.long])
        for name in SCENES
        if not name.startswith(("console", "api"))
    ],
)
def test_text_twice_as_large_fits_a_narrow_phone(tab, address, name):
    """Nothing goes beyond the window, and no row is squeezed to a few letters a line."""
    tab.set_viewport_size({"width": NARROW, "height": 568})
    tab.goto(f"{address}/{name}?lang=de")
    tab.evaluate("document.documentElement.style.fontSize = '200%'")
    assert wider_than_the_window(tab) <= 0
    narrow = tab.evaluate(
        """() => [...document.querySelectorAll(".row-words, .next-words, .line-words")]
            .map((words) => words.offsetWidth).filter((width) => width < 96)"""
    )
    assert narrow == []


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
