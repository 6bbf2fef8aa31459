"""Jinja templates, one environment per language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from gateway import schedule_words, words
from gateway.language import DEFAULT, LANGUAGES
from portal_chassis.translations import load_catalogues

HERE = Path(__file__).parent


class Pages:
    """Renders templates.

    A name a template uses and nobody gave is an error, not an empty place;
    everything is escaped unless a template says otherwise.

    Args:
        templates: folder of the templates.
        locale: folder of the ``<language>.po`` files.
    """

    def __init__(
        self, templates: Path = HERE / "templates", locale: Path = HERE / "locale"
    ) -> None:
        catalogues = load_catalogues(locale, LANGUAGES)
        self._environments: dict[str, Environment] = {}
        for language in LANGUAGES:
            environment = Environment(
                loader=FileSystemLoader(templates),
                autoescape=select_autoescape(default=True),
                undefined=StrictUndefined,
                extensions=["jinja2.ext.i18n"],
                trim_blocks=True,
                lstrip_blocks=True,
                auto_reload=False,
            )
            installer: Any = environment
            installer.install_gettext_translations(catalogues[language], newstyle=True)
            words.install(environment)
            schedule_words.install(environment)
            self._environments[language] = environment
        self._catalogues = catalogues

    def render(
        self, template: str, language: str, context: Mapping[str, Any], *, block: str | None = None
    ) -> str:
        """A whole page, or one block of it for a partial update."""
        found = self._environments[_known(language)].get_template(template)
        if block is None:
            return found.render(context)
        # A block alone runs without the imports at the top of its template: it brings its own.
        page = found.new_context(dict(context))
        return "".join(found.blocks[block](page))

    def sentence(self, language: str, msgid: str) -> str:
        """`msgid` in `language`."""
        return self._catalogues[_known(language)].gettext(msgid)


@cache
def shared_pages() -> Pages:
    """The gateway's own pages, read once per process; they hold nothing of a request."""
    return Pages()


def _known(language: str) -> str:
    return language if language in LANGUAGES else DEFAULT
