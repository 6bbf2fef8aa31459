"""Jinja templates, one environment per language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gateway.web.form_answers import field_name
from gateway.web.page_templates import PageContext, PageEnvironment, PageTemplate
from gateway.web.question_kinds import kind_of
from gateway.web.static_files import shared_static_files
from gateway.words import accesses, booking_filters, filters, series
from gateway.words.language import DEFAULT_LANGUAGE, LANGUAGES
from portal_chassis.translations import load_catalogues

HERE = Path(__file__).parent.parent


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
        self._environments: dict[str, PageEnvironment] = {}
        for language in LANGUAGES:
            environment = PageEnvironment(
                loader=FileSystemLoader(templates),
                autoescape=True,
                undefined=StrictUndefined,
                extensions=["jinja2.ext.i18n"],
                trim_blocks=True,
                lstrip_blocks=True,
                auto_reload=False,
            )
            installer: Any = environment
            installer.install_gettext_translations(catalogues[language], newstyle=True)
            gettext = _markup_gettext(catalogues[language].gettext)
            environment.globals.update(
                gettext=gettext,
                ngettext=_markup_ngettext(catalogues[language].ngettext),
                _=gettext,
                lang=language,
                static=shared_static_files().url,
                field_name=field_name,
                kind_of=kind_of,
            )
            environment.template_class = PageTemplate
            environment.context_class = PageContext
            filters.install(environment)
            booking_filters.install(environment)
            series.install(environment)
            accesses.install(environment)
            self._environments[language] = environment
        self._catalogues = catalogues

    def render(
        self, template: str, language: str, context: Mapping[str, Any], *, block: str | None = None
    ) -> str:
        """A whole page, or one block of it for a partial update."""
        return self._environments[_known_language(language)].page(template, context, block)

    def sentence(self, language: str, msgid: str, **values: str) -> str:
        """`msgid` in `language`, with `values` for its placeholders."""
        text = self._catalogues[_known_language(language)].gettext(msgid)
        return text % values if values else text


@cache
def shared_pages() -> Pages:
    """The gateway's own pages, read once per process; they hold nothing of a request."""
    return Pages()


def _markup_gettext(translate: Callable[[str], str]) -> Callable[..., Markup]:
    """The gettext of templates: it gives markup, and makes a sentence without values once."""
    texts: dict[str, Markup] = {}
    finished: dict[str, Markup] = {}

    def gettext(message: str, /, **values: Any) -> Markup:
        if not values and message in finished:
            return finished[message]
        if message not in texts:
            texts[message] = Markup(translate(message))  # noqa: S704 - a text of ours
        sentence = texts[message] % values
        if not values:
            finished[message] = sentence
        return sentence

    return gettext


def _markup_ngettext(translate: Callable[[str, str, int], str]) -> Callable[..., Markup]:
    """The ngettext of templates: the sentence for so many, as markup."""

    def ngettext(one: str, several: str, number: int, /, **values: Any) -> Markup:
        sentence = Markup(translate(one, several, number))  # noqa: S704 - a text of ours
        return sentence % {"num": number, **values}

    return ngettext


def _known_language(language: str) -> str:
    return language if language in LANGUAGES else DEFAULT_LANGUAGE
