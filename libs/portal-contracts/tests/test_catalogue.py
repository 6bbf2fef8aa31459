"""The rules that every call and every event keeps."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

import msgspec
import msgspec.inspect as types
import pytest

from portal_contracts.accesses import Thing
from portal_contracts.calls import Method
from portal_contracts.catalogue import EVENTS, METHODS, SERVICES, SUBSCRIPTIONS
from portal_contracts.envelope import EventData
from portal_contracts.forms.rpc.conditions import Identifier
from portal_contracts.identity_links.rpc.cards import ClientCard
from portal_contracts.identity_links.rpc.entering import InspectLink
from portal_contracts.scheduling.events import ToldOccurrence
from portal_contracts.scheduling.rpc.busy_calendars import AddBusyCalendar

every_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
every_event = pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)


def fields(struct: type) -> tuple[types.Field, ...]:
    information = types.type_info(struct)
    assert isinstance(information, types.StructType)
    return information.fields


def without_none(node: Any) -> list[Any]:
    if isinstance(node, types.UnionType):
        return [member for member in node.types if not isinstance(member, types.NoneType)]
    return [node]


# --- calls


@every_method
def test_a_call_names_a_service_and_a_method(method: Method[Any, Any]):
    assert method.service in SERVICES
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", method.name)
    assert method.address == f"{method.service}.{method.name}"


@every_method
def test_a_call_says_what_it_guarantees_in_a_sentence(method: Method[Any, Any]):
    assert method.summary[0].isupper()
    assert method.summary.endswith(".")


@every_method
@pytest.mark.parametrize("side", ["arguments", "result"])
def test_what_a_call_carries_is_frozen_and_has_a_schema(method: Method[Any, Any], side: str):
    struct = getattr(method, side)
    assert struct.__struct_config__.frozen
    assert msgspec.json.schema(struct)


@pytest.mark.parametrize(
    "method", [method for method in METHODS.values() if method.mutates], ids=lambda m: m.address
)
def test_the_stored_answer_of_a_change_holds_ids_and_states_only(method: Method[Any, Any]):
    allowed = (types.UUIDType, types.IntType, types.EnumType, types.BoolType, types.DateTimeType)
    for field in fields(method.result):
        nodes = [
            node.item_type if isinstance(node, types.ListType) else node
            for node in without_none(field.type)
        ]
        # Within a template, an id is a word that the forms service makes up.
        within = types.type_info(Identifier)
        assert all(isinstance(node, allowed) or node == within for node in nodes), field.name


def test_only_a_call_with_a_secret_is_left_out_of_the_idempotency_store():
    secret = {method.address for method in METHODS.values() if method.personal}
    assert secret == {
        method.address
        for method in METHODS.values()
        if any(field.name in {"password", "code"} for field in fields(method.arguments))
        # Whoever knows the address of a calendar reads it.
        or method.arguments is AddBusyCalendar
    }
    assert not any(METHODS[address].mutates for address in secret)


@every_method
def test_no_call_carries_a_raw_token(method: Method[Any, Any]):
    for struct in (method.arguments, method.result):
        names = {field.name for field in fields(struct)}
        assert not {"token", "cookie", "secret"} & names


@pytest.mark.parametrize("raw", ["lk_raw", "A" * 64, "a" * 63, "a" * 64 + "\n", ""])
def test_a_hash_is_64_hex_digits_and_nothing_else(raw: str):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"token_hash": raw}, InspectLink)


# --- events


@every_event
def test_an_event_is_named_by_service_subject_and_what_happened(event: type[EventData]):
    service = event.__module__.split(".")[1]
    pattern = rf"{service}\.[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*(ed|en|nt|ld|wn)\.v[1-9][0-9]*"
    assert re.fullmatch(pattern, event.TYPE)


@every_event
def test_an_event_exists_because_someone_takes_it(event: type[EventData]):
    assert event.SUBSCRIBERS
    for queue in event.SUBSCRIBERS:
        service, handler = queue.split(".")
        assert service in SERVICES
        _, subject, happened, _ = event.TYPE.split(".")
        assert handler == f"on_{subject}_{happened}"


@every_event
def test_an_event_carries_ids_times_and_codes_and_no_text_of_a_person(event: type[EventData]):
    codes = {"act", "outcome", "address", "timezone", "starts_wall"}
    # Of a thing, what the practice calls the form or the service; nothing that is written in it.
    codes |= {"title"}
    named = [*fields(Thing)] if "thing" in {field.name for field in fields(event)} else []
    listed = [*fields(ToldOccurrence)] if "acts" in {field.name for field in fields(event)} else []
    apart = {"thing", *(("occurrences", "cancelled") if listed else ())}
    for field in [*(one for one in fields(event) if one.name not in apart), *named, *listed]:
        for one in without_none(field.type):
            node = one.item_type if isinstance(one, types.ListType) else one
            assert isinstance(
                node,
                (
                    *(types.UUIDType, types.DateTimeType, types.EnumType),
                    *(types.IntType, types.BoolType),
                ),
            ) or (isinstance(node, types.StrType) and field.name in codes), field.name


def test_each_queue_takes_one_kind_of_event():
    queues = [subscription.queue for subscription in SUBSCRIPTIONS]
    assert len(queues) == len(set(queues))


def test_an_event_goes_through_the_exchange_of_its_publisher():
    exchanges = {subscription.event_type: subscription.exchange for subscription in SUBSCRIPTIONS}
    assert exchanges["identity_links.portal_link.shared.v1"] == "identity_links.events"
    assert exchanges["notifications.access.recorded.v1"] == "notifications.events"


# --- words


@pytest.mark.parametrize(
    ("preferred", "greeting"), [("", "Anna"), ("Anni", "Anni"), ("Dr. Berg", "Dr. Berg")]
)
def test_a_client_is_greeted_by_the_name_she_prefers(preferred: str, greeting: str):
    card = ClientCard(
        id=msgspec.convert("00000000-0000-0000-0000-000000000003", type=Any),
        name="Anna Berg",
        preferred_name=preferred,
        language="en",
        timezone="Europe/Berlin",
        email_masked="a•••@example.org",
    )
    assert card.greeting_name == greeting


def test_every_word_on_the_wire_is_lower_case():
    pending = [types.type_info(m.arguments) for m in METHODS.values()]
    pending += [types.type_info(m.result) for m in METHODS.values()]
    seen: set[type] = set()
    while pending:
        node = pending.pop()
        if isinstance(node, types.StructType) and node.cls not in seen:
            seen.add(node.cls)
            pending += [member for field in node.fields for member in without_none(field.type)]
        elif isinstance(node, types.ListType):
            pending.append(node.item_type)
        elif isinstance(node, types.EnumType):
            assert issubclass(node.cls, Enum)
            values = [member.value for member in node.cls]
            assert all(re.fullmatch(r"[a-z]+([._][a-z]+)*", value) for value in values)
