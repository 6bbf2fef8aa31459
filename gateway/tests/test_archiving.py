"""Archiving a client: what becomes of the appointments to come is said first."""

from __future__ import annotations

from uuid import uuid4

import pytest

from portal_contracts.errors import Conflict
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.forms.rpc.requests import RequestPage, RequestRow
from portal_contracts.identity_links.rpc.clients import ClientStatus
from tests.kit.gateway.made_bookings import STARTS_AT
from tests.kit.gateway.made_schedule import serve_appointments


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def client_path(house):
    return f"/console/clients/{house.anna.id}"


def sent_form(house):
    return RequestRow(
        id=uuid4(),
        client_id=house.anna.id,
        template_id=uuid4(),
        title="Intake questionnaire",
        state=RequestState.STARTED,
        percent=10,
        due_on=None,
        sent_by=house.doctor.id,
        sent_at=STARTS_AT,
        opened_at=STARTS_AT,
        submitted_at=None,
        reviewed_at=None,
        alert=False,
    )


@pytest.fixture
def to_come(house):
    return serve_appointments(house.services.answers)


def test_each_appointment_to_come_is_decided_before_a_client_is_archived(
    house, doctor, client_path, to_come
):
    path = f"{client_path}/archive"
    first, second = (f"becomes-{one.id}" for one in to_come)
    kept = to_come[1]
    asked = doctor.open(path)
    assert "Thursday 3 December" in asked.html
    undecided = doctor.submit(asked, path, {first: "cancel"})
    assert undecided.status == 422
    assert f"#field-{second}" in undecided.links
    assert f"#field-{first}" not in undecided.links
    assert house.anna.status is ClientStatus.ACTIVE
    done = doctor.submit(undecided, path, {first: "cancel", second: "keep"})
    assert done.headers["location"] == client_path
    assert to_come == [kept]
    assert house.anna.status is ClientStatus.ARCHIVED


def test_a_client_is_not_archived_while_a_cancellation_is_refused(
    house, doctor, client_path, to_come
):
    def refuse(*_):
        raise Conflict("cancel_closed", fields={"appointment": "over"})

    house.services.answers["scheduling.cancel_for_client"] = refuse
    path = f"{client_path}/archive"
    fields = {f"becomes-{one.id}": "cancel" for one in to_come}
    assert doctor.submit(doctor.open(path), path, fields).status == 409
    assert house.anna.status is ClientStatus.ACTIVE


def test_open_forms_are_told_before_archiving(house, doctor, client_path, to_come):
    to_come.clear()
    house.services.answers["forms.list_requests"] = lambda command, _actor: RequestPage(
        items=[sent_form(house)] if command.state == "started" else [],
        next_cursor=None,
    )
    assert "One form is still open" in doctor.open(f"{client_path}/archive").html
    house.services.down.add("forms.list_requests")
    assert "cannot be looked up right now" in doctor.open(f"{client_path}/archive").html


def test_archiving_asks_first_and_can_be_undone(house, doctor, client_path, to_come):
    to_come.clear()
    asked = doctor.open(f"{client_path}/archive")
    assert "Anna Adler" in asked.html
    done = doctor.submit(asked, f"{client_path}/archive")
    assert done.headers["location"] == client_path
    assert house.anna.status is ClientStatus.ARCHIVED
    page = doctor.follow(done)
    doctor.submit(page, f"{client_path}/restore")
    assert house.anna.status is ClientStatus.ACTIVE
