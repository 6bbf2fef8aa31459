"""What the portal's home shows of forms."""

from datetime import date, timedelta

import pytest

from forms.operations.portal import portal_forms, require_own_portal
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Actor, ActorKind, Role, service_actor
from portal_contracts.calls import PortalOf
from portal_contracts.errors import Forbidden, NotFound


@pytest.fixture
def forms_of(database):
    def ask(actor):
        with database.transaction() as tx:
            return portal_forms(tx, require_own_portal(actor, PortalOf()))

    return ask


def ids(found):
    return [one.id for one in found.to_do]


def test_a_new_client_has_nothing_to_do(practice, forms_of):
    found = forms_of(practice.client())
    assert found.to_do == []
    assert found.submitted_total == 0


def test_a_form_is_told_as_its_version_has_it(practice, forms_of):
    client = practice.client()
    version = practice.version(title="Consent to treatment", minutes=7)
    due_on = date(2026, 12, 9)
    request = practice.request(client, version_id=version, due_on=due_on)
    (found,) = forms_of(client).to_do
    assert found.id == request
    assert (found.title, found.minutes, found.percent) == ("Consent to treatment", 7, 0)
    assert found.due_on == due_on
    assert found.sent_at == practice.now - timedelta(days=1)
    assert found.sent_at.tzinfo is not None


def test_a_later_version_leaves_a_sent_form_as_it_was(practice, forms_of):
    client = practice.client()
    template = practice.template()
    first = practice.version(template_id=template, title="Intake 2025")
    practice.request(client, version_id=first)
    practice.version(template_id=template, number=2, title="Intake 2026")
    assert [one.title for one in forms_of(client).to_do] == ["Intake 2025"]


def test_a_started_form_tells_how_far_the_client_got(practice, forms_of):
    client = practice.client()
    request = practice.request(client, state="started")
    practice.draft(client, request, percent=40)
    assert [one.percent for one in forms_of(client).to_do] == [40]


def test_each_client_sees_her_own_forms_alone(practice, forms_of):
    anna, ben = practice.client(), practice.client()
    of_anna, of_ben = practice.request(anna), practice.request(ben)
    practice.request(ben, state="submitted")
    assert (ids(forms_of(anna)), forms_of(anna).submitted_total) == ([of_anna], 0)
    assert (ids(forms_of(ben)), forms_of(ben).submitted_total) == ([of_ben], 1)


def test_the_same_id_in_another_practice_sees_nothing(practice, forms_of):
    client = practice.client()
    practice.request(client)
    practice.request(client, state="submitted")
    found = forms_of(Actor(kind=ActorKind.CLIENT, id=client.id, practice_id=new_id()))
    assert (found.to_do, found.submitted_total) == ([], 0)


@pytest.mark.parametrize("state", ["submitted", "reviewed", "withdrawn"])
def test_what_no_longer_waits_is_not_to_do(practice, forms_of, state):
    client = practice.client()
    practice.request(client, state=state)
    assert forms_of(client).to_do == []


def test_submitted_and_reviewed_forms_are_counted_and_others_are_not(practice, forms_of):
    client = practice.client()
    for state in ("not_opened", "started", "submitted", "reviewed", "withdrawn"):
        practice.request(client, state=state)
    found = forms_of(client)
    assert found.submitted_total == 2
    assert len(found.submitted) == 2
    assert len(found.to_do) == 2


def test_a_client_asks_for_no_other_portal_than_her_own(practice):
    client = practice.client()
    assert require_own_portal(client, PortalOf(client_id=client.id)).id == client.id
    with pytest.raises(NotFound):
        require_own_portal(client, PortalOf(client_id=new_id()))


def test_the_most_urgent_comes_first(practice, forms_of):
    client = practice.client()
    today = practice.now.date()
    names = {}
    for name, due_in_days, sent_days_ago in (
        ("no day, sent late", None, 1),
        ("due later", 9, 3),
        ("no day, sent early", None, 8),
        ("overdue by two", -2, 2),
        ("due soon, sent late", 1, 1),
        ("overdue by five", -5, 6),
        ("due soon, sent early", 1, 4),
    ):
        due_on = None if due_in_days is None else today + timedelta(days=due_in_days)
        request = practice.request(client, due_on=due_on, sent_days_ago=sent_days_ago)
        names[request] = name
    assert [names[one] for one in ids(forms_of(client))] == [
        "overdue by five",
        "overdue by two",
        "due soon, sent early",
        "due soon, sent late",
        "due later",
        "no day, sent early",
        "no day, sent late",
    ]


@pytest.mark.parametrize(
    "actor",
    [
        NOBODY,
        Actor(kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER),
        service_actor("notifications"),
    ],
    ids=["nobody", "practitioner", "service"],
)
def test_only_a_client_has_a_portal(forms_of, actor):
    with pytest.raises(Forbidden) as error:
        forms_of(actor)
    assert error.value.code == "not_allowed"
