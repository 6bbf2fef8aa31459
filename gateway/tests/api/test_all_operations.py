"""Every call is an operation or says why it is none; the document and the routes are the table."""

import re

import pytest

from gateway.api.all_operations import CALLS_INSIDE_OPERATIONS, NOT_OFFERED, OPERATIONS
from gateway.api.headings import Heading
from gateway.api.openapi import document, refusal_statuses
from gateway.api.operation import PREFIX, Operation
from gateway.api.routes import DOCUMENT, ROUTES
from gateway.web.resource import Resource
from gateway.web.routing import Door, Owner, Route
from portal_contracts.catalogue import METHODS
from portal_contracts.identity_links.rpc.clients import GET_CLIENT, NAME_CLIENTS
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc.series import BOOK_SERIES, BookedSeries


def test_every_call_is_an_operation_or_says_why_it_is_none():
    offered = {operation.method.address for operation in OPERATIONS if operation.method}
    assert offered | CALLS_INSIDE_OPERATIONS | set(NOT_OFFERED) == set(METHODS)
    assert not (offered | CALLS_INSIDE_OPERATIONS) & set(NOT_OFFERED)
    assert all(reason.endswith(".") for reason in NOT_OFFERED.values())


def test_a_series_that_is_booked_answers_with_its_ids_not_with_its_client():
    [operation] = [one for one in OPERATIONS if one.method is BOOK_SERIES]
    assert operation.answer is BookedSeries
    assert operation.success == 201


def test_names_are_said_once():
    names = [operation.name for operation in OPERATIONS]
    asked = [(operation.http, operation.path) for operation in OPERATIONS]
    assert len(set(names)) == len(names)
    assert len(set(asked)) == len(asked)


def test_the_routes_are_the_table():
    served = {(method, route.pattern) for route in ROUTES for method in route.methods}
    declared = {(operation.http, operation.pattern) for operation in OPERATIONS}
    heads = {("HEAD", pattern) for method, pattern in declared if method == "GET"}
    assert served - {("GET", DOCUMENT.pattern), ("HEAD", DOCUMENT.pattern)} == declared | heads


def test_the_document_is_the_table():
    paths = document()["paths"]
    described = {
        (http.upper(), path, operation["operationId"])
        for path, operations in paths.items()
        for http, operation in operations.items()
    }
    assert described == {(one.http, one.path, one.name) for one in OPERATIONS}


def test_the_portal_is_for_clients_and_the_rest_for_practitioners():
    entering = {"/portal-sessions", "/entry-codes", "/link-requests"}
    for operation in OPERATIONS:
        of_portal = operation.path == "/portal" or operation.path.startswith(
            ("/portal/", "/portal-sessions/")
        )
        expected = Owner.CLIENT if of_portal else Owner.PRACTITIONER
        assert operation.owner is (Owner.NOBODY if operation.path in entering else expected)


def test_every_argument_comes_from_exactly_one_place():
    for one in OPERATIONS:
        places = [*one.path_fields, *one.query_fields, *one.body_fields, *one.hidden]
        places += [one.if_match] if one.if_match else []
        assert sorted(places) == sorted(one.fields), one.name


def test_each_version_that_is_edited_is_guarded():
    for one in OPERATIONS:
        for version in {"version", "revision"} & set(one.fields):
            assert version in (one.if_match, *one.path_fields, *one.hidden), one.name


def test_an_operation_answers_for_its_refusals():
    by_name = {operation.name: operation for operation in OPERATIONS}
    assert {412, 413, 415, 428} <= set(refusal_statuses(by_name["change_client"]))
    assert 410 in refusal_statuses(by_name["open_portal_session"])
    assert not {409, 412, 413, 428} & set(refusal_statuses(by_name["list_clients"]))


CLIENTS = Heading("Clients", Owner.PRACTITIONER)


@pytest.mark.parametrize(
    ("declared", "why"),
    [
        ({"request": "GET /clients/{no_such}"}, "no argument no_such"),
        ({"if_match": "revision"}, "no argument revision"),
        ({"etag": "nothing"}, "no nothing in the result"),
        ({"hidden": ("client_id",)}, "client_id is needed"),
        ({"permission": None}, "needs a permission"),
        ({"method": NAME_CLIENTS}, "client_ids needs a body"),
    ],
)
def test_a_slip_in_a_declaration_is_found_as_it_is_declared(declared, why):
    asked = {"request": "GET /clients", "permission": Permission.CLIENTS_READ}
    whole = asked | {"method": GET_CLIENT} | declared
    with pytest.raises(ValueError, match=why):
        CLIENTS.call(summary="One.", **whole)


@pytest.mark.parametrize(
    ("pattern", "owner", "door"),
    [
        ("/api/v1/x", Owner.CLIENT, Door.PAGE),
        ("/api/v1/x", Owner.PRACTITIONER, Door.PAGE),
        ("/home", Owner.CLIENT, Door.API),
        ("/console", Owner.PRACTITIONER, Door.API),
    ],
)
def test_no_route_can_be_declared_behind_the_wrong_door(pattern, owner, door):
    with pytest.raises(ValueError, match="bearer"):
        Route(pattern, Resource, owner, door=door)


def test_every_path_is_under_the_prefix():
    assert all(re.match(rf"{PREFIX}/[a-z]", route.pattern) for route in ROUTES)
    assert all(isinstance(operation, Operation) for operation in OPERATIONS)
