"""What is kept of pages, and that it is nobody's."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from gateway.web.pages import HERE, Pages

CATALOGUES = HERE / "locale"


def pages_of(folder: Path, **templates: str) -> Pages:
    (folder / "macros").mkdir()
    for name, text in templates.items():
        path = "macros/fixed.html" if name == "fixed" else f"{name}.html"
        (folder / path).write_text(text)
    return Pages(folder, CATALOGUES)


def test_a_fixed_macro_escapes_a_text_whose_markup_it_has_shown(tmp_path: Path) -> None:
    pages = pages_of(
        tmp_path,
        fixed="{% macro said(what) %}<b>{{ what }}</b>{% endmacro %}",
        page='{% from "macros/fixed.html" import said %}{{ said(what) }}',
    )
    assert pages.render("page.html", "en", {"what": Markup("<i>")}) == "<b><i></b>"
    assert pages.render("page.html", "en", {"what": "<i>"}) == "<b>&lt;i&gt;</b>"


@pytest.mark.parametrize("how", ["", " with context"])
def test_a_fixed_macro_knows_nothing_of_the_page(tmp_path: Path, how: str) -> None:
    pages = pages_of(
        tmp_path,
        fixed="{% macro token() %}{{ csrf }}{% endmacro %}",
        page=f'{{% from "macros/fixed.html" import token{how} %}}{{{{ token() }}}}',
    )
    with pytest.raises(UndefinedError, match="csrf"):
        pages.render("page.html", "en", {"csrf": "one person's"})


def test_a_fixed_macro_speaks_the_language_of_the_page(tmp_path: Path) -> None:
    pages = pages_of(
        tmp_path,
        fixed="{% macro home() %}{{ _('Appearance') }} {{ lang }}{% endmacro %}",
        page='{% from "macros/fixed.html" import home %}{{ home() }}',
    )
    assert pages.render("page.html", "en", {}) == "Appearance en"
    assert pages.render("page.html", "de", {}) == "Darstellung de"


def test_other_macros_know_the_page_that_is_being_made(tmp_path: Path) -> None:
    pages = pages_of(
        tmp_path,
        parts="{% macro token() %}{{ csrf }}{% endmacro %}",
        page='{% from "parts.html" import token with context %}{{ token() }}',
    )
    shown = [pages.render("page.html", "en", {"csrf": token}) for token in ("one", "another")]
    assert shown == ["one", "another"]


def test_no_macro_keeps_what_was_true_of_the_page_that_made_it(tmp_path: Path) -> None:
    pages = pages_of(
        tmp_path,
        parts="{% set kept = csrf %}{% macro token() %}{{ kept }}{% endmacro %}",
        page='{% from "parts.html" import token with context %}{{ token() }}',
    )
    with pytest.raises(UndefinedError, match="csrf"):
        pages.render("page.html", "en", {"csrf": "one person's"})


def test_a_page_within_a_page_leaves_the_first_as_it_was(tmp_path: Path) -> None:
    pages = pages_of(
        tmp_path,
        parts="{% macro token() %}{{ csrf }}{% endmacro %}",
        page='{% from "parts.html" import token with context %}'
        "{{ token() }}{{ more() }}{{ token() }}",
    )

    def more() -> Markup:
        return Markup(pages.render("page.html", "en", {"csrf": "inner", "more": str}))

    assert pages.render("page.html", "en", {"csrf": "outer", "more": more}) == (
        "outerinnerinnerouter"
    )


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        ("said('<a>')", "&lt;a&gt;-calm"),
        ("said('<a>', 'warn')", "&lt;a&gt;-warn"),
        ("said('a', tone='bad')", "a-bad"),
        ("said(said('<a>'))", "&lt;a&gt;-calm-calm"),
    ],
)
def test_a_macro_takes_what_it_is_given_and_escapes_it_once(
    tmp_path: Path, call: str, shown: str
) -> None:
    pages = pages_of(
        tmp_path,
        parts="{% macro said(what, tone='calm') %}{{ what }}-{{ tone }}{% endmacro %}",
        page=f'{{% from "parts.html" import said with context %}}{{{{ {call} }}}}',
    )
    assert pages.render("page.html", "en", {}) == shown


def test_a_macro_is_not_given_more_than_it_takes(tmp_path: Path) -> None:
    pages = pages_of(
        tmp_path,
        parts="{% macro said(what) %}{{ what }}{% endmacro %}",
        page='{% from "parts.html" import said with context %}{{ said("a", "b") }}',
    )
    with pytest.raises(TypeError, match="not more than 1 argument"):
        pages.render("page.html", "en", {})
