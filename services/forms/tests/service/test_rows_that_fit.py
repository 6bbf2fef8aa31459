"""What the schema refuses."""

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from forms.storage.tables import template_version
from portal_chassis.database.transactions import describe_error, sqlstate
from portal_chassis.ids import new_id

INSUFFICIENT_PRIVILEGE = "42501"


def refused_by(error: pytest.ExceptionInfo[IntegrityError], constraint: str) -> bool:
    return constraint in describe_error(error.value).split()


@pytest.mark.parametrize(
    "change", [update(template_version).values(title="Other"), delete(template_version)]
)
def test_a_published_version_is_frozen(practice, database, change):
    practice.version()
    with pytest.raises(ProgrammingError) as error, database.transaction() as tx:
        tx.execute(change)
    assert sqlstate(error.value) == INSUFFICIENT_PRIVILEGE


def test_a_template_has_each_number_once(practice):
    template = practice.template()
    practice.version(template_id=template)
    with pytest.raises(IntegrityError) as error:
        practice.version(template_id=template)
    assert refused_by(error, "uq_template_version_number")


def test_a_version_lies_in_the_practice_of_its_template(practice):
    with pytest.raises(IntegrityError) as error:
        practice.version(practice_id=new_id())
    assert refused_by(error, "fk_template_version_template")


def test_a_practice_sends_its_own_forms_alone(practice):
    with pytest.raises(IntegrityError) as error:
        practice.request(practice.client(), practice_id=new_id())
    assert refused_by(error, "fk_form_request_template_version")


@pytest.mark.parametrize(
    ("state", "missing"),
    [
        ("started", "opened_at"),
        ("submitted", "submitted_at"),
        ("reviewed", "reviewed_at"),
        ("withdrawn", "withdrawn_at"),
    ],
)
def test_a_state_has_its_time(practice, state, missing):
    with pytest.raises(IntegrityError) as error:
        practice.request(practice.client(), state=state, **{missing: None})
    assert refused_by(error, f"ck_form_request_{missing.removesuffix('_at')}")


def test_a_time_without_its_state_is_refused(practice):
    with pytest.raises(IntegrityError) as error:
        practice.request(practice.client(), submitted_at=practice.now)
    assert refused_by(error, "ck_form_request_submitted")


def test_a_draft_belongs_to_the_client_who_was_asked(practice):
    request = practice.request(practice.client(), state="started")
    with pytest.raises(IntegrityError) as error:
        practice.draft(practice.client(), request)
    assert refused_by(error, "fk_draft_request")


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_draft_is_between_nothing_and_all(practice, percent):
    client = practice.client()
    request = practice.request(client, state="started")
    with pytest.raises(IntegrityError) as error:
        practice.draft(client, request, percent=percent)
    assert refused_by(error, "ck_draft_percent")


def test_submitting_twice_is_one_submission(practice):
    client = practice.client()
    request = practice.request(client, state="submitted")
    practice.response(client, request)
    with pytest.raises(IntegrityError) as error:
        practice.response(client, request)
    assert refused_by(error, "uq_response_current")


def test_a_form_sent_again_after_unlocking_keeps_the_former_answers(practice):
    client = practice.client()
    request = practice.request(client, state="submitted")
    practice.response(client, request, superseded_at=practice.now)
    practice.response(client, request)
