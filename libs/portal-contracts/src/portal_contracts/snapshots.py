"""Schema snapshots: what has been promised to every subscriber of an event.

``schemas/<type>.json`` holds the JSON schema of each event version as it was
first published, ``examples/<type>.json`` one event of it. ``python -m
portal_contracts.snapshots`` writes the snapshots of new versions and of
added fields, with an example of a version that has none yet, and refuses to
overwrite a promise: what would break a subscriber, or an event that still
lies in an outbox, is a new version.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from portal_contracts.catalogue import EVENTS
from portal_contracts.envelope import Event, EventData
from portal_contracts.queues import write_declared

HERE = Path(__file__).parent
SCHEMAS = HERE / "schemas"
EXAMPLES = HERE / "examples"

EXAMPLE_ID = "0197a6b2-7c00-7e1a-9d3b-4f5a6c7d8107"

Schema = dict[str, Any]


def schema_of(event: type[EventData]) -> Schema:
    """The JSON schema of the whole event, envelope included, without prose."""
    schema: Schema = msgspec.json.schema(Event[event])  # type: ignore[valid-type]
    for definition in schema["$defs"].values():
        definition.pop("description", None)
    return schema


def made_up(schema: Schema, root: Schema) -> Any:
    """A value that fits `schema`: what it needs, and the first of what it allows."""
    schema = _resolve(schema, root)
    if "default" in schema and "properties" not in schema:
        return schema["default"]
    if "anyOf" in schema:
        return made_up(schema["anyOf"][0], root)
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        return {name: made_up(one, root) for name, one in schema["properties"].items()}
    plain = {"integer": 1, "number": 1, "boolean": False, "array": [], "object": {}}
    of_format = {"uuid": EXAMPLE_ID, "date-time": "2026-12-01T08:30:00Z", "date": "2026-12-01"}
    return plain.get(schema["type"], of_format.get(schema.get("format", ""), ""))


def read_snapshot(event_type: str) -> Schema | None:
    """The snapshot of `event_type`; None when it was never published."""
    path = SCHEMAS / f"{event_type}.json"
    if not path.exists():
        return None
    schema: Schema = msgspec.json.decode(path.read_bytes())
    return schema


def breaking_changes(promised: Schema, current: Schema) -> list[str]:
    """What `current` breaks of `promised`, one sentence each; empty when nothing.

    Adding a field with a default breaks nothing: an old event decodes with
    the default, an old subscriber ignores what it does not know. A removed
    or retyped field, a new field without a default and any change to a set
    of allowed values do.
    """
    return list(_compare(promised, promised, current, current, "event"))


def _compare(
    old: Schema, old_root: Schema, new: Schema, new_root: Schema, place: str
) -> Iterator[str]:
    old, new = _resolve(old, old_root), _resolve(new, new_root)
    if "properties" in old and "properties" in new:
        yield from _compare_objects(old, old_root, new, new_root, place)
        return
    if len(old.get("anyOf", [])) != len(new.get("anyOf", [])):
        yield f"{place} allows other types"
        return
    for before, after in zip(old.get("anyOf", []), new.get("anyOf", []), strict=True):
        yield from _compare(before, old_root, after, new_root, place)
    if "items" in old and "items" in new:
        yield from _compare(old["items"], old_root, new["items"], new_root, f"{place}[]")
    if _shape(old) != _shape(new):
        yield f"{place} has another type"


def _compare_objects(
    old: Schema, old_root: Schema, new: Schema, new_root: Schema, place: str
) -> Iterator[str]:
    for name, before in old["properties"].items():
        if name not in new["properties"]:
            yield f"{place}.{name} is gone"
            continue
        yield from _compare(before, old_root, new["properties"][name], new_root, f"{place}.{name}")
    needed_before = set(old.get("required", ()))
    for name in new.get("required", ()):
        if name not in needed_before:
            yield f"{place}.{name} is needed now and was not before"


def _resolve(schema: Schema, root: Schema) -> Schema:
    """What `schema` refers to, its own keys kept."""
    if "$ref" not in schema:
        return schema
    definition: Schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return {**definition, **{key: value for key, value in schema.items() if key != "$ref"}}


def _shape(schema: Schema) -> Schema:
    """The parts of a schema that decide whether a value fits."""
    prose = ("title", "default", "properties", "required", "anyOf", "items", "$defs")
    return {key: value for key, value in schema.items() if key not in prose}


def write_snapshots() -> list[str]:
    """Write each snapshot that is new or has new fields.

    Returns:
        What stands against it, one sentence each; then that snapshot is left alone.
    """
    objections: list[str] = []
    SCHEMAS.mkdir(exist_ok=True)
    for event_type, event in EVENTS.items():
        current = schema_of(event)
        promised = read_snapshot(event_type)
        broken = breaking_changes(promised, current) if promised else []
        objections += [f"{event_type}: {sentence}" for sentence in broken]
        if not broken:
            text = msgspec.json.format(msgspec.json.encode(current), indent=2)
            (SCHEMAS / f"{event_type}.json").write_bytes(text + b"\n")
            _write_example(event_type, current)
    return objections


def _write_example(event_type: str, schema: Schema) -> None:
    """Write one event of a version that has none yet; what stands there was published."""
    path = EXAMPLES / f"{event_type}.json"
    if path.exists():
        return
    example = {**made_up(schema, schema), "type": event_type}
    path.write_bytes(msgspec.json.format(msgspec.json.encode(example), indent=2) + b"\n")


if __name__ == "__main__":
    write_declared()
    if found := write_snapshots():
        sys.exit("These need a new version of the event:\n  " + "\n  ".join(found))
