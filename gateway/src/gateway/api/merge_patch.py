"""A change that was sent: a merge patch (RFC 7396), or the whole, read beside what can be changed.

Both may be what reading gave, with changes in it: a member that cannot be changed is passed
over when it is as it was read, and refused by its name when it is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import msgspec

from gateway.api.api_request import ApiRequest
from gateway.api.changing import CHANGE, Changing, Member
from gateway.api.preconditions import if_match_missing
from gateway.api.refusal import ApiRefusal, invalid_request
from gateway.api.validation import Fault, escaped, member_faults, place_and_code
from gateway.words.problems import STALE_CODES
from portal_contracts.calls import Done
from portal_contracts.cleaning import cleaned_json
from portal_contracts.errors import PortalError

READ_ONLY: Final = "read_only"


@dataclass
class Sent:
    """What was sent, sorted.

    Attributes:
        changes: by member, as they are stored.
        states: by member, what a call of its own changes.
        others: members that cannot be changed.
        place: where `changes` stand in the body: a pointer, or empty.
        wrong: all that does not fit.
    """

    place: str = ""
    changes: dict[str, Any] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)
    wrong: list[Fault] = field(default_factory=list)


def change(
    changing: Changing, request: ApiRequest, arguments: msgspec.Struct, *, whole: bool
) -> Done:
    """Change the thing by what was sent, and by nothing else.

    Raises:
        ApiRefusal: 422 with every place that does not fit; 428 where ``If-Match`` is needed.
        PortalError: a service refused.
    """
    said = msgspec.structs.asdict(arguments)
    body = said.pop(CHANGE)
    version = said.pop(changing.version, None) if changing.version else None
    sent = _sorted(changing, body, whole=whole)
    if sent.others or _merges(changing, sent, whole=whole) or (version and not sent.changes):
        current = _read(changing, request, said)
        _compare(changing, sent, current, version)
        if not whole:
            _merge(changing, sent, current)
    _check(changing, sent)
    if sent.wrong:
        raise invalid_request(sent.wrong)
    for name, value in sent.states.items():
        if guard := changing.guards.get(name):
            guard(request, said, value)
    if sent.changes:
        _edit(changing, request, sent, said, version)
    for name, value in sent.states.items():
        method = changing.by_states[name][1]
        ids = {one: said[one] for one in changing.ids}
        state = msgspec.convert({**_plain(ids), name: value}, method.arguments)
        request.context.backend.ask(method, state, idempotency_key=request.key)
    return Done()


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396, section 2."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def _sorted(changing: Changing, body: Mapping[str, Any], *, whole: bool) -> Sent:
    sent, outer, inner = Sent(), dict(body), dict(body)
    inside = changing.inside
    if inside is not None and inside in body:
        sent.place, outer = f"/{inside}", {k: v for k, v in body.items() if k != inside}
        if not isinstance(body[inside], dict):
            sent.wrong.append((sent.place, "wrong_type"))
            return sent
        inner = body[inside]
        sent.wrong += [_unknown(sent.place, name) for name in inner if name not in changing.members]
    else:
        outer = {name: value for name, value in body.items() if name not in changing.members}
    for name, member in changing.members.items():
        if name in inner:
            sent.changes[name] = inner[name]
        elif whole and changing.is_of_whole(member):
            sent.wrong.append((f"{sent.place}/{name}", "missing"))
    for name, value in outer.items():
        if name in changing.by_states:
            sent.states[name] = value
        elif name in changing.shown:
            sent.others[name] = value
        else:
            sent.wrong.append(_unknown("", name))
    if not whole:
        _put_defaults(changing, sent)
    return sent


def _put_defaults(changing: Changing, sent: Sent) -> None:
    """What is null, and cannot be, is taken away: it is as if nobody had said it."""
    for name, value in list(sent.changes.items()):
        member = changing.members[name]
        if value is not None or member.takes_null:
            continue
        if member.required:
            sent.wrong.append((f"{sent.place}/{name}", "missing"))
            del sent.changes[name]
        else:
            sent.changes[name] = msgspec.to_builtins(member.default)


def _merges(changing: Changing, sent: Sent, *, whole: bool) -> bool:
    """Whether a change goes on inside a member, so that the rest of it has to be read."""
    return not whole and any(_goes_inside(changing, *one) for one in sent.changes.items())


def _goes_inside(changing: Changing, name: str, value: Any) -> bool:
    return isinstance(value, dict) and changing.members[name].is_object


def _merge(changing: Changing, sent: Sent, current: Mapping[str, Any]) -> None:
    there = current[changing.inside] if changing.inside is not None else current
    for name, value in sent.changes.items():
        if _goes_inside(changing, name, value):
            sent.changes[name] = merged(there.get(name), value)


def _read(changing: Changing, request: ApiRequest, said: Mapping[str, Any]) -> dict[str, Any]:
    fields = {one.name for one in msgspec.structs.fields(changing.read.arguments)}
    known = {name: value for name, value in said.items() if name in fields}
    arguments = msgspec.convert({**_plain(known), **changing.reading}, changing.read.arguments)
    thing = request.context.backend.ask(changing.read, arguments)
    decoded: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(thing))
    return decoded


def _compare(changing: Changing, sent: Sent, current: dict[str, Any], version: int | None) -> None:
    """Refuse what cannot be changed and is not as it was read.

    Raises:
        ApiRefusal: 412: it was changed meanwhile, and nothing but a state is to be changed.
    """
    if changing.version is not None and version is not None:
        if not sent.changes and current[changing.version] != version:
            raise ApiRefusal(
                next(code for code in STALE_CODES if code.endswith(changing.version)),
                "It was changed meanwhile.",
                status=HTTPStatus.PRECONDITION_FAILED,
            )
        # Whether that is the newest, the call that changes it says.
        current = current | {changing.version: version}
    sent.wrong += [
        (f"/{name}", READ_ONLY) for name, value in sent.others.items() if value != current[name]
    ]
    sent.states = {name: value for name, value in sent.states.items() if value != current.get(name)}


def _check(changing: Changing, sent: Sent) -> None:
    for name, value in sent.changes.items():
        member = changing.members[name]
        sent.changes[name] = cleaned_json(member.kind, value)
        sent.wrong += _faults(member, sent.changes[name], f"{sent.place}/{name}")
    for name, value in sent.states.items():
        sent.wrong += _faults(changing.by_states[name][0], value, f"/{name}")


def _faults(member: Member, value: Any, pointer: str) -> Iterator[Fault]:
    found = list(member_faults(member.kind, member.python_type, value, pointer))
    if not found:
        try:
            msgspec.convert(value, member.python_type)
        except msgspec.ValidationError as error:
            inner, code = place_and_code(error)
            found = [(pointer + inner, code)]
    yield from found


def _edit(
    changing: Changing,
    request: ApiRequest,
    sent: Sent,
    said: Mapping[str, Any],
    version: int | None,
) -> None:
    if changing.edit is None:
        return
    if version is None:
        raise if_match_missing()
    changes = sent.changes if changing.body is None else {changing.body: sent.changes}
    values = {**_plain(said), str(changing.version): version, **changes}
    try:
        arguments = msgspec.convert(values, changing.edit.arguments)
    except msgspec.ValidationError as error:
        raise invalid_request([place_and_code(error)]) from None
    try:
        request.context.backend.ask(changing.edit, arguments, idempotency_key=request.key)
    except PortalError as error:
        inside = sent.place.removeprefix("/")
        if inside:
            error.fields = {f"{inside}.{name}": code for name, code in error.fields.items()}
        raise


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: msgspec.to_builtins(value) for name, value in values.items()}


def _unknown(place: str, name: str) -> Fault:
    return f"{place}/{escaped(name)}", "unknown_member"
