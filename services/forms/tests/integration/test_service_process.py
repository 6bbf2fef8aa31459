"""The released process: it answers over RabbitMQ, refuses, keeps answers to itself."""

from datetime import date

import msgspec
import pytest
from sqlalchemy import select

from forms.storage.tables import chassis, form_request
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Actor, ActorKind, Role, service_actor
from portal_contracts.calls import PortalOf
from portal_contracts.errors import Forbidden, Invalid
from portal_contracts.forms.rpc import filling
from portal_contracts.forms.rpc.questions import FormDocument, Question, QuestionKind, Section
from tests.kit.callers import Callers

CANARY = "quetzal-canary-7731"
DOCUMENT = FormDocument(
    title="Intake",
    sections=[
        Section(
            id="one",
            title="One",
            questions=[
                Question(id="words", kind=QuestionKind.LONG_TEXT, text="What?"),
                Question(id="hours", kind=QuestionKind.NUMBER, text="How long?"),
                Question(id="sure", kind=QuestionKind.YES_NO, text="Sure?"),
            ],
        )
    ],
)


@pytest.fixture
def forms(start_service, database):
    return start_service("forms", database=database)


@pytest.fixture
def rpc(amqp_uri, forms):
    client = Callers(amqp_uri)
    yield client
    client.close()


def test_a_client_fills_in_her_form_and_the_log_never_tells_what(rpc, forms, practice, database):
    anna = practice.client()
    version = practice.version(document=msgspec.to_builtins(DOCUMENT))
    request = practice.request(anna, version_id=version, due_on=date(2026, 12, 9))

    form = rpc.call(filling.OPEN_FORM, filling.OpenForm(request_id=request), actor=anna)
    assert (form.document, form.percent) == (DOCUMENT, 0)
    wrong = filling.SaveAnswers(request_id=request, revision=0, answers={"hours": CANARY})
    with pytest.raises(Invalid) as error:
        rpc.call(filling.SAVE_ANSWERS, wrong, actor=anna, idempotency_key="save-0")
    assert error.value.fields == {"hours": "wrong_type"}
    answers = {"words": CANARY, "hours": 7.5, "sure": False}
    save = filling.SaveAnswers(request_id=request, revision=0, answers=answers)
    for _twice in range(2):
        saved = rpc.call(filling.SAVE_ANSWERS, save, actor=anna, idempotency_key="save-1")
        assert (saved.revision, saved.percent) == (1, 100)
    submit = filling.SubmitForm(request_id=request, revision=1)
    rpc.call(filling.SUBMIT_FORM, submit, actor=anna, idempotency_key="submit-1")
    again = rpc.call(filling.OPEN_FORM, filling.OpenForm(request_id=request), actor=anna)
    assert again.answers == answers

    with database.transaction() as tx:
        assert tx.execute(select(form_request.c.state)).scalar_one() == "submitted"
    forms_of_anna = rpc.call(filling.PORTAL_FORMS, PortalOf(), actor=anna)
    assert [one.id for one in forms_of_anna.submitted] == [request]
    assert forms.stop() == 0
    assert CANARY not in forms.log_text()


def test_others_are_refused_and_a_practice_reads_so_in_its_access_log(rpc, forms, database):
    practitioner = Actor(
        kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER
    )
    for actor in (NOBODY, practitioner, service_actor("notifications")):
        with pytest.raises(Forbidden) as error:
            rpc.call(filling.PORTAL_FORMS, PortalOf(), actor=actor, request_id="request-1")
        assert error.value.code == "not_allowed"
    with database.transaction() as tx:
        (body,) = tx.execute(select(chassis.outbox.c.body)).scalars()
    told = msgspec.json.decode(body)
    assert (told["data"]["act"], told["data"]["outcome"]) == ("portal_forms.not_allowed", "denied")
    assert told["actor"]["id"] == str(practitioner.id)
    found = forms.readiness()
    assert (found["service"], set(found["checks"].values())) == ("forms", {"ok"})
