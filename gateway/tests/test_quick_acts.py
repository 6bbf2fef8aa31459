"""What is done from everywhere: a form for whoever is named, a client and her link, the search."""

from datetime import timedelta
from uuid import uuid4

import pytest

from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.forms.rpc.requests import RequestPage, RequestRow, Sent
from portal_contracts.forms.rpc.templates import TemplateRow, Templates
from portal_contracts.identity_links.rpc.clients import ClientStatus

SEND = "/console/forms/send"


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def template(house):
    row = TemplateRow(
        id=uuid4(), title="Intake", minutes=12, questions=11, language="en",
        published=1, changed=False, archived=False, sent=3,
    )  # fmt: skip
    house.services.answers["forms.list_templates"] = Templates(items=[row])
    house.services.answers["forms.send_form"] = Sent(request_id=uuid4())
    return row


def sent(house):
    return [one.arguments for one in house.services.calls("forms.send_form")]


@pytest.mark.parametrize("typed", ["Anna Adler", "  anna   ADLER ", "anna@mail.example", "Adler"])
def test_a_form_goes_to_whoever_is_plainly_meant(house, doctor, template, typed):
    page = doctor.open(SEND)
    assert "Anna Adler" in page.html
    done = doctor.submit(page, SEND, {"client": typed, "template": str(template.id)})
    assert done.headers["location"] == f"/console/clients/{house.anna.id}/forms"
    (command,) = sent(house)
    assert (command.client_id, command.template_id) == (house.anna.id, template.id)


def test_enter_sends_a_form_only_to_whom_the_page_shows(house, doctor, template):
    chosen = {"client": "Adler", "template": str(template.id)}
    shown = doctor.enter(doctor.open(SEND), SEND, chosen)
    assert (shown.status, shown.form(SEND).fields["client_id"]) == (200, str(house.anna.id))
    assert not sent(house)
    assert doctor.enter(shown, SEND).status == 303
    assert sent(house)[0].client_id == house.anna.id


def test_it_is_asked_who_is_meant_and_nothing_typed_is_lost(house, doctor, template):
    typed = {"client": "mail.example", "template": str(template.id), "due_on": "2026-12-24"}
    page = doctor.submit(doctor.open(SEND), SEND, typed)
    assert page.status == 422
    assert "Who is meant?" in page.html
    fields = page.form(SEND).fields
    assert (fields["client"], fields["due_on"]) == ("mail.example", "2026-12-24")
    assert not sent(house)
    done = doctor.submit(page, SEND, {"client_id": str(house.ben.id)})
    assert done.status == 303
    assert sent(house)[0].client_id == house.ben.id


@pytest.mark.parametrize(
    ("typed", "said"), [("", "Choose a client."), ("Nobody", "No active client has this name")]
)
def test_nobody_is_meant(house, doctor, template, typed, said):
    page = doctor.submit(doctor.open(SEND), SEND, {"client": typed, "template": str(template.id)})
    assert page.status == 422
    assert said in page.html
    assert "#field-client" in page.links
    assert not sent(house)


def test_a_form_that_is_not_chosen_is_asked_for_with_the_client_kept(house, doctor, template):
    page = doctor.submit(doctor.open(SEND), SEND, {"client": "Anna Adler"})
    assert page.status == 422
    assert "#field-template" in page.links
    assert f"/console/clients/{house.anna.id}/forms/send" in page.html


def test_a_client_is_added_and_her_link_is_the_next_page(house, doctor):
    new = "/console/clients/new"
    typed = {"name": "Carla Cramer", "email": "carla@mail.example", "do": "share"}
    done = doctor.submit(doctor.open(new), new, typed)
    assert done.headers["location"].endswith("/share")
    assert "Carla Cramer" in doctor.follow(done).html


def test_the_search_of_every_page_opens_whoever_is_found_alone(house, doctor):
    assert 'name="go"' in doctor.open("/console").html
    alone = doctor.open("/console/clients?search=Adler&go=1")
    assert alone.headers["location"] == f"/console/clients/{house.anna.id}"
    assert doctor.open("/console/clients?search=mail.example&go=1").status == 200
    assert doctor.open("/console/clients?search=Adler").status == 200
    house.ben.status = ClientStatus.ARCHIVED
    assert "Nobody found" in doctor.open("/console/clients?search=Ben&go=1").html


def test_the_client_s_first_page_leads_to_the_last_of_each_form(house, doctor):
    now = house.services.clock.now()
    first, second = uuid4(), uuid4()

    def row(template_id, days, **more):
        return RequestRow(
            id=uuid4(), client_id=house.anna.id, template_id=template_id, title="PHQ-9",
            percent=0, due_on=None, sent_by=house.doctor.id, sent_at=now - timedelta(days=days),
            opened_at=None, reviewed_at=None, alert=False,
            **({"state": RequestState.NOT_OPENED, "submitted_at": None} | more),
        )  # fmt: skip

    back = {"state": RequestState.REVIEWED, "submitted_at": now - timedelta(days=2)}
    gone = row(first, 0, state=RequestState.WITHDRAWN)
    waiting, came, older = row(first, 1), row(first, 3, **back), row(first, 9, **back)
    other, before = row(second, 4, **back), row(second, 5, **back)
    rows = [gone, waiting, came, other, before, older]
    house.services.answers["forms.list_requests"] = RequestPage(items=rows, next_cursor=None)
    page = doctor.open(f"/console/clients/{house.anna.id}")
    told, answers = (
        [one for one in rows if f'id="{name}-{one.id}"' in page.html]
        for name in ("latest-form", "earlier-answers")
    )
    assert (told, answers) == ([waiting, other], [came])
    assert f"/console/forms/requests/{came.id}" in page.links
    unlocked = row(first, 1, state=RequestState.STARTED, unlocked_at=now)
    rows = [unlocked, older]
    house.services.answers["forms.list_requests"] = RequestPage(items=rows, next_cursor=None)
    assert "earlier-answers" not in doctor.open(f"/console/clients/{house.anna.id}").html
    house.services.answers["forms.list_requests"] = RequestPage(items=[gone], next_cursor=None)
    assert "Withdrawn" in doctor.open(f"/console/clients/{house.anna.id}").html
