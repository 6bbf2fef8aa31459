"""Every form of every page: one bad field comes back at its field, and all others with it.

The pages are found by walking the routes; a form that is new is tried by itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple
from uuid import uuid4

import pytest
from msgspec.structs import replace

from gateway.routes import ROUTES
from gateway.web.routing import Door, Owner
from identity_links.domain.practice_fields import PractitionerFields, check_practitioner_fields
from portal_contracts.actor import Role
from portal_contracts.catalogue import METHODS
from portal_contracts.errors import Invalid
from portal_contracts.forms.rpc.templates import TemplateRow, Templates
from portal_contracts.identity_links.rpc.invitations import InvitationStanding, InvitationState
from portal_contracts.portal_addresses import INVITATION_PATH
from portal_contracts.scheduling.rpc.availability import StoredAvailability, Times
from portal_contracts.scheduling.rpc.free_times import FreeTimes, NearestFreeTimes
from portal_contracts.scheduling.rpc.notes import PrivateNote
from portal_contracts.scheduling.rpc.offering import OfferedServices
from portal_contracts.scheduling.rpc.services import Services
from portal_contracts.scheduling.rpc.sessions import ClientSessions, SummaryDraft
from tests.kit.gateway.made_bookings import hold, upcoming
from tests.kit.gateway.made_schedule import (
    STARTS_AT,
    ZONE,
    made_appointment,
    made_hours,
    made_offer,
    made_service,
    made_session,
)

LONG = "x" * 200_000
TELLS_NO_LENGTH = {"date", "time", "number"}
"""Kinds of field in which a long text is no such thing, rather than too long."""

HOURS = ("weekly", "override", "off")
"""How the fields of hours begin, which are lines of their own kind."""

WITHOUT_LENGTH = {"tags", "email", "to"}
"""What is long here is told otherwise: as a tag, or as no address."""

TYPED = {
    "date": "1990-12-03",
    "time": "09:30",
    "email": "carla@mail.example",
    "tel": "+49 30 55",
    "number": "12",
}


TEMPLATE = TemplateRow(
    id=uuid4(),
    title="Intake",
    minutes=5,
    questions=3,
    language="en",
    published=1,
    changed=False,
    archived=False,
    sent=0,
)


class Found(NamedTuple):
    """A form of a page, found by walking the routes."""

    owner: Owner
    path: str
    action: str


@pytest.fixture
def ids(house, token):
    """One of each thing, so that each page can be opened; scheduling refuses every change."""
    house.practice.set(second_check="date_of_birth")
    house.services.add_link(house.anna, token)
    appointment = made_appointment(client_id=house.anna.id, practitioner_id=house.doctor.id)
    own = replace(upcoming(), id=appointment.id, reason_asked=True)
    session = made_session(client_id=house.anna.id, practitioner_id=house.doctor.id)
    service = made_service(practitioner_id=house.doctor.id)
    offer = made_offer(service)
    free = FreeTimes(service=offer, starts=[STARTS_AT], next_start=None, last_bookable_on=None)
    hours = StoredAvailability(
        practitioner_id=house.doctor.id, version=7, availability=made_hours()
    )
    draft = SummaryDraft(session=session, revision=1, version=1, text="Draft", versions=[])
    refused = Invalid("booking_invalid", "As a service may refuse anything.")
    house.services.answers |= {
        method.address: refused
        for method in METHODS.values()
        if method.service == "scheduling" and method.mutates
    } | {
        "identity_links.open_in_emergency": Invalid(
            "emergency_fields", fields={"reason": "reason_too_long"}
        ),
        "forms.list_templates": Templates(items=[TEMPLATE]),
        "scheduling.get_appointment": appointment,
        "scheduling.get_own_appointment": own,
        "scheduling.get_session": session,
        "scheduling.get_service": service,
        "scheduling.list_services": Services(items=[service]),
        "scheduling.list_offered": OfferedServices(items=[offer]),
        "scheduling.list_free_times": free,
        "scheduling.nearest_times": NearestFreeTimes(starts=[STARTS_AT], timezone=ZONE),
        "scheduling.get_availability": hours,
        "scheduling.preview_times": Times(starts=[STARTS_AT], timezone=ZONE),
        "scheduling.open_summary": draft,
        "scheduling.open_note": PrivateNote(revision=1, text="Note", saved_at=STARTS_AT),
        "scheduling.list_client_sessions": ClientSessions(items=[session], next_cursor=None),
        "scheduling.get_hold": replace(
            hold(), expires_at=house.services.clock.now() + timedelta(minutes=5)
        ),
    }
    house.services.answers |= {
        "identity_links.inspect_invitation": InvitationStanding(
            state=InvitationState.OPEN,
            practice=house.practice.card,
            name="Ben",
            email="ben@practice.example",
            role=Role.PRACTITIONER,
            language="en",
        ),
        "identity_links.accept_invitation": refuse_account,
        "identity_links.invite_practitioner": refuse_account,
    }
    form = house.services.add_form(house.anna, house.doctor, "Intake")
    return {
        "client_id": house.anna.id,
        "appointment_id": appointment.id,
        "session_id": session.id,
        "service_id": service.id,
        "hold_id": appointment.id,
        "request_id": form.id,
        "section": 1,
        "token": token,
    }


def refuse_account(command, _actor):
    """What is wrong with an account, or else that there is one."""
    email = getattr(command, "email", "ben@practice.example")
    said = {"name": command.name, "language": command.language, "role": Role.PRACTITIONER}
    check_practitioner_fields(PractitionerFields(email=email, **said))
    raise Invalid("practitioner_fields", fields={"email": "email_invalid"})


def people(house):
    return {
        Owner.NOBODY: house.browser(),
        Owner.CLIENT: house.as_client(house.anna),
        Owner.PRACTITIONER: house.as_practitioner(house.doctor),
    }


def pages(ids):
    """Every page that can be opened with these ids, by whom, and in the states that matter."""
    for route in ROUTES:
        known = set(route.fields) <= ids.keys()
        if route.door is Door.PAGE and known and "GET" in route.methods:
            path = route.address(ids)
            yield route.owner, path
            if path == "/console/appointments/new":
                chosen = f"client_id={ids['client_id']}&service_id={ids['service_id']}"
                yield route.owner, f"{path}?{chosen}&day=2026-12-03"


def walk(browsers, ids):
    """Every form to be typed into, with its page as it was opened."""
    for owner, path in pages(ids):
        headers = {"Accept": "text/html"} if path.startswith("/p/") else None
        page = browsers[owner].open(path, headers)
        if path == f"/p/{ids['token']}":
            page = browsers[owner].submit(page, path)
        for form in page.forms:
            if form.method == "post" and set(form.typed) - {"theme"}:
                yield Found(owner, path, form.action), page, form


def filled(form):
    """A marked text for every field of the form that one types into."""
    return {
        name: TYPED.get(kind, f"Typed into {name}")
        for name, kind in form.typed.items()
        if kind in TYPED or not name.startswith(HOURS)
    }


def shown(page, action, names):
    posts = [form for form in page.forms if (form.method, form.action) == ("post", action)]
    fields = next((form.fields for form in posts if names.keys() <= form.fields.keys()), {})
    return {name: fields.get(name, "").replace("\r\n", "\n") for name in names}


# Some three hundred pages: more than a minute on a machine that has other things to do.
@pytest.mark.timeout(180)
def test_one_bad_field_comes_back_with_all_the_others(house, ids):
    browsers = people(house)
    tried = 0
    for (owner, path, action), _page, form in walk(browsers, ids):
        others = filled(form)
        for name, kind in form.typed.items():
            fields = form.fields | others | {name: LONG, "keep": "1"}
            answer = browsers[owner].post(action, fields)
            where = f"{name} of {action} on {path}"
            assert answer.status in (409, 422), f"{where}: {answer.status}"
            kept = others | {name: LONG}
            assert shown(answer, action, kept) == kept, where
            told = name not in WITHOUT_LENGTH and not name.startswith(HOURS)
            if kind not in TELLS_NO_LENGTH and told:
                assert "It has 200,000." in answer.html, where
            tried += 1
    assert tried > 40  # fields; fewer, and the walk has lost its way


def test_the_walk_finds_the_forms(house, ids):
    found = {action for (_, _, action), _, _ in walk(people(house), ids)}
    client, service, session = (ids[f"{name}_id"] for name in ("client", "service", "session"))
    assert found >= {
        "/link-requests",
        "/console/sign-in",
        f"/p/{ids['token']}",
        "/console/clients/new",
        f"/console/clients/{client}/edit",
        f"/console/clients/{client}/sessions/new",
        f"/console/clients/{client}/forms/send",
        "/console/settings/api-tokens/new",
        "/console/settings/team/invite",
        f"{INVITATION_PATH}/{ids['token']}",
        "/console/appointments/new",
        f"/console/appointments/{ids['appointment_id']}/move",
        f"/console/appointments/{ids['appointment_id']}/cancel",
        "/console/services/new",
        f"/console/services/{service}",
        "/console/availability",
        f"/console/sessions/{session}",
        f"/appointments/{ids['appointment_id']}/cancel",
        f"/forms/{ids['request_id']}/1",
    }


def test_a_form_without_its_key_or_token_keeps_what_was_typed(house, ids):
    browsers = people(house)
    for (owner, path, action), _page, form in walk(browsers, ids):
        others = filled(form)
        for missing in ("csrf", "idempotency_key"):
            fields = {
                name: value
                for name, value in (form.fields | others).items()
                if name not in (missing, "password")
            }
            answer = browsers[owner].post(action, fields)
            if answer.status == 303:
                continue
            kept = [one.fields for one in answer.forms if others.items() <= one.fields.items()]
            assert kept, f"{missing} of {action} on {path}: {answer.status}"
