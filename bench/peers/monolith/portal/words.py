"""Filters and globals of the templates, for Django's engine and Jinja2 alike."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import jinja2
from django import template
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

FILES = "/static/d2e4ca7a04fa7c44"
LONGEST = 160
register = template.Library()


@register.filter
def on(value: date | datetime, form: str) -> str:
    """A date or an instant in the client's zone, in the language of the page."""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return date_format(value, form)


@register.filter
def utc(value: datetime) -> str:
    """An instant as machines read it."""
    return f"{value:%Y-%m-%dT%H:%M:%SZ}"


@register.filter
def compact(value: datetime) -> str:
    """The same without colons: for ids."""
    return f"{value:%Y-%m-%dT%H%M%SZ}"


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing of the file of icons."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false">\n'
        '  <use href="{}/icons.svg#{}"></use>\n</svg>',
        FILES,
        name,
    )


@register.filter
def beginning(text: str) -> str:
    """The first words of a Markdown text."""
    words = " ".join(line.strip("#*->_ ") for line in text.splitlines() if line.strip())
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rsplit(' ', 1)[0]}…"


def environment(**options: Any) -> jinja2.Environment:
    """Jinja2's, with the same."""
    made = jinja2.Environment(extensions=["jinja2.ext.i18n"], **options)  # noqa: S701 - Django sets autoescape
    made.install_gettext_callables(translation.gettext, translation.ngettext, newstyle=True)
    made.filters |= {"on": on, "utc": utc, "compact": compact, "beginning": beginning}
    made.globals |= {"icon": icon, "files": FILES, "language": translation.get_language}
    return made


def globals_of_django() -> dict[str, Any]:
    """What Jinja2 knows as globals and Django's engine is given with each page."""
    return {"files": FILES, "language": translation.get_language()}
