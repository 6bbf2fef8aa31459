"""A practitioner makes a token for a program, sees it once, and revokes it."""

import hashlib
import re

import pytest

from gateway.api.all_operations import OPERATIONS
from gateway.words.scopes import scope_groups
from portal_contracts.errors import Conflict
from portal_contracts.identity_links.rpc.api_tokens import ResolveBearer
from portal_contracts.permissions import Permission

LIST = "/console/settings/api-tokens"
NEW = f"{LIST}/new"
VALUE = re.compile(r"lk_api_[A-Za-z0-9_-]{43}")


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


def make_token(browser, **fields):
    given = {"name": "Night backup", "days": "30", "scopes": "clients.read"} | fields
    return browser.submit(browser.open(NEW), NEW, given)


def test_the_settings_lead_to_an_empty_list_and_on_to_the_form(doctor):
    assert LIST in doctor.open("/console/settings").links
    page = doctor.open(LIST)
    assert "No token yet" in page.html
    assert NEW in page.links
    assert doctor.open(NEW).form(NEW).fields["days"] == "90"


def test_a_token_is_shown_once_and_is_the_practitioners_own(house, doctor):
    page = make_token(doctor)
    assert page.status == 200
    [value] = set(VALUE.findall(page.html))
    command = ResolveBearer(bearer_hash=hashlib.sha256(value.encode()).hexdigest())
    bearer = house.services.identity.resolve_bearer(command, house.doctor.actor)
    assert (bearer.actor.id, bearer.actor.scopes) == (house.doctor.id, ("clients.read",))
    listed = doctor.open(LIST)
    assert "Night backup" in listed.html
    assert "See clients and their details" in listed.html
    assert not VALUE.search(listed.html)


def test_a_double_press_makes_one_token_and_shows_the_same_value(house, doctor):
    fields = doctor.open(NEW).form(NEW).fields | {"name": "x", "scopes": "clients.read"}
    values = [VALUE.findall(doctor.post(NEW, fields).html) for _ in range(2)]
    assert values[0] == values[1] != []
    assert len(house.services.identity.tokens) == 1


def test_a_lost_reply_is_sent_again_and_makes_one_token(house, doctor):
    house.services.lost_replies.add("identity_links.create_api_token")
    away = make_token(doctor)
    assert away.status == 503
    house.services.lost_replies.clear()
    assert VALUE.search(doctor.submit(away, NEW).html)
    assert len(house.services.identity.tokens) == 1


def test_what_is_wrong_stands_by_its_field_and_what_was_typed_is_kept(doctor):
    page = doctor.submit(doctor.open(NEW), NEW, {"name": "Import", "days": "30"})
    assert page.status == 422
    assert 'id="error-scopes"' in page.html
    assert (page.form(NEW).fields["name"], page.form(NEW).fields["days"]) == ("Import", "30")
    page = make_token(doctor, name="")
    assert 'id="error-name"' in page.html
    assert page.form(NEW).fields["scopes"] == "clients.read"
    assert 'id="error-days"' in make_token(doctor, days="1000").html
    assert 'id="error-scopes"' in make_token(doctor, scopes="everything").html


def test_a_name_that_is_too_long_is_told_the_limit_of_tokens(doctor):
    assert "Use at most 100 characters" in make_token(doctor, name="x" * 101).html


def test_as_many_as_there_can_be_is_told_in_words(house, doctor):
    house.services.answers["identity_links.create_api_token"] = Conflict("token_limit_reached")
    page = make_token(doctor)
    assert page.status == 409
    assert "Revoke one first" in page.html


def test_only_what_the_role_grants_can_be_chosen(house):
    desk = house.as_practitioner(house.assistant())
    page = desk.open(NEW)
    assert f'value="{Permission.CLIENTS_READ}"' in page.html
    assert str(Permission.NOTES_READ) not in page.html
    assert 'id="error-scopes"' in make_token(desk, scopes="notes.read").html


def test_every_scope_that_an_operation_of_the_api_needs_can_be_chosen():
    needed = {one.permission for one in OPERATIONS} - {None}
    offered = {scope for group in scope_groups(Permission) for scope in group.scopes}
    within = {Permission.REMARK_READ, Permission.REMARK_WRITE}  # a part of a client's details
    assert offered == needed | within


def test_revoking_asks_first(house, doctor):
    make_token(doctor)
    [token_id] = house.services.identity.tokens
    page = doctor.open(f"{LIST}/{token_id}/revoke")
    assert "Night backup" in page.html
    assert len(house.services.identity.tokens) == 1
    gone = doctor.submit(page, f"{LIST}/{token_id}/revoke")
    assert gone.headers["location"] == LIST
    assert "is revoked" in doctor.follow(gone).html
    assert house.services.identity.tokens == {}


def test_a_colleague_s_token_is_not_there(house, doctor):
    make_token(doctor)
    [token_id] = house.services.identity.tokens
    desk = house.as_practitioner(house.assistant())
    assert "Night backup" not in desk.open(LIST).html
    for path in (f"{LIST}/{token_id}/revoke",):
        assert desk.open(path).status == 404
    page = desk.open(NEW)
    fields = {name: page.form(NEW).fields[name] for name in ("csrf", "idempotency_key")}
    assert desk.post(f"{LIST}/{token_id}/revoke", fields).status == 404
    assert len(house.services.identity.tokens) == 1


def test_the_list_is_missed_in_words_while_the_service_is_away(house, doctor):
    house.services.down.add("identity_links.list_api_tokens")
    page = doctor.open(LIST)
    assert page.status == 200
    assert "not available right now" in page.html


def test_an_owner_sees_and_revokes_the_tokens_of_colleagues(house, doctor):
    desk = house.as_practitioner(house.assistant())
    make_token(desk, name="Desk import")
    [token_id] = house.services.identity.tokens
    page = doctor.open(LIST)
    assert "Tokens of colleagues" in page.html
    assert "Desk import" in page.html
    revoke = f"{LIST}/{token_id}/revoke"
    asked = doctor.open(revoke)
    assert "Desk import" in asked.html
    assert doctor.submit(asked, revoke).status == 303
    assert house.services.identity.tokens == {}


def test_nobody_but_an_owner_sees_the_tokens_of_colleagues(house, doctor):
    make_token(doctor)
    [token_id] = house.services.identity.tokens
    desk = house.as_practitioner(house.assistant())
    assert "Night backup" not in desk.open(LIST).html
    assert desk.open(f"{LIST}/{token_id}/revoke").status == 404
    csrf = next(form.fields["csrf"] for form in desk.open(LIST).forms if "csrf" in form.fields)
    fields = {"csrf": csrf, "idempotency_key": "k" * 20}
    assert desk.post(f"{LIST}/{token_id}/revoke", fields).status == 404
    assert len(house.services.identity.tokens) == 1
