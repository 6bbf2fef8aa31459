"""Jinja templates, one environment per language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from markupsafe import Markup

from gateway.web.form_answers import field_name
from gateway.web.question_kinds import kind_of
from gateway.words import accesses, booking_filters, filters, series
from gateway.words.language import DEFAULT_LANGUAGE, LANGUAGES
from portal_chassis.translations import load_catalogues

HERE = Path(__file__).parent.parent
MACROS = "macros/"
_MADE_MACROS = "made_macros"
"""Where a page's context keeps the macros that were made for it."""


class PageContext(Context):
    """A context that calls macros, most of what a page calls, without looking what they are."""

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or a function."""
        if type(called) is not Macro:
            return super().call(called, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return called(self.eval_ctx, *args, **kwargs)


class PageTemplate(Template):
    """A template that makes a file of macros once for a page, however many parts import it.

    Macros know the page's own context and what they are given, not the names
    of the part that imports them.
    """

    def make_module(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002 - as Jinja's own
        shared: bool = False,  # noqa: FBT002
        locals: Mapping[str, Any] | None = None,  # noqa: A002
    ) -> TemplateModule:
        """The template's macros under the page's context."""
        made = (vars or {}).get(_MADE_MACROS)
        if made is None or self.name is None or not self.name.startswith(MACROS):
            return super().make_module(vars, shared, locals)
        if self.name not in made:
            made[self.name] = super().make_module(vars, shared)
        module: TemplateModule = made[self.name]
        return module


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
            gettext = _markup_gettext(catalogues[language].gettext)
            environment.globals.update(
                gettext=gettext, _=gettext, field_name=field_name, kind_of=kind_of
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
        page = self._environments[_known_language(language)].get_template(template)
        values = {**context, _MADE_MACROS: {}}
        if block is None:
            return page.render(values)
        # A block alone runs without the imports at the top of its template: it brings its own.
        block_context = page.new_context(values)
        return "".join(page.blocks[block](block_context))

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


def _known_language(language: str) -> str:
    return language if language in LANGUAGES else DEFAULT_LANGUAGE
