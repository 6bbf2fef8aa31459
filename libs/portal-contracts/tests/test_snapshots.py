"""What was promised to subscribers stays: a change that breaks it is a new version."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest

from portal_contracts.catalogue import EVENTS
from portal_contracts.envelope import Event, EventData
from portal_contracts.identity_links.events import PortalLinkShared
from portal_contracts.snapshots import (
    EXAMPLES,
    SCHEMAS,
    breaking_changes,
    made_up,
    read_snapshot,
    schema_of,
)

every_event = pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)


@every_event
def test_an_event_keeps_what_its_snapshot_promises(event: type[EventData]):
    promised = read_snapshot(event.TYPE)
    assert promised is not None, "make reference writes the snapshot of a new event"
    assert breaking_changes(promised, schema_of(event)) == []


@every_event
def test_the_snapshot_knows_every_field(event: type[EventData]):
    assert read_snapshot(event.TYPE) == schema_of(event), "make reference brings it up to date"


@every_event
def test_the_example_decodes_and_says_everything(event: type[EventData]):
    body = (EXAMPLES / f"{event.TYPE}.json").read_bytes()
    decoded = msgspec.json.decode(body, type=Event[event])
    assert decoded.type == event.TYPE
    assert msgspec.json.decode(msgspec.json.encode(decoded)) == msgspec.json.decode(body)


@every_event
def test_an_event_without_an_example_gets_one_that_decodes(event: type[EventData]):
    schema = schema_of(event)
    example = made_up(schema, schema) | {"type": event.TYPE}
    decoded = msgspec.convert(example, Event[event])
    assert msgspec.json.decode(msgspec.json.encode(decoded)).keys() == example.keys()
    assert example["data"].keys() == set(event.__struct_fields__)


def test_no_snapshot_or_example_is_left_of_an_event_that_is_gone():
    for folder in (SCHEMAS, EXAMPLES):
        assert {path.stem for path in folder.glob("*.json")} == set(EVENTS)


def test_a_time_without_an_offset_is_refused():
    body = msgspec.json.decode((EXAMPLES / f"{PortalLinkShared.TYPE}.json").read_bytes())
    body["occurred_at"] = "2026-12-03T09:00:00"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(body, Event[PortalLinkShared])


# --- what counts as breaking


@pytest.fixture
def promised() -> dict[str, Any]:
    return schema_of(PortalLinkShared)


@pytest.fixture
def changed(promised: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(promised)


def payload(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["$defs"]["PortalLinkShared"]
    return found


def test_a_removed_field_is_breaking(promised, changed):
    del payload(changed)["properties"]["client_id"]
    payload(changed)["required"].remove("client_id")
    assert breaking_changes(promised, changed) == ["event.data.client_id is gone"]


def test_a_retyped_field_is_breaking(promised, changed):
    payload(changed)["properties"]["client_id"] = {"type": "integer"}
    assert breaking_changes(promised, changed) == ["event.data.client_id has another type"]


def test_a_field_that_may_be_empty_now_is_breaking(promised, changed):
    payload(changed)["properties"]["client_id"] = {
        "anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]
    }
    assert breaking_changes(promised, changed) == ["event.data.client_id allows other types"]


def test_a_retyped_field_of_the_envelope_is_breaking(promised, changed):
    changed["$defs"]["Aggregate"]["properties"]["seq"] = {"type": "string"}
    assert breaking_changes(promised, changed) == ["event.aggregate.seq has another type"]


def test_another_set_of_words_is_breaking(promised, changed):
    changed["$defs"]["ShareCause"]["enum"].append("guessed")
    assert breaking_changes(promised, changed) == ["event.data.cause has another type"]


def test_a_new_field_without_a_default_is_breaking(promised, changed):
    payload(changed)["properties"]["target"] = {"type": "string"}
    payload(changed)["required"].append("target")
    assert breaking_changes(promised, changed) == [
        "event.data.target is needed now and was not before"
    ]


def test_a_new_field_with_a_default_is_not(promised, changed):
    payload(changed)["properties"]["target"] = {"type": "string", "default": ""}
    assert breaking_changes(promised, changed) == []


def test_a_field_that_gets_a_default_is_not(promised, changed):
    payload(changed)["required"].remove("cause")
    payload(changed)["properties"]["cause"]["default"] = "shared"
    assert breaking_changes(promised, changed) == []
