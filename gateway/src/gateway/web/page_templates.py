"""How templates run: Jinja's own classes, with the steps left out that a page takes hundreds of.

What each of them buys stands in bench/PROFILE.md.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from types import FunctionType, MethodType
from typing import Any, Final

from jinja2 import Environment, Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

FIXED: Final = frozenset({"macros/icons.html", "macros/fixed.html"})
"""Macros that know nothing but what they are given: what they have made is kept."""
MADE_MACROS: Final = "made_macros"
"""Where a page's context keeps the macros that were made for it."""

MOST_KEPT = 512
"""So many answers are kept of each fixed macro."""

_Kept = type(lru_cache(escape))
_FUNCTIONS: Final = frozenset({FunctionType, MethodType, _Kept})
_PASSED_MORE: Final = "jinja_pass_arg"
"""By this attribute Jinja knows a function that wants the context, too."""


class PageContext(Context):
    """A context that calls macros and functions without looking long what they are."""

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or a function."""
        kind = type(called)
        if kind is Macro:
            args = (self.eval_ctx, *args)
        elif kind not in _FUNCTIONS or hasattr(called, _PASSED_MORE):
            return super().call(called, *args, **kwargs)
        if kwargs:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs)


class PageTemplate(Template):
    """A template that makes a file of macros once for a page, however many parts import it.

    Macros know the page's own context and what they are given, not the names
    of the part that imports them. A file of `FIXED` macros is made once for all pages: its
    macros know no page, and so no person but by what they are given.
    """

    _fixed: TemplateModule | None = None

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

    def make_module(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002 - as Jinja's own
        shared: bool = False,  # noqa: FBT002
        locals: Mapping[str, Any] | None = None,  # noqa: A002
    ) -> TemplateModule:
        """The template's macros under the page's context."""
        if self.name in FIXED:
            if self._fixed is None:
                self._fixed = _keeping(super().make_module())
            return self._fixed
        made = (vars or {}).get(MADE_MACROS)
        if made is None:
            return super().make_module(vars, shared, locals)
        if self.name not in made:
            made[self.name] = super().make_module(vars, shared)
        module: TemplateModule = made[self.name]
        return module

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        # Imported without context. Jinja would compare the names of globals each time.
        return self.make_module() if self.name in FIXED else super()._get_default_module(ctx)


class PageEnvironment(Environment):
    """An environment whose templates never change, and so are looked for once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._found: dict[str, Template] = {}

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - as Jinja's own
    ) -> Template:
        """The template of that name."""
        found = self._found.get(name) if isinstance(name, str) else None
        if found is None:
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
    """As `escape`; what is markup, most of what a page is made of, stays the object it is."""
    return value if type(value) is Markup else escape(value)
