"""Limits that stand beside the structs they limit."""

from __future__ import annotations

from msgspec import inspect

from portal_contracts.cleaning import bare
from portal_contracts.identity_links.rpc.clients import CLIENT_LINES, ClientDetails, ClientFields
from portal_contracts.scheduling.rpc.services import (
    SERVICE_LENGTHS,
    SERVICE_RANGES,
    ServiceFields,
)


def types_of(struct: type) -> dict[str, list[inspect.Type]]:
    """Field name to the types that it may have."""
    information = inspect.type_info(struct)
    assert isinstance(information, inspect.StructType)
    return {
        field.encode_name: [bare(one) for one in field.type.types]
        if isinstance(field.type, inspect.UnionType)
        else [bare(field.type)]
        for field in information.fields
    }


def test_lines_of_a_client_are_texts_of_the_contract():
    types = types_of(ClientFields)
    assert all(isinstance(types[name][0], inspect.StrType) for name in CLIENT_LINES)


def test_all_that_can_be_said_of_a_client_is_told_again():
    assert set(ClientFields.__struct_fields__) < set(ClientDetails.__struct_fields__)


def test_every_text_of_a_service_has_its_length():
    texts = {
        name: one.max_length
        for name, types in types_of(ServiceFields).items()
        for one in types
        if isinstance(one, inspect.StrType)
    }
    assert texts == dict(SERVICE_LENGTHS)


def test_every_number_of_a_service_has_its_range():
    numbers = {
        name
        for name, types in types_of(ServiceFields).items()
        if any(isinstance(one, inspect.IntType) for one in types)
    }
    assert numbers == SERVICE_RANGES.keys()
