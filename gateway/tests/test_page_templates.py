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


def test_other_macros_are_made_anew_for_each_page(tmp_path: Path) -> None:
    pages = pages_of(
        tmp_path,
        parts="{% macro token() %}{{ csrf }}{% endmacro %}",
        page='{% from "parts.html" import token with context %}{{ token() }}',
    )
    shown = [pages.render("page.html", "en", {"csrf": token}) for token in ("one", "another")]
    assert shown == ["one", "another"]
