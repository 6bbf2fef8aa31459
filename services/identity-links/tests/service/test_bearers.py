"""Who is behind a bearer, for how long, and how often it may ask."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from identity_links.domain.throttle import HOUR, MINUTE, Quota, Window
from identity_links.operations import api_tokens, bearers, clients, team
from identity_links.storage import tables
from portal_contracts.actor import ActorKind, Role
from portal_contracts.errors import Forbidden, NotFound, PortalError
from portal_contracts.identity_links.rpc.api_tokens import ResolveBearer, RevokeApiToken
from portal_contracts.identity_links.rpc.clients import ClientStatus, SetClientStatus
from portal_contracts.identity_links.rpc.team import EditTeamMember
from portal_contracts.permissions import Permission, has_permission
from tests.kit.statements import statements_of_this_process

MANY = Quota(1_000, MINUTE)
SOME = Window(1_000, HOUR)


@pytest.fixture
def owner(world):
    return world.owner(device_idle_minutes=60, device_absolute_minutes=24 * 60)


def resolve(world, bearer_hash, *, requests=MANY, failures=SOME, address="198.51.100.9"):
    return bearers.resolve_bearer(
        world.database,
        ResolveBearer(bearer_hash=bearer_hash, address=address),
        requests=requests,
        failures=failures,
        now=world.now,
    )


def refusal(world, bearer_hash, **limits):
    with pytest.raises(PortalError) as error:
        resolve(world, bearer_hash, **limits)
    return type(error.value), error.value.code, error.value.retry_after_seconds


ENDED = (NotFound, "bearer_ended", None)


def waits(seconds):
    return (Forbidden, "too_many_requests", seconds)


def test_a_token_tells_whose_program_it_is_and_what_it_may(world, owner):
    made = world.token(owner, scopes=[Permission.CLIENTS_READ, Permission.FORMS_READ])
    found = resolve(world, made.token_hash)
    assert (found.id, found.actor.id, found.actor.role) == (made.id, owner.id, Role.OWNER)
    assert found.actor.scopes == ("clients.read", "forms.read")
    assert found.actor.token_id == made.id
    assert (found.practice.id, found.language, found.timezone) == (
        owner.practice_id,
        "en",
        found.practice.timezone,
    )


def test_a_client_s_bearer_is_a_device_of_hers(world, owner):
    anna = world.client(owner, language="de", timezone="Europe/Vienna")
    found = resolve(world, world.enter(owner, anna))
    assert (found.actor.kind, found.actor.id, found.actor.scopes) == (ActorKind.CLIENT, anna, None)
    assert (found.practice.id, found.language, found.timezone) == (
        owner.practice_id,
        "de",
        "Europe/Vienna",
    )


def test_a_token_never_may_more_than_the_role_now(world, owner):
    colleague = world.practitioner(owner.practice_id, Role.PRACTITIONER)
    made = world.token(colleague, scopes=[Permission.NOTES_READ, Permission.CLIENTS_READ])
    assert has_permission(resolve(world, made.token_hash).actor, Permission.NOTES_READ)
    demoted = EditTeamMember(
        practitioner_id=colleague.id, version=1, name="Dr Rivera", role=Role.ASSISTANT
    )
    world.ask(team.edit_team_member, demoted, owner)
    actor = resolve(world, made.token_hash).actor
    assert not has_permission(actor, Permission.NOTES_READ)
    assert has_permission(actor, Permission.CLIENTS_READ)


def test_unknown_revoked_and_expired_bearers_read_alike(world, owner, fresh_hash):
    revoked, expired = world.token(owner), world.token(owner, days=1)
    command = RevokeApiToken(token_id=revoked.id)
    world.ask(api_tokens.revoke_api_token, command, owner)
    world.later(days=1)
    for bearer_hash in (fresh_hash(), revoked.token_hash, expired.token_hash):
        assert refusal(world, bearer_hash) == ENDED


def test_a_client_s_bearer_ends_when_idle_and_when_she_is_archived(world, owner):
    anna = world.client(owner)
    idle, kept = world.enter(owner, anna), world.enter(owner, anna)
    world.later(minutes=59)
    resolve(world, kept)
    world.later(minutes=1)
    assert refusal(world, idle) == ENDED
    resolve(world, kept)
    archive = SetClientStatus(client_id=anna, status=ClientStatus.ARCHIVED)
    world.ask(clients.set_client_status, archive, owner)
    assert refusal(world, kept) == ENDED


def last_used(world):
    with world.database.transaction() as tx:
        return tx.execute(select(tables.api_token.c.last_used_at)).scalar_one()


def test_use_is_written_down_at_most_once_a_minute(world, owner):
    made = world.token(owner)
    resolve(world, made.token_hash)
    first = last_used(world)
    assert first == world.now
    world.later(seconds=59)
    resolve(world, made.token_hash)
    assert last_used(world) == first
    world.later(seconds=1)
    resolve(world, made.token_hash)
    assert last_used(world) == world.now


def test_a_request_takes_two_statements(world, owner):
    bearer_hashes = [world.token(owner).token_hash, world.enter(owner, world.client(owner))]
    for bearer_hash in bearer_hashes:
        resolve(world, bearer_hash)
        with statements_of_this_process() as seen:
            resolve(world, bearer_hash)
        assert len(seen) == 2


def test_a_client_s_bearers_ask_so_often_together(world, owner):
    """Whoever enters again gets another bearer, and no more requests by that."""
    anna, boris = world.client(owner), world.client(owner)
    first, second = world.enter(owner, anna), world.enter(owner, anna)
    two = Quota(2, MINUTE)
    assert resolve(world, first, requests=two).allowance.left == 1
    assert resolve(world, second, requests=two).allowance.left == 0
    assert refusal(world, first, requests=two)[1] == "too_many_requests"
    assert refusal(world, world.enter(owner, anna), requests=two)[1] == "too_many_requests"
    resolve(world, world.enter(owner, boris), requests=two)


def test_a_bearer_asks_so_often_a_minute_and_no_other_waits_for_it(world, owner):
    made, other = world.token(owner), world.enter(owner, world.client(owner))
    limit = Quota(3, MINUTE)
    world.later(seconds=-(world.now.timestamp() % 5))
    told = [resolve(world, made.token_hash, requests=limit).allowance for _ in range(3)]
    assert [(one.limit, one.seconds, one.left) for one in told] == [
        (3, 60, 2),
        (3, 60, 1),
        (3, 60, 0),
    ]
    assert told[-1].more_in_seconds == 65
    world.later(seconds=15)
    assert refusal(world, made.token_hash, requests=limit) == waits(50)
    resolve(world, other, requests=limit)
    world.later(seconds=50)
    assert resolve(world, made.token_hash, requests=limit).allowance.left == 2


def test_no_minute_has_more_than_are_allowed_wherever_it_begins(world, owner):
    made, limit, heard, told = world.token(owner), Quota(4, MINUTE), [], set()
    for step in range(90):
        world.later(seconds=(step * 7) % 4)
        try:
            resolve(world, made.token_hash, requests=limit)
        except Forbidden as error:
            told.add(error.retry_after_seconds)
        else:
            heard.append(world.now)
    assert told <= set(range(1, 66))
    assert len(heard) > 8
    for first, fifth in zip(heard, heard[4:], strict=False):
        assert (fifth - first).total_seconds() >= 60


def test_what_is_not_heard_keeps_nobody_waiting_longer(world, owner):
    made, limit = world.token(owner), Quota(1, MINUTE)
    world.later(seconds=-(world.now.timestamp() % 5))
    resolve(world, made.token_hash, requests=limit)
    for _ in range(64):
        world.later(seconds=1)
        refusal(world, made.token_hash, requests=limit)
    world.later(seconds=1)
    resolve(world, made.token_hash, requests=limit)


def test_a_burst_of_requests_is_counted_one_by_one(world, owner):
    made, limit = world.token(owner), Quota(5, MINUTE)

    def ask(_):
        try:
            return resolve(world, made.token_hash, requests=limit).id
        except Forbidden as error:
            return error.code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(12)))
    assert answers.count(made.id) == 5
    assert answers.count("too_many_requests") == 7


def test_unknown_bearers_are_counted_per_network_and_a_good_one_of_it_works(
    world, owner, fresh_hash
):
    limit = Window(2, HOUR)
    assert [refusal(world, fresh_hash(), failures=limit)[1] for _ in range(3)] == [
        "bearer_ended",
        "bearer_ended",
        "too_many_requests",
    ]
    world.later(minutes=20)
    assert refusal(world, fresh_hash(), failures=limit) == waits(2_400)
    assert refusal(world, fresh_hash(), failures=limit, address="203.0.113.1") == ENDED
    resolve(world, world.token(owner).token_hash, failures=limit)
