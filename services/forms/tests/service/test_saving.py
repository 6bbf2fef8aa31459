"""A draft loses nothing: two tabs, repeated calls, wrong answers, parallel sends."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import func, select, text

from forms.domain.drafts import Sheet
from forms.domain.requests import FormRequest
from forms.operations.templates import shipped
from forms.storage import answers as stored
from forms.storage import requests as stored_requests
from forms.storage import responses, tables
from forms.storage.own_forms import find_locked
from portal_chassis.authority.ownership import require_client
from portal_chassis.database.erasure import erase_data_key
from portal_contracts.errors import Conflict, PortalError
from portal_contracts.forms.events import FormSubmitted
from portal_contracts.forms.rpc import requests
from portal_contracts.forms.rpc.questions import (
    Choice,
    FormDocument,
    Question,
    QuestionKind,
    Section,
)

DOCUMENT = FormDocument(
    title="Everything",
    sections=[
        Section(
            id="all",
            title="All",
            questions=[
                Question(id="words", kind=QuestionKind.TEXT, text="?", max_length=10),
                Question(id="age", kind=QuestionKind.NUMBER, text="?", minimum=18, whole=True),
                Question(id="born", kind=QuestionKind.DATE, text="?", required=False),
                Question(
                    id="which",
                    kind=QuestionKind.CHOICES,
                    text="?",
                    required=False,
                    choices=[
                        Choice(code="a", text="A"),
                        Choice(code="b", text="B"),
                        Choice(code="none", text="None of these", alone=True),
                    ],
                ),
                Question(id="agreed", kind=QuestionKind.CONSENT, text="I agree."),
                Question(id="name", kind=QuestionKind.SIGNATURE, text="Name"),
            ],
        )
    ],
)
RIGHT = {"words": "Short", "age": 30, "agreed": True, "name": "Anna Berg"}


@pytest.fixture
def owner(world):
    return world.practitioner()


@pytest.fixture
def anna(world, owner):
    return world.client_of(owner)


@pytest.fixture
def form(world, owner, anna):
    return world.sent(owner, anna, world.published(owner, DOCUMENT))


def test_of_two_tabs_the_later_one_is_told_and_nothing_is_lost(world, anna, form):
    world.saved(anna, form, 0, {"words": "First"})
    refused = world.refusal(world.saved, anna, form, 0, {"words": "Second", "age": 30})
    assert (type(refused), refused.code) == (Conflict, "stale_revision")
    assert world.refusal(world.submitted, anna, form, 0).code == "stale_revision"
    seen = world.opened(anna, form)
    assert (seen.answers, seen.revision) == ({"words": "First"}, 1)


def test_the_last_save_may_come_again_and_no_other(world, anna, form):
    first = world.saved(anna, form, 0, {"words": "First"}, "key-1")
    assert world.saved(anna, form, 0, {"words": "First"}, "key-1") == first
    for answers, key in (({"words": "Other"}, "key-1"), ({"words": "First"}, "key-2")):
        refused = world.refusal(world.saved, anna, form, 0, answers, key)
        assert refused.code == "stale_revision"
    world.saved(anna, form, 1, {"age": 30}, "key-3")
    refused = world.refusal(world.saved, anna, form, 0, {"words": "First"}, "key-1")
    assert refused.code == "stale_revision"


def test_a_save_that_changes_nothing_keeps_the_revision(world, anna, form):
    assert world.saved(anna, form, 0, {"words": None}).revision == 0
    world.saved(anna, form, 0, {"age": 30, "words": "A"})
    world.now += timedelta(minutes=1)
    assert world.saved(anna, form, 1, {"age": 30.0}).revision == 1
    assert world.saved(anna, form, 1, {}).saved_at == world.now - timedelta(minutes=1)


def test_none_and_blanks_take_an_answer_away_and_the_others_stay(world, anna, form):
    world.saved(anna, form, 0, {"words": "A", "age": 30, "which": ["b", "a", "b"]})
    assert world.opened(anna, form).answers["which"] == ["a", "b"]
    world.saved(anna, form, 1, {"words": "  ", "which": []})
    assert world.opened(anna, form).answers == {"age": 30}
    world.saved(anna, form, 2, {"age": None})
    assert world.opened(anna, form).answers == {}


def test_one_wrong_answer_refuses_the_save_and_every_one_is_named(world, anna, form):
    wrong = {
        "nothing": "x",
        "words": 3,
        "age": "30",
        "born": "2026-02-30",
        "which": ["a", "none"],
        "agreed": "yes",
        "name": "x" * 20_001,
    }
    refused = world.refusal(world.saved, anna, form, 0, wrong)
    assert refused.code == "answers_invalid"
    assert refused.fields == {
        "nothing": "unknown_question",
        "words": "wrong_type",
        "age": "wrong_type",
        "born": "not_a_date",
        "which": "alone",
        "agreed": "wrong_type",
        "name": "too_long",
    }
    assert world.opened(anna, form).answers == {}


def test_what_is_out_of_bounds_is_kept_and_keeps_the_form_from_being_sent(world, anna, form):
    saved = world.saved(anna, form, 0, {"words": "Much too long", "age": 12.5, "agreed": False})
    assert saved.percent == 0
    expected = {
        "words": "too_long",
        "age": "too_small",
        "agreed": "must_be_agreed",
        "name": "required",
    }
    seen = world.opened(anna, form)
    assert (seen.problems, seen.answers["age"]) == (expected, 12.5)
    refused = world.refusal(world.submitted, anna, form, 1)
    assert (refused.code, refused.fields) == ("form_incomplete", expected)


def test_consents_and_signatures_keep_the_time_they_were_given(world, anna, form):
    world.saved(anna, form, 0, RIGHT)
    given = world.now
    world.now += timedelta(hours=1)
    world.saved(anna, form, 1, {"words": "Other", "name": "Anna B. Berg"})
    world.submitted(anna, form, 2)
    with world.database.transaction() as tx:
        request = stored_requests.find(tx, form)
        assert isinstance(request, FormRequest)
        sheet, sent_at = responses.read_latest(tx, request, world.sealer)
        revision = stored.revision_of(tx, form)
    assert sent_at == world.now
    assert sheet.given_at == {"agreed": given, "name": world.now}
    assert revision == 2


def test_a_section_is_read_by_the_kinds_of_its_questions_and_what_is_none_is_named(
    world, anna, form
):
    born = {"born.day": "28", "born.month": "2", "born.year": "1990"}
    saved = world.typed(
        anna, form, 0, words=" A ", age="30,0", agreed="yes", **born, **{"which.b": "yes"}
    )
    assert (saved.revision, saved.refused, saved.problems) == (1, {}, {"name": "required"})
    expected = {"words": "A", "age": 30, "born": "1990-02-28", "which": ["b"], "agreed": True}
    assert world.opened(anna, form).answers == expected
    saved = world.typed(anna, form, 1, words="x" * 20_001, age="old", **born | {"born.day": "30"})
    assert saved.refused == {
        "words": "too_long",
        "age": "number_unreadable",
        "born": "date_unreadable",
    }
    assert saved.problems == {"agreed": "must_be_agreed", "name": "required"}
    kept = {name: expected[name] for name in ("words", "age", "born")}
    assert world.opened(anna, form).answers == kept, "what is no answer leaves the former"


def test_a_section_that_was_saved_since_it_was_read_is_saved_over_only_on_demand(world, anna, form):
    world.saved(anna, form, 0, {"words": "First"})
    assert world.refusal(world.typed, anna, form, 0, words="Second").code == "stale_revision"
    assert world.typed(anna, form, 0, words="First").revision == 1, "the same is no conflict"
    assert world.typed(anna, form, 0, keep=True, words="Second").revision == 2
    assert world.typed(anna, form, 2, words="Third").revision == 3


def test_a_draft_of_before_sections_had_revisions_counts_as_changed_as_a_whole(world, anna, form):
    world.saved(anna, form, 0, {"words": "First"})
    with world.database.transaction() as tx:
        own = find_locked(tx, form, require_client(anna))
        draft = stored.opened_draft(own.request, own.sealed, own.wrapped, world.sealer)
        former = msgspec.structs.replace(draft.sheet, changed={})
        stored.save_draft(tx, own.request, dataclasses.replace(draft, sheet=former), world.sealer)
    assert world.refusal(world.typed, anna, form, 0, words="Second").code == "stale_revision"
    assert world.typed(anna, form, 1, words="Second").revision == 2


@pytest.mark.parametrize("is_first", [True, False])
def test_nothing_is_kept_of_a_client_who_is_erased_while_it_is_saved(world, anna, form, is_first):
    world.saved(anna, form, 0, {"words": "First"})
    with world.database.transaction() as tx:
        if is_first:
            tx.execute(tables.draft.delete())
        own = find_locked(tx, form, require_client(anna))
        with world.database.transaction() as meanwhile:
            erase_data_key(meanwhile, anna.id, world.now)
        draft = stored.Draft(Sheet(answers={"words": "Second"}), 2, world.now, 10)
        with pytest.raises(Conflict, match="client_erased"):
            stored.save_draft(tx, own.request, draft, world.sealer, wrapped=own.wrapped)
    with world.database.transaction() as tx:
        kept = tx.execute(select(tables.draft.c.revision)).scalars().all()
    assert kept == ([] if is_first else [1])


def test_sent_twice_is_sent_once(world, anna, form):
    world.saved(anna, form, 0, RIGHT)
    first = world.submitted(anna, form, 1)
    world.now += timedelta(hours=1)
    assert world.submitted(anna, form, 1) == first
    assert world.submitted(anna, form, 0) == first


def at_once(count, doing):
    with ThreadPoolExecutor(count) as pool:
        return [one.result() for one in [pool.submit(doing, number) for number in range(count)]]


def test_parallel_sends_are_one_response_and_one_event(world, anna, form):
    world.saved(anna, form, 0, RIGHT)
    replies = at_once(6, lambda _number: world.submitted(anna, form, 1))
    assert {one.submitted_at for one in replies} == {world.now}
    with world.database.transaction() as tx:
        count = tx.execute(select(func.count()).select_from(tables.response)).scalar_one()
    assert count == 1
    assert len(world.events(FormSubmitted)) == 1


def test_of_sending_and_withdrawing_at_once_one_happens(world, owner, anna, form):
    world.saved(anna, form, 0, RIGHT)
    command = requests.GetRequest(request_id=form)

    def act(number):
        try:
            if number:
                world.submitted(anna, form, 1)
            else:
                world.ask(owner, requests.WITHDRAW_REQUEST, command)
        except Conflict as error:
            return error.code
        return "done"

    codes = at_once(2, act)
    assert codes in (["done", "withdrawn"], ["already_submitted", "done"])
    state = world.ask(owner, requests.GET_REQUEST, command).state
    assert state == ("withdrawn" if codes[0] == "done" else "submitted")


def test_of_parallel_saves_one_is_taken_and_the_others_are_told(world, anna, form):
    def save(number):
        try:
            return world.saved(anna, form, 0, {"age": 30 + number}).revision
        except PortalError as error:
            return error.code

    assert sorted(map(str, at_once(6, save))) == ["1"] + ["stale_revision"] * 5


def test_answers_stand_nowhere_in_the_clear(world, owner, anna, capfd):
    """Words, and choices of which only the code is an answer: neither is in any row."""
    canary = "quetzal canary 7731"
    intake = world.sent(owner, anna, world.from_library(owner, "intake_en"))
    world.saved(anna, intake, 0, {"concern": canary, "conditions": ["thyroid"]})
    world.refusal(world.saved, anna, intake, 1, {"burden": canary})
    world.typed(anna, intake, 1, concern=f"{canary} again", **{"conditions.thyroid": "yes"})
    scale = world.sent(owner, anna, world.from_library(owner, "phq9_en"))
    answers = {f"phq{number}": "nearly_every_day" for number in range(1, 10)}
    world.saved(anna, scale, 0, answers)
    world.submitted(anna, scale, 1)
    world.answer_sheet(owner, scale)

    kept = {}
    with world.database.transaction() as tx:
        names = tx.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).scalars()
        for name in list(names):
            rows = tx.execute(text(f'SELECT * FROM "{name}"')).all()
            kept[name] = " ".join(
                bytes(value).decode("latin-1")
                if isinstance(value, (bytes, memoryview))
                else str(value)
                for row in rows
                for value in row
            )
    for name in ("save_answers", "save_section"):
        assert name not in kept["idempotency"], "a hash of answers can be guessed"
    assert kept["draft"]
    assert kept["response"]
    for name, content in kept.items():
        assert canary not in content
        if name not in {"template", "template_version"}:
            assert "nearly_every_day" not in content
            assert "thyroid" not in content
    events = msgspec.json.encode(world.events()).decode()
    assert canary not in events
    assert canary not in "".join(capfd.readouterr())
    assert shipped()["phq9_en"].source
