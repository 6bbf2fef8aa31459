"""A practitioner makes, lists and revokes tokens for programs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from identity_links.domain.api_tokens import MOST_LIVE_TOKENS
from identity_links.domain.attribution import BY_ADMIN
from identity_links.operations import admin_acts, api_tokens
from identity_links.storage import tables
from portal_chassis.call import Call
from portal_contracts.actor import NOBODY, Role, service_actor
from portal_contracts.calls import Done
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound, PortalError
from portal_contracts.identity_links.rpc.api_tokens import CreateApiToken, RevokeApiToken
from portal_contracts.permissions import Permission


@pytest.fixture
def owner(world):
    return world.owner()


def listed(world, actor):
    with world.database.transaction() as tx:
        return api_tokens.list_api_tokens(tx, Asked(actor), now=world.now).items


class Asked:
    """Who asks, where the operation takes no arguments."""

    request_id, address = "req-1", "192.0.2.7"

    def __init__(self, actor):
        self.actor = actor


def revoke(world, actor, token_id):
    return world.ask(api_tokens.revoke_api_token, RevokeApiToken(token_id=token_id), actor)


def test_a_token_is_made_listed_and_revoked_and_each_act_is_logged(world, owner):
    scopes = [Permission.CLIENTS_WRITE, Permission.CLIENTS_READ, Permission.CLIENTS_READ]
    made = world.token(owner, name="  Night\tbackup ", scopes=scopes, days=7)
    assert made.expires_at == world.now + timedelta(days=7)
    [token] = listed(world, owner)
    assert (token.id, token.name, token.last_used_at) == (made.id, "Night backup", None)
    assert token.scopes == [Permission.CLIENTS_READ, Permission.CLIENTS_WRITE]
    assert revoke(world, owner, made.id) == revoke(world, owner, made.id) == Done()
    assert listed(world, owner) == []
    acts = [(row.act, row.subject_id) for row in world.log(owner.practice_id)]
    assert acts[-2:] == [("api_token.created", made.id), ("api_token.revoked", made.id)]


def test_the_list_is_the_practitioners_own_newest_first_without_what_has_ended(world, owner):
    world.token(world.practitioner(owner.practice_id))
    world.token(owner, name="short", days=1)
    world.later(hours=1)
    world.token(owner, name="long", days=90)
    assert [one.name for one in listed(world, owner)] == ["long", "short"]
    world.later(hours=23)
    assert [one.name for one in listed(world, owner)] == ["long"]


def test_of_its_value_only_the_hash_is_kept_and_it_is_taken_once(world, owner):
    made = world.token(owner)
    with world.database.transaction() as tx:
        assert tx.execute(select(tables.api_token.c.token_hash)).scalars().all() == [
            made.token_hash
        ]
    with pytest.raises(Conflict, match="token_taken"):
        world.token(owner, token_hash=made.token_hash)


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"name": " "}, "name", "name_missing"),
        ({"name": "x" * 101}, "name", "name_too_long"),
        ({"name": "\x00"}, "name", "name_missing"),
        ({"scopes": []}, "scopes", "scopes_missing"),
        ({"scopes": [Permission.NOTES_READ]}, "scopes", "scopes_not_granted"),
    ],
)
def test_name_and_scopes_are_judged(world, owner, fields, field, code):
    assistant = world.practitioner(owner.practice_id, Role.ASSISTANT)
    with pytest.raises(Invalid) as error:
        world.token(assistant, **fields)
    assert error.value.fields == {field: code}


def test_the_role_is_read_anew_not_taken_from_who_asks(world, owner):
    assistant = world.practitioner(owner.practice_id, Role.ASSISTANT)
    as_before = replace(assistant, role=Role.OWNER)
    with pytest.raises(Invalid):
        world.token(as_before, scopes=[Permission.PRACTICE_WRITE])


@pytest.mark.parametrize("who", ["token", "client", "nobody", "service"])
def test_only_a_practitioner_in_person_has_to_do_with_tokens(world, owner, as_client, who):
    made = world.token(owner)
    actor = {
        "token": replace(owner, scopes=tuple(Permission)),
        "client": as_client(world.client(owner), owner.practice_id),
        "nobody": NOBODY,
        "service": service_actor("notifications"),
    }[who]
    for attempt in (world.token, listed_by(world), revoked_by(world, made.id)):
        with pytest.raises(Forbidden, match="not_allowed"):
            attempt(actor)
    assert [one.id for one in listed(world, owner)] == [made.id]


def listed_by(world):
    return lambda actor: listed(world, actor)


def revoked_by(world, token_id):
    return lambda actor: revoke(world, actor, token_id)


def test_another_s_token_is_like_one_that_never_was(world, owner):
    made = world.token(owner)
    said = []
    for actor in (world.practitioner(owner.practice_id, Role.PRACTITIONER), world.owner()):
        for token_id in (made.id, uuid4()):
            with pytest.raises(NotFound) as error:
                revoke(world, actor, token_id)
            said.append((error.value.code, error.value.detail))
    assert len(set(said)) == 1
    assert [one.id for one in listed(world, owner)] == [made.id]


def test_an_owner_sees_and_ends_the_tokens_of_the_own_practice(world, owner):
    colleague = world.practitioner(owner.practice_id, Role.PRACTITIONER)
    made, elsewhere = world.token(colleague), world.token(world.owner())

    def everybodys(actor):
        return world.run(api_tokens.list_practice_tokens, Asked(actor), now=world.now).items

    assert [(one.id, one.owner) for one in everybodys(owner)] == [(made.id, "Dr Rivera")]
    for actor in (colleague, replace(owner, scopes=(Permission.PRACTICE_WRITE,))):
        with pytest.raises(Forbidden):
            everybodys(actor)
    revoke(world, owner, made.id)
    assert everybodys(owner) == []
    with pytest.raises(NotFound):
        revoke(world, owner, elsewhere.id)


def test_there_are_at_most_twenty_however_many_are_made_at_once(world, owner):
    for _ in range(MOST_LIVE_TOKENS - 2):
        world.token(owner)

    def make(_):
        try:
            return world.token(owner)
        except PortalError as error:
            return error.code

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(make, range(6)))
    assert made.count("token_limit_reached") == 4
    assert len(listed(world, owner)) == MOST_LIVE_TOKENS
    revoke(world, owner, listed(world, owner)[0].id)
    world.token(owner)


def test_support_revokes_a_token_of_whichever_practice(world, owner):
    made = world.token(owner)
    for _ in range(2):
        world.run(admin_acts.revoke_token, made.id, BY_ADMIN, now=world.now)
    assert listed(world, owner) == []
    assert world.acts(owner.practice_id).count(("api_token.revoked", "done")) == 1
    with pytest.raises(NotFound):
        world.run(admin_acts.revoke_token, uuid4(), BY_ADMIN, now=world.now)


def test_a_refusal_is_written_down_with_the_token(world, owner):
    from identity_links.operations import access_log
    from portal_contracts.identity_links.rpc.api_tokens import REVOKE_API_TOKEN

    token_id = uuid4()
    command = RevokeApiToken(token_id=token_id)
    call = Call(owner, "req-1", None, REVOKE_API_TOKEN, world.now, arguments=command)
    world.run(access_log.record_refused_call, call, NotFound("not_found"))
    row = world.log(owner.practice_id)[-1]
    assert (row.act, row.outcome, row.subject_id) == ("api_token.revoked", "denied", token_id)


def test_a_lifetime_beyond_a_year_cannot_be_asked_for():
    import msgspec

    wire = {"name": "x", "token_hash": "0" * 64, "scopes": [], "days": 367}
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(wire), type=CreateApiToken)
