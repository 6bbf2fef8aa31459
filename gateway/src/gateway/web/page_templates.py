"""How templates run: Jinja's own classes, with the steps left out that a page takes hundreds of.

A file of macros is made once for all pages. What its macros ask of a page (`now`, `csrf`), they
look up in the page that is being made; when they are made there is none, so that nothing of a
page can stay with them. What each step buys stands in bench/PROFILE.md.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from functools import cached_property, lru_cache
from threading import RLock
from types import FunctionType, MethodType
from typing import Any, Final

from jinja2 import Environment, Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro, new_context
from jinja2.utils import missing
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]

FIXED: Final = frozenset({"macros/icons.html", "macros/fixed.html"})
"""Macros that know nothing but what they are given: what they have made is kept."""
MOST_KEPT = 512
"""So many answers are kept of each fixed macro."""

_Kept = type(lru_cache(escape))
_FUNCTIONS: Final = frozenset({FunctionType, MethodType, _Kept})
_PASSED_MORE: Final = "jinja_pass_arg"
"""By this attribute Jinja knows a function that wants the context, too."""


_page: ContextVar[Mapping[str, Any]] = ContextVar("page")
"""What the page that is being made was given."""


class PageContext(Context):
    """A context that calls macros and functions without looking long what they are."""

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or a function."""
        kind = type(called)
        if kind is not Macro and (kind not in _FUNCTIONS or hasattr(called, _PASSED_MORE)):
            return super().call(called, *args, **kwargs)
        if kwargs:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        if kind is not Macro:
            return called(*args, **kwargs)
        left_out = called._argument_count - len(args)  # noqa: SLF001
        if kwargs or left_out < 0 or called.caller or called.catch_kwargs or called.catch_varargs:
            return called(self.eval_ctx, *args, **kwargs)
        # What is left out has its default in the macro's own code.
        made = called._func(*args, *[missing] * left_out)  # noqa: SLF001
        return Markup(made)  # noqa: S704 - it has escaped what it was given


class MacroContext(PageContext):
    """What macros are made under: of a page they know the one that is being made when they run."""

    def resolve_or_missing(self, key: str) -> Any:
        """The file's own name, or the page's."""
        if key in self.vars:
            return self.vars[key]
        return _page.get().get(key, missing)


class PageTemplate(Template):
    """A template whose macros are made once for all pages.

    They know the page that is being made, and what they are given, not the names of the part
    that imports them. What macros of `FIXED` files have made is kept: they are given no page at
    all, and so know no person but by what they are given.
    """

    @classmethod
    def from_code(
        cls,
        environment: Environment,
        code: Any,
        globals: Any,  # noqa: A002 - as Jinja's own
        uptodate: Any = None,
    ) -> Template:
        """The template of compiled code, with `_escaped` for its output."""
        made = super().from_code(environment, code, globals, uptodate)
        made.root_render_func.__globals__["escape"] = _escaped
        return made

    def page(self, values: Mapping[str, Any], block: str | None = None) -> str:
        """The whole page, or one block of it."""
        context = self.new_context({**self._shared, **values}, shared=True)
        token = _page.set(context.parent)
        try:
            # A block alone runs without the imports at the top of its template: it has its own.
            run = self.root_render_func if block is None else self.blocks[block]
            return "".join(run(context))
        finally:
            _page.reset(token)

    def new_context(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002 - as Jinja's own
        shared: bool = False,  # noqa: FBT002
        locals: Mapping[str, Any] | None = None,  # noqa: A002
    ) -> Context:
        """A context that is told no chain of globals, which it would walk through."""
        given = None if shared else self._shared
        return new_context(self.environment, self.name, self.blocks, vars, shared, given, locals)

    def make_module(self, *_args: Any, **_more: Any) -> TemplateModule:
        """The template's macros, the same for every page."""
        return self._macros

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return self._macros

    @cached_property
    def _shared(self) -> dict[str, Any]:
        """What every page of the language is given, looked up at once instead of in a chain."""
        return dict(self.globals)

    @cached_property
    def _macros(self) -> TemplateModule:
        if self.name in FIXED:
            return _keeping(super().make_module())
        # Under no page: a name of a page that stands outside of its macros is unknown.
        token = _page.set(self._shared)
        try:
            return TemplateModule(self, MacroContext(self.environment, {}, self.name, self.blocks))
        finally:
            _page.reset(token)


class PageEnvironment(Environment):
    """An environment whose templates never change, and so are looked for once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._found: dict[str, Template] = {}
        self._compiling = RLock()

    def page(self, name: str, values: Mapping[str, Any], block: str | None) -> str:
        """A whole page, or one block of it."""
        template: Any = self.get_template(name)
        made: str = template.page(values, block)
        return made

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - as Jinja's own
    ) -> Template:
        """The template of that name."""
        found = self._found.get(name) if isinstance(name, str) else None
        if found is None:
            # One thread compiles a template. When all sixteen did, for the first pages of a busy
            # start, each did the same, and left its own heap of malloc's behind (bench/MEMORY.md).
            with self._compiling:
                found = super().get_template(name, parent, globals)
            if isinstance(name, str):
                self._found[name] = found
        return found


def _keeping(module: TemplateModule) -> TemplateModule:
    """The same macros, each of which keeps what it has answered."""
    for name, macro in list(vars(module).items()):
        if type(macro) is Macro:
            # By type, too: a text and the same as markup are equal, and escaped differently.
            setattr(module, name, lru_cache(MOST_KEPT, typed=True)(macro))
    return module


def _escaped(value: Any) -> str:
    """As `escape`, for what is only put out: markup stays what it is, and no more is made."""
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    return value if kind is Markup else escape(value)
