"""Templates, their versions and the library; what can be sent, and the list of what was."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import func, select

from forms.storage import tables
from portal_contracts.calls import Nothing
from portal_contracts.forms.rpc import requests, templates
from portal_contracts.forms.rpc.questions import (
    FormDocument,
    Question,
    QuestionKind,
    RequestState,
    Section,
)

DOCUMENT = FormDocument(
    title="Mine",
    sections=[
        Section(
            id="s", title="S", questions=[Question(id="q", kind=QuestionKind.TEXT, text="What?")]
        )
    ],
)


def titled(title):
    return msgspec.structs.replace(DOCUMENT, title=title)


@pytest.fixture
def owner(world):
    return world.practitioner()


def save(world, owner, document, template_id=None, revision=0):
    command = templates.SaveTemplate(document=document, template_id=template_id, revision=revision)
    return world.ask(owner, templates.SAVE_TEMPLATE, command)


def publish(world, owner, template_id):
    command = templates.PublishTemplate(template_id=template_id)
    return world.ask(owner, templates.PUBLISH_TEMPLATE, command).number


def listed(world, owner, **options):
    return world.ask(owner, templates.LIST_TEMPLATES, templates.ListTemplates(**options)).items


def test_a_template_is_worked_on_published_and_changed(world, owner):
    template = save(world, owner, DOCUMENT).template_id
    (row,) = listed(world, owner)
    assert (row.title, row.questions, row.published, row.changed) == ("Mine", 1, None, True)
    assert publish(world, owner, template) == 1
    assert publish(world, owner, template) == 1
    (row,) = listed(world, owner)
    assert (row.published, row.changed, row.sent) == (1, False, 0)
    assert save(world, owner, titled("Yours"), template, 1).revision == 2
    (row,) = listed(world, owner)
    assert (row.title, row.published, row.changed) == ("Yours", 1, True)
    assert publish(world, owner, template) == 2
    found = world.ask(owner, templates.GET_TEMPLATE, templates.GetTemplate(template_id=template))
    assert (found.document, found.revision, found.row.published) == (titled("Yours"), 2, 2)


def test_a_template_saved_elsewhere_is_not_overwritten(world, owner):
    template = save(world, owner, DOCUMENT).template_id
    save(world, owner, titled("Theirs"), template, 1)
    refused = world.refusal(save, world, owner, titled("Mine again"), template, 1)
    assert refused.code == "stale_revision"
    assert [row.title for row in listed(world, owner)] == ["Theirs"]


def test_a_document_that_does_not_hold_together_is_not_saved(world, owner):
    refused = world.refusal(save, world, owner, FormDocument(title="", sections=[]))
    assert refused.code == "document_invalid"
    assert refused.fields == {"title": "required", "sections": "required"}
    assert listed(world, owner) == []


def test_what_a_change_of_a_template_leaves_out_stays(world, owner):
    described = msgspec.structs.replace(DOCUMENT, intro="Hello.", minutes=12)
    template = save(world, owner, described).template_id
    sent = {"template_id": template, "revision": 1, "document": {"title": "Yours"}}
    change = msgspec.convert(sent, templates.SaveTemplate)
    world.ask(owner, templates.SAVE_TEMPLATE, change)
    found = world.ask(owner, templates.GET_TEMPLATE, templates.GetTemplate(template_id=template))
    assert found.document == msgspec.structs.replace(described, title="Yours")
    assert not found.archived
    add = msgspec.convert({"document": {"title": "Mine"}}, templates.SaveTemplate)
    refused = world.refusal(world.ask, owner, templates.SAVE_TEMPLATE, add)
    assert refused.fields == {"sections": "required"}


def test_what_was_sent_keeps_the_version_it_was_sent_in(world, owner):
    anna = world.client_of(owner)
    template = world.published(owner, DOCUMENT)
    first = world.sent(owner, anna, template)
    save(world, owner, titled("Newer"), template, 1)
    second = world.sent(owner, anna, template)
    publish(world, owner, template)
    third = world.sent(owner, anna, template)
    titles = [world.opened(anna, one).document.title for one in (first, second, third)]
    assert titles == ["Mine", "Mine", "Newer"]
    assert [row.sent for row in listed(world, owner)] == [3]


def test_only_what_is_published_and_in_use_is_sent(world, owner):
    anna = world.client_of(owner)
    template = save(world, owner, DOCUMENT).template_id
    assert world.refusal(world.sent, owner, anna, template).code == "not_published"
    publish(world, owner, template)
    archive = templates.ArchiveTemplate(template_id=template, archived=True)
    world.ask(owner, templates.ARCHIVE_TEMPLATE, archive)
    assert world.refusal(world.sent, owner, anna, template).code == "template_archived"
    assert listed(world, owner) == []
    assert [row.archived for row in listed(world, owner, with_archived=True)] == [True]
    back = templates.ArchiveTemplate(template_id=template, archived=False)
    world.ask(owner, templates.ARCHIVE_TEMPLATE, back)
    world.sent(owner, anna, template)
    past = world.now.date() - timedelta(days=2)
    refused = world.refusal(world.sent, owner, anna, template, due_on=past)
    assert refused.fields == {"due_on": "due_on_past"}


def test_a_form_of_the_library_is_there_once_however_often_it_is_added(world, owner):
    with ThreadPoolExecutor(4) as pool:
        adding = [pool.submit(world.from_library, owner, "phq9_de") for _ in range(4)]
        assert len({one.result() for one in adding}) == 1
    template = adding[0].result()
    archive = templates.ArchiveTemplate(template_id=template, archived=True)
    world.ask(owner, templates.ARCHIVE_TEMPLATE, archive)
    assert world.from_library(owner, "phq9_de") == template
    assert [row.archived for row in listed(world, owner)] == [False]
    with world.database.transaction() as tx:
        versions = select(func.count()).select_from(tables.template_version)
        assert tx.execute(versions).scalar_one() == 1
    library = world.ask(owner, templates.LIST_LIBRARY, Nothing()).items
    assert [one.key for one in library if one.added] == ["phq9_de"]
    other = world.practitioner()
    assert world.from_library(other, "phq9_de") != template
    assert world.refusal(world.from_library, owner, "made_up").code == "library_form_not_found"


def test_what_was_sent_is_listed_by_pages_and_filters(world, owner):
    anna, ben = world.client_of(owner), world.client_of(owner)
    mine, gad = world.published(owner, DOCUMENT), world.from_library(owner, "gad7_en")
    sent = []
    for client, template in ((anna, mine), (ben, mine), (anna, gad), (ben, gad), (anna, mine)):
        sent.append(world.sent(owner, client, template))
        world.now += timedelta(minutes=len(sent) % 2)
    world.opened(anna, sent[0])

    def page(**which):
        return world.ask(owner, requests.LIST_REQUESTS, requests.ListRequests(**which))

    seen, cursor = [], None
    while True:
        found = page(limit=2, cursor=cursor)
        seen += [one.id for one in found.items]
        cursor = found.next_cursor
        if cursor is None:
            break
    assert seen == sent[::-1]
    assert [one.id for one in page(client_id=ben.id).items] == [sent[3], sent[1]]
    assert [one.id for one in page(client_id=anna.id, template_id=gad).items] == [sent[2]]
    assert [one.id for one in page(state=RequestState.STARTED).items] == [sent[0]]
    for made_up in ("x", "1.2.3", "9" * 40 + "." + "0" * 32):
        assert world.refusal(page, cursor=made_up).code == "cursor_invalid"
