"""Settings that come from the environment: frozen dataclasses, read and checked by msgspec.

A group of settings is a class whose fields say of each what it is, what it may be and its default::

    class Settings(EnvironmentSettings, prefix="TOY_"):
        max_workers: Annotated[int, setting("Calls at the same time.", ge=1, le=200)] = 10
        address: Annotated[str, setting("Where it is."), origin] = "http://localhost"

`load_settings` reads it, here from ``TOY_MAX_WORKERS`` and ``TOY_ADDRESS``. A function beside the
type looks at the value: it answers what is kept, or raises ValueError with what it must be. A class
that is called takes what it is given, unread.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    TypeVar,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

_SPOKEN: Final[Mapping[str, str]] = {"yes": "true", "on": "true", "no": "false", "off": "false"}
"""What people write for a yes or no besides what msgspec reads."""


class SettingsError(Exception):
    """The settings are wrong; the text is a sentence a person can act on, one per variable."""


class Secret:
    """A text that does not show itself where it is printed or logged.

    Attributes:
        text: the text itself.
    """

    def __init__(self, text: str = "") -> None:
        self.text = text

    def __repr__(self) -> str:
        """Whether there is one, and nothing of it."""
        return "Secret(…)" if self else "Secret()"

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.text)


@dataclass_transform(kw_only_default=True, frozen_default=True)
class EnvironmentSettings:
    """What a process reads from variables; each subclass is a frozen dataclass.

    Args of a subclass:
        prefix: of the variables of the fields that name none; left out, its parent's.
    """

    prefix: ClassVar[str] = ""
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __init_subclass__(cls, *, prefix: str | None = None) -> None:
        super().__init_subclass__()
        if prefix is not None:
            cls.prefix = prefix
        dataclass(frozen=True, kw_only=True, repr=False)(cls)

    def __repr__(self) -> str:
        """Its fields, without what is secret: an address may hold a password."""
        said = [
            f"{name}={'…' if one.is_secret else repr(getattr(self, name))}"
            for name, one in settings_in(type(self)).items()
        ]
        return f"{type(self).__name__}({', '.join(said)})"

    def require_consistent(self) -> None:
        """Look at what several settings say together.

        Raises:
            ValueError: they contradict each other; the text names the variables.
        """


S = TypeVar("S", bound=EnvironmentSettings)


def setting(
    description: str,
    *,
    variable: str = "",
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
) -> msgspec.Meta:
    """What is said of a setting beside its type, for `Annotated`.

    Args:
        description: a sentence for the reference.
        variable: its variable; empty: the class's prefix and the field's name.
        ge: the least value.
        gt: every value is above it; then there is no least.
        le: the largest value.
    """
    extra = {"variable": variable}
    if gt is not None:
        return msgspec.Meta(description=description, gt=gt, le=le, extra=extra)
    return msgspec.Meta(description=description, ge=ge, le=le, extra=extra)


@dataclass(frozen=True)
class Setting:
    """One field of a settings class.

    Attributes:
        name: of the field.
        variable: where it comes from.
        type: what it is; the annotation without what is said beside.
        meta: what is said beside.
        checks: look at the value, one after the other.
        default: its value where the variable is unset or empty.
    """

    name: str
    variable: str
    type: Any
    meta: msgspec.Meta
    checks: Sequence[Callable[[Any], Any]]
    default: Any

    @property
    def is_secret(self) -> bool:
        """Whether it is a secret, or an address that may hold one."""
        kinds = (self.type, *get_args(self.type))
        return Secret in kinds or self.name.endswith(("database_url", "amqp_uri"))

    def read(self, given: Any) -> Any:
        """The value that a variable's text, or a value of Python's, stands for.

        Raises:
            ValueError: none; the text says what it must be, and nothing of what was given.
        """
        if isinstance(given, str) and self.type in {bool, int, float}:
            given = given.strip()
            given = _SPOKEN.get(given.lower(), given) if self.type is bool else given
        try:
            value = msgspec.convert(
                given, Annotated[self.type, self.meta], strict=False, dec_hook=_made
            )
        except msgspec.ValidationError:
            raise ValueError(self._wanted()) from None
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(self._wanted())
        for check in self.checks:
            value = check(value)
        return value

    def _wanted(self) -> str:
        if get_origin(self.type) is Literal:
            return f"must be one of {', '.join(get_args(self.type))}"
        if isinstance(self.type, type) and issubclass(self.type, Enum):
            return f"must be one of {', '.join(one.value for one in self.type)}"
        if self.type is bool:
            return "must be true or false"
        meta = self.meta
        bounds = (("at least", meta.ge), ("more than", meta.gt), ("at most", meta.le))
        said = [f"{words} {bound}" for words, bound in bounds if bound is not None]
        kind = {int: "a whole number", float: "a number"}.get(self.type, "a text")
        return f"must be {kind}{' of ' if said else ''}{' and '.join(said)}"


def settings_in(cls: type[EnvironmentSettings]) -> dict[str, Setting]:
    """The fields of a settings class by name, in order."""
    hints = get_type_hints(cls, include_extras=True)
    found = {}
    for one in fields(cls):
        hint = hints[one.name]
        kind, *beside = get_args(hint) if get_origin(hint) is Annotated else (hint,)
        meta = next((part for part in beside if isinstance(part, msgspec.Meta)), msgspec.Meta())
        checks = [part for part in beside if callable(part)]
        variable = (meta.extra or {}).get("variable") or f"{cls.prefix}{one.name}".upper()
        found[one.name] = Setting(one.name, variable, kind, meta, checks, one.default)
    return found


def load_settings(cls: type[S], **overrides: Any) -> S:
    """Read `cls` from the environment; `overrides` by field name win.

    An empty variable counts as unset: compose files hand on unset ones as empty ones.

    Raises:
        SettingsError: one sentence per wrong variable, by its name in the environment.
        TypeError: `overrides` names a field that there is not.
    """
    found = settings_in(cls)
    given = {name: text for name, one in found.items() if (text := os.environ.get(one.variable))}
    values, problems = {}, []
    for name, value in {**given, **overrides}.items():
        if name not in found:
            message = f"{cls.__name__} has no {name}"
            raise TypeError(message)
        try:
            values[name] = found[name].read(value)
        except ValueError as error:
            problems.append(f"{found[name].variable}: {error}.")
    if problems:
        raise SettingsError("\n".join(problems))
    settings = cls(**values)
    try:
        settings.require_consistent()
    except ValueError as error:
        message = f"{error}."
        raise SettingsError(message) from None
    return settings


def plain_variables(cls: type[EnvironmentSettings]) -> set[str]:
    """The environment variables of `cls` that hold no secret, nor an address with one."""
    return {one.variable for one in settings_in(cls).values() if not one.is_secret}


def secret_variables(cls: type[EnvironmentSettings]) -> set[str]:
    """The environment variables of `cls` that hold a secret, or an address that may."""
    return {one.variable for one in settings_in(cls).values() if one.is_secret}


def _made(kind: type, given: Any) -> Any:
    if isinstance(given, kind):
        return given
    if kind in {Path, Secret} and isinstance(given, str):
        return kind(given)
    raise ValueError
