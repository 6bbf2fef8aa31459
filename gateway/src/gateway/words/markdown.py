"""Markdown that a practitioner wrote, as HTML that is safe in a client's page.

Raw HTML and images are not Markdown here: the first is shown as the text it
is, the second becomes a link. What is left goes through a list of allowed
elements, so that a mistake of the parser cannot reach a page either.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

LOWEST_HEADING: Final = 6

_TEXT: Final = frozenset({"p", "br", "hr", "em", "strong", "s", "a", "code", "pre"})
_BLOCKS: Final = frozenset({"ul", "ol", "li", "blockquote", "h2", "h3", "h4", "h5", "h6"})
_ATTRIBUTES: Final = {"a": {"href"}, "ol": {"start"}}
_SCHEMES: Final = frozenset({"https", "http", "mailto", "tel"})

# Parsing keeps nothing between texts, so one parser serves all threads.
_PARSER: Final = (
    MarkdownIt("commonmark", {"html": False, "breaks": True})
    .disable(["image", "html_block", "html_inline"])
    .enable("strikethrough")
)


def render_markdown(text: str, *, top_heading: int = 2) -> Markup:
    """`text` as HTML.

    Args:
        text: Markdown; a single line end is a line break, as people expect.
        top_heading: the level of its highest headings, below those of the
            page around it. Levels are never skipped, whatever was written.
    """
    tokens = _PARSER.parse(text)
    _fit_headings(tokens, top_heading)
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return Markup(  # noqa: S704 - cleaned by the allow-list
        nh3.clean(
            html,
            tags=set(_TEXT | _BLOCKS),
            attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
            url_schemes=set(_SCHEMES),
            link_rel="noopener noreferrer",
        )
    )


def _fit_headings(tokens: Iterable[Token], top: int) -> None:
    """Move headings below the page's own, each at most one level under the one before."""
    before = top - 1
    for token in tokens:
        if token.type == "heading_open":
            before = min(top - 1 + int(token.tag[1]), before + 1, LOWEST_HEADING)
            token.tag = f"h{before}"
        elif token.type == "heading_close":
            token.tag = f"h{before}"
