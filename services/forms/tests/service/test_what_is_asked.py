"""What is not asked stays in the draft, counts nowhere, and is gone once the form is sent."""

from hashlib import sha256

from forms.domain.requests import FormRequest
from forms.storage import answers as stored
from forms.storage import requests as stored_requests
from forms.storage import responses
from forms.storage.own_forms import find_locked
from portal_chassis.authority.ownership import require_client
from portal_contracts.forms.events import AlertRaised
from portal_contracts.forms.rpc.conditions import (
    Calculation,
    CalculationOperator,
    Condition,
    ConditionOperator,
)
from portal_contracts.forms.rpc.questions import (
    AlertRule,
    FormDocument,
    Question,
    QuestionKind,
    Section,
)

TEXT = "I agree that my weight is kept."


def when(item, *values, operator="is"):
    return Condition(operator=ConditionOperator(operator), item=item, values=list(values))


WEIGHT = FormDocument(
    title="Weight",
    sections=[
        Section(
            id="first",
            title="First",
            questions=[
                Question(id="asks", kind=QuestionKind.YES_NO, text="?"),
                Question(
                    id="weight", kind=QuestionKind.NUMBER, text="?", shown_when=when("asks", True)
                ),
                Question(
                    id="agreed", kind=QuestionKind.CONSENT, text=TEXT, shown_when=when("asks", True)
                ),
                Question(
                    id="half",
                    kind=QuestionKind.CALCULATED,
                    text="?",
                    calculation=Calculation(
                        operator=CalculationOperator.QUOTIENT, of=["weight", 2]
                    ),
                ),
            ],
        ),
        Section(
            id="second",
            title="Second",
            questions=[Question(id="heavy", kind=QuestionKind.TEXT, text="?")],
            shown_when=when("half", 100, operator="at_least"),
        ),
        Section(
            id="third",
            title="Third",
            questions=[Question(id="born", kind=QuestionKind.DATE, text="?", required=False)],
        ),
    ],
    alerts=[AlertRule(when=when("weight", 40, operator="at_most"))],
)


def sent(world):
    owner = world.practitioner()
    client = world.client_of(owner)
    return owner, client, world.sent(owner, client, world.published(owner, WEIGHT))


def kept(world, request_id, read) -> stored.Sheet:
    with world.database.transaction() as tx:
        request: FormRequest = stored_requests.find(tx, request_id)
        return read(tx, request, world.sealer)


def test_a_section_says_where_it_leads_what_is_hidden_and_what_is_calculated(world):
    _owner, client, request_id = sent(world)
    saved = world.typed(client, request_id, 0, asks="yes", weight="210", agreed="yes")
    assert (saved.previous, saved.following, saved.last) == (0, 2, False)
    assert (saved.hidden, saved.calculated) == ([], {"half": 105})
    saved = world.typed(client, request_id, saved.revision, asks="yes", weight="150", agreed="yes")
    assert (saved.following, saved.hidden) == (3, ["heavy"])
    saved = world.typed(client, request_id, saved.revision, asks="no", weight="none", agreed="yes")
    assert saved.hidden == ["weight", "agreed", "heavy"]
    assert (saved.refused, saved.problems, saved.calculated) == ({}, {}, {})
    assert saved.answered.asked == 1


def test_what_is_not_asked_stays_in_the_draft_and_is_gone_once_it_is_sent(world):
    owner, client, request_id = sent(world)
    world.saved(client, request_id, 0, {"asks": True, "weight": 210, "agreed": True, "heavy": "x"})
    world.saved(client, request_id, 1, {"asks": False})
    with world.database.transaction() as tx:
        own = find_locked(tx, request_id, require_client(client))
    draft = stored.opened_draft(own.request, own.sealed, own.wrapped, world.sealer)
    assert draft.sheet.answers["weight"] == 210
    opened = world.opened(client, request_id)
    assert (opened.percent, opened.problems) == (100, {})
    assert opened.hidden == ["weight", "agreed", "heavy"]
    world.submitted(client, request_id, 2)
    sheet, _sent_at = kept(world, request_id, responses.read_latest)
    assert (sheet.answers, sheet.given_at, sheet.agreed) == ({"asks": False}, {}, {})
    shown = world.answer_sheet(owner, request_id)
    assert (shown.answers, shown.hidden) == ({"asks": False}, ["weight", "agreed", "heavy"])


def test_a_consent_keeps_the_hash_of_what_was_agreed_to_and_a_value_is_sent_along(world):
    owner, client, request_id = sent(world)
    world.saved(client, request_id, 0, {"asks": True, "weight": 81, "agreed": True})
    world.submitted(client, request_id, 1)
    shown = world.answer_sheet(owner, request_id)
    assert shown.answers == {"asks": True, "weight": 81, "agreed": True, "half": 41}
    assert shown.given["agreed"].sha256 == sha256(TEXT.encode()).hexdigest()
    assert shown.given["agreed"].at == world.now
    assert world.opened(client, request_id).given == shown.given


def test_an_alert_that_was_raised_stays_when_its_question_is_no_longer_asked(world):
    owner, client, request_id = sent(world)
    world.saved(client, request_id, 0, {"asks": False, "weight": 39})
    assert world.events(AlertRaised) == []
    assert world.saved(client, request_id, 1, {"asks": True}).alert
    assert world.saved(client, request_id, 2, {"asks": False}).alert
    assert len(world.events(AlertRaised)) == 1
    world.submitted(client, request_id, 3)
    shown = world.answer_sheet(owner, request_id)
    assert (shown.row.alert_open, shown.alerts) == (True, [])


def test_a_calculated_value_cannot_be_given(world):
    _owner, client, request_id = sent(world)
    error = world.refusal(world.saved, client, request_id, 0, {"half": 3})
    assert error.fields == {"half": "unknown_question"}


def test_a_circle_cannot_be_published_and_is_told_from_place_to_place(world):
    owner = world.practitioner()
    questions = [
        Question(
            id=one, kind=QuestionKind.TEXT, text="?", shown_when=when(other, operator="answered")
        )
        for one, other in (("a", "b"), ("b", "a"))
    ]
    document = FormDocument(
        title="Round", sections=[Section(id="s", title="S", questions=questions)]
    )
    error = world.refusal(world.published, owner, document)
    assert error.code == "document_invalid"
    assert set(error.fields.values()) == {"cycle"}
    assert "sections.0.questions.1 → sections.0.questions.0" in error.detail
