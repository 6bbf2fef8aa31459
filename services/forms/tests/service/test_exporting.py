"""A template's answers leave as a table: whose, in which columns, in pages that stay small."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from forms.storage import exports as storage
from portal_chassis.database.cursors import TimeCursor
from portal_chassis.database.erasure import erase_data_key
from portal_contracts.actor import Role
from portal_contracts.errors import Forbidden, Invalid
from portal_contracts.forms.events import FormAccessRecorded
from portal_contracts.forms.rpc import exports, templates
from portal_contracts.forms.rpc.questions import (
    Choice,
    FormDocument,
    Question,
    QuestionKind,
    Score,
    Section,
)

PHQ = {f"phq{number}": "several_days" for number in range(1, 10)}


@pytest.fixture
def owner(world):
    return world.practitioner()


@pytest.fixture
def template(world, owner):
    return world.from_library(owner, "phq9_en")


def sent_back(world, owner, client, template, answers):
    request = world.sent(owner, client, template)
    world.saved(client, request, 0, answers)
    world.submitted(client, request, 1)
    return request


def begun(world, actor, template):
    return world.ask(actor, exports.BEGIN_EXPORT, exports.BeginExport(template_id=template))


def exported(world, actor, template):
    rows, pages, cursor = [], 0, None
    while pages == 0 or cursor:
        command = exports.ExportAnswers(template_id=template, cursor=cursor)
        page = world.ask(actor, exports.EXPORT_ANSWERS, command)
        rows, pages, cursor = rows + page.items, pages + 1, page.next_cursor
    return rows, pages


def logged(world):
    return [
        one.client_id for one in world.events(FormAccessRecorded) if one.act == "answers.exported"
    ]


def test_all_that_came_back_is_exported_client_by_client_and_logged_in_each_page(
    world, owner, template, monkeypatch
):
    clients = sorted((world.client_of(owner) for _ in range(3)), key=lambda one: one.id)
    forms = [sent_back(world, owner, one, template, PHQ) for one in clients for _ in range(2)]
    world.sent(owner, clients[0], template)
    world.unlocked(owner, forms[0])
    assert begun(world, owner, template).total == 6
    monkeypatch.setattr(storage, "MOST_BYTES", 1)
    rows, pages = exported(world, owner, template)
    assert pages == 6
    assert [(one.request_id, one.submission) for one in rows] == [(one, 1) for one in forms]
    assert [one.current for one in rows] == [False] + [True] * 5
    assert rows[1].answers == PHQ
    assert rows[1].scores == [Score(total=9, maximum=27, band="mild")]
    assert rows[1].cells["q_phq1"] == "Several days"
    assert (rows[1].cells["score"], rows[1].cells["score.band"]) == (9, "mild")
    assert logged(world) == [one.id for one in clients for _ in range(2)]


def test_a_cursor_that_was_made_up_leaves_no_client_out_of_the_log(world, owner, template):
    anna = world.client_of(owner)
    sent_back(world, owner, anna, template, PHQ)
    cursor = f"{anna.id.hex}.{TimeCursor(world.now - timedelta(days=1), anna.id).encode()}"
    command = exports.ExportAnswers(template_id=template, cursor=cursor)
    assert world.ask(owner, exports.EXPORT_ANSWERS, command).items[0].client_id == anna.id
    assert logged(world) == [anna.id]


def test_only_clients_whose_answers_are_shown_are_exported_or_counted(world, owner, template):
    own, hidden = world.client_of(owner), world.client_of(owner)
    forms = [sent_back(world, owner, one, template, PHQ) for one in (own, hidden)]
    world.identity.visible = [own.id]
    limited = replace(owner, caseload_only=True)
    assert begun(world, limited, template).total == 1
    assert [one.request_id for one in exported(world, limited, template)[0]] == forms[:1]
    assert logged(world) == [own.id]
    assistant = world.practitioner(owner.practice_id, Role.ASSISTANT)
    for doing in (begun, exported):
        assert type(world.refusal(doing, world, assistant, template)) is Forbidden


def test_an_erased_client_leaves_the_export(world, owner, template):
    anna, ben = world.client_of(owner), world.client_of(owner)
    forms = [sent_back(world, owner, one, template, PHQ) for one in (anna, ben)]
    with world.database.transaction() as tx:
        erase_data_key(tx, anna.id, world.now)
    assert [one.request_id for one in exported(world, owner, template)[0]] == forms[1:]
    assert logged(world) == [ben.id]


def asked(*questions):
    return FormDocument(
        title="How", sections=[Section(id="all", title="All", questions=[*questions])]
    )


def test_columns_stay_the_same_from_version_to_version(world, owner):
    choices = [Choice(code="a", text="At home"), Choice(code="b", text="Away")]
    where = Question(id="place", kind=QuestionKind.CHOICES, text="Where?", choices=choices)
    old = Question(id="old", kind=QuestionKind.YES_NO, text="Still?")
    new = Question(id="new", kind=QuestionKind.NUMBER, text="How many?")
    signed = Question(id="signed", kind=QuestionKind.SIGNATURE, text="Sign.")
    template = world.published(owner, asked(old, where))
    anna = world.client_of(owner)
    sent_back(world, owner, anna, template, {"old": True, "place": ["a", "b"]})
    reworded = replace(where, choices=[Choice(code="a", text="In your home"), choices[1]])
    command = templates.SaveTemplate(
        document=asked(new, reworded, signed), template_id=template, revision=1
    )
    world.ask(owner, templates.SAVE_TEMPLATE, command)
    published = templates.PublishTemplate(template_id=template)
    world.ask(owner, templates.PUBLISH_TEMPLATE, published)
    answers = {"new": 2.5, "place": ["a"], "signed": "Anna Berg"}
    sent_back(world, owner, anna, template, answers)
    found = begun(world, owner, template)
    assert [one.name for one in found.columns] == [
        "q_new", "q_place", "q_signed", "q_signed.given_at", "q_old",
    ]  # fmt: skip
    assert [one.number for one in found.versions] == [2, 1]
    first, second = exported(world, owner, template)[0]
    assert (first.version, first.cells) == (1, {"q_old": "yes", "q_place": "At home; Away"})
    assert second.cells == {
        "q_new": 2.5,
        "q_place": "In your home",
        "q_signed": "Anna Berg",
        "q_signed.given_at": "2026-12-01T12:00:00+00:00",
    }


@pytest.mark.parametrize("cursor", ["", "x", "x.1.2", f"{'0' * 32}.1", f"{'0' * 32}"])
def test_a_cursor_that_is_none_is_refused(world, owner, template, cursor):
    command = exports.ExportAnswers(template_id=template, cursor=cursor)
    refused = world.refusal(world.ask, owner, exports.EXPORT_ANSWERS, command)
    assert (type(refused), refused.code) == (Invalid, "cursor_invalid")


def test_a_page_is_bounded_by_what_its_answers_weigh(world, owner, template):
    """Ten thousand responses: however many there are, a page reads no more than it may hold."""
    anna = world.client_of(owner)
    request = sent_back(world, owner, anna, template, PHQ)
    copies = text(
        "INSERT INTO response (id, practice_id, client_id, request_id, answers, submitted_at,"
        " revision, superseded_at) SELECT gen_random_uuid(), practice_id, client_id, request_id,"
        " decode(repeat('00', 20000), 'hex'), submitted_at, revision, submitted_at"
        " FROM response, generate_series(1, 300) WHERE request_id = :request"
    )
    with world.database.transaction() as tx:
        tx.execute(copies, {"request": request})
        rows, more = storage.page(
            tx, template, owner.practice_id, lambda client_id: client_id == anna.id, after=None
        )
    assert more
    assert sum(len(row.sealed) for row in rows) <= storage.MOST_BYTES
    assert len(rows) >= 49
