"""A summary's Markdown becomes HTML that can do no harm."""

from html.parser import HTMLParser

import pytest

from gateway.words.markdown import render_markdown


class Elements(HTMLParser):
    """The elements of a piece of HTML, as a browser would make them."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_what_people_write_is_shown_as_they_mean_it():
    html = render_markdown("We spoke of **sleep**.\nNext:\n\n1. walk\n2. call\n")
    assert html == (
        "<p>We spoke of <strong>sleep</strong>.<br>\nNext:</p>\n"
        "<ol>\n<li>walk</li>\n<li>call</li>\n</ol>\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://evil.example/pixel.png)",
        "<img src=x onerror=alert(1)>",
        '[x](https://e.example "a\\" onclick=\\"alert(1)")',
        "<https://e.example/'onclick='>",
    ],
)
def test_nothing_in_it_runs_or_loads(text):
    elements = Elements(render_markdown(text)).found
    assert not {tag for tag, _ in elements} & {"script", "img", "iframe", "style"}
    for _, attrs in elements:
        assert set(attrs) <= {"href", "rel", "start", "title"}
        assert attrs.get("href", "https:").startswith(("https:", "mailto:"))


def test_a_link_tells_its_target_nothing():
    html = render_markdown("[exercise](https://example.org/breathe)")
    assert '<a href="https://example.org/breathe" rel="noopener noreferrer">exercise</a>' in html


def test_headings_stand_below_the_page_s_own_and_skip_no_level():
    html = render_markdown("### a\n\n# b\n\n###### c\n\n## d")
    assert [html[at + 1 : at + 3] for at in range(len(html)) if html.startswith("<h", at)] == [
        "h2",
        "h2",
        "h3",
        "h3",
    ]
    assert "<h4>" in render_markdown("# a", top_heading=4)
