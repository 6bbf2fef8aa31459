"""Styles are written into a template once; what its tags and slots say is left as it is."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment

from notifications.templates.styles_inlined import with_styles_inlined

PAGE = """<!doctype html>
<html><head><title>{{ title }}</title><style>
{# why #}
{% include "page.css" %}
.key { background-color: {{ colour }}; }
</style></head>
<body><table><tbody>
{% for word in words %}
<tr class="row"><td>{{ word }}</td></tr>
{% endfor %}
</tbody></table><a class="key" href="{{ link }}">{{ "&amp;" if words else '"' }}</a></body></html>
"""


def made_of(folder: Path, **values: object) -> str:
    (folder / "page.css").write_text(".row { color: red; }")
    (folder / "page.html").write_text(PAGE)
    inlined = with_styles_inlined(folder / "page.html")
    return Environment(autoescape=True, trim_blocks=True).from_string(inlined).render(values)


def test_each_row_of_a_loop_has_its_style(tmp_path: Path) -> None:
    page = made_of(tmp_path, title="t", words=["one", "two"], colour="#abcdef", link="x")
    assert page.count('<tr class="row" style="color: red;">') == 2
    assert page.count("<tbody>") == 1


def test_a_slot_of_a_declaration_is_filled_in_the_element(tmp_path: Path) -> None:
    page = made_of(tmp_path, title="t", words=[], colour="#abcdef", link="https://x.example/?a&b")
    assert 'style="background-color: #abcdef;"' in page
    assert 'href="https://x.example/?a&amp;b"' in page
    assert "<style" not in page


def test_what_is_filled_in_is_never_taken_for_a_slot(tmp_path: Path) -> None:
    mean = "left-0-left <!--left-0-left--> {{ colour }}"
    page = made_of(tmp_path, title=mean, words=[mean], colour="#abcdef", link="x")
    assert page.count("left-0-left &lt;!--left-0-left--&gt; {{ colour }}") == 2
