"""Examples for the OpenAPI document, made from the types: plausible, and always valid."""

from __future__ import annotations

from typing import Any, Final

from msgspec import inspect

from portal_contracts.cleaning import bare

_ID: Final = "01a1f7a4-5c1e-7d3b-9a52-3f6f1c0e8b21"
_INSTANT: Final = "2026-12-03T09:00:00Z"
_DAY: Final = "2026-12-10"

_BY_NAME: Final[dict[str, Any]] = {
    "name": "Anna Adler",
    "client_name": "Anna Adler",
    "actor_name": "Dr Rivera",
    "preferred_name": "Anna",
    "pronouns": "she/her",
    "email": "anna@example.org",
    "email_masked": "a•••@example.org",
    "contact_email": "desk@example.org",
    "sent_to": "anna@example.org",
    "phone": "+49 30 123456",
    "contact_phone": "+49 30 123456",
    "timezone": "Europe/Berlin",
    "country": "DE",
    "countries": ["AT", "CH", "DE"],
    "region": "BY",
    "open_on": ["2027-01-06"],
    "language": "en",
    "accent": "#2f6f5e",
    "tags": ["evening"],
    "title": "Individual session",
    "minutes": 50,
    "price": "90 €",
    "place": "https://meet.example.org/rivera",
    "link_token": "lk_" + "Q" * 43,
    "bearer": "lk_portal_" + "Q" * 43,
    "code": "314159",
    "code_request": "Q" * 43,
    "url": "https://portal.example.org/p/lk_" + "Q" * 43,
    "date_of_birth": "1985-03-27",
    "act": "link.shared",
    "actor_kind": "practitioner",
    "outcome": "done",
    "address": "192.0.2.7",
    "label": "Firefox on Android",
    "start": "09:00",
    "end": "12:30",
    "weekly": [[{"start": "09:00", "end": "12:30"}], [], [], [], [], [], []],
    "key": "gad7_en",
    "loinc": "69725-0",
    "cursor": None,
    "chosen_client_ids": [],
    "choices": [],
    "alerts": [],
    "scoring": None,
    "shown_when": None,
    "required_when": None,
    "calculation": None,
    "when": None,
    "rows": [],
    "subscales": [],
    "hidden": [],
    "calculated": {},
    "given": {},
    "minimum": None,
    "maximum": None,
    "max_length": None,
    "overrides": [],
    "time_off": [],
    "next_cursor": None,
    "text": "We spoke about sleep.",
    "answers": {"sleep": "well"},
    "problems": {},
}

_BY_MEMBER: Final[dict[str, Any]] = {
    "AddBusyCalendar.address": "https://calendar.example.org/rivera.ics",
    "Meeting.address": "https://meet.example.org/rivera",
}
"""Where a name alone says something else than it does elsewhere."""

_FEW: Final = 3

_BY_KIND: Final[dict[type[inspect.Type], Any]] = {
    inspect.UUIDType: _ID,
    inspect.DateTimeType: _INSTANT,
    inspect.DateType: _DAY,
    inspect.BoolType: False,
    inspect.FloatType: 1.0,
}


def example_of(kind: inspect.Type, name: str = "") -> Any:
    """An example of `kind`, as it is called `name` in what holds it."""
    kind = bare(kind)
    if isinstance(kind, inspect.UnionType):
        return _example_of_union(kind, name)
    if isinstance(kind, inspect.StructType):
        return {
            field.encode_name: _BY_MEMBER.get(f"{kind.cls.__name__}.{field.encode_name}")
            or _example_of_field(field)
            for field in kind.fields
        }
    if name in _BY_NAME and _fits(kind, _BY_NAME[name]):
        return _BY_NAME[name]
    return _example_of_plain(kind, name)


def patch_example(kind: inspect.Type) -> Any:
    """A few members that can be changed."""
    kind = bare(kind)
    if isinstance(kind, inspect.UnionType):
        kind = next(one for one in kind.types if not isinstance(one, inspect.NoneType))
    fields: Any = kind
    can_be_changed = [
        one
        for one in fields.fields
        if not (isinstance(one.type, inspect.Metadata) and one.type.extra_json_schema)
    ]
    return {
        one.encode_name: patch_example(one.type)
        if isinstance(bare(one.type), inspect.StructType)
        else _example_of_field(one)
        for one in can_be_changed[:_FEW]
    }


def _example_of_field(field: inspect.Field) -> Any:
    """The default where it says something, else an example."""
    if isinstance(field.default, bool | int):
        return field.default
    return example_of(field.type, field.encode_name)


def _example_of_union(kind: inspect.UnionType, name: str) -> Any:
    if name in _BY_NAME and _BY_NAME[name] is None and kind.includes_none:
        return None
    first = next(one for one in kind.types if not isinstance(one, inspect.NoneType))
    return example_of(first, name)


def _example_of_plain(kind: inspect.Type, name: str) -> Any:
    match kind:
        case inspect.EnumType():
            example: Any = next(iter(kind.cls)).value
        case inspect.ListType():
            example = [example_of(kind.item_type, name.removesuffix("s"))]
        case inspect.DictType():
            example = {"sleep": example_of(kind.value_type)}
        case inspect.IntType():
            example = kind.ge or 1
        case inspect.StrType():
            example = "sleep" if kind.pattern else "Sleep"
        case _:
            example = _BY_KIND[type(kind)]
    return example


def _fits(kind: inspect.Type, value: Any) -> bool:
    wanted: dict[type[Any], Any] = {
        str: inspect.StrType | inspect.DateType,
        int: inspect.IntType,
        list: inspect.ListType,
    }
    return isinstance(kind, wanted.get(type(value), inspect.DictType))
