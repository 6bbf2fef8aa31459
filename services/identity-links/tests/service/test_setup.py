"""The first run: one address makes the first practice and its owner, once."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from identity_links.domain.attribution import Attribution
from identity_links.domain.devices import Lifetime
from identity_links.operations import devices, setup
from identity_links.storage.tables import practice, practitioner, setup_address
from portal_chassis.database.transaction_guard import in_transaction
from portal_contracts.actor import NOBODY, Role
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.identity_links.rpc.devices import ResolveDevice
from portal_contracts.identity_links.rpc.setup import LookAtSetup, SetUp, SetupState

PORTAL = "https://portal.example"
TYPED = {
    "practice_name": "Praxis Rivera",
    "timezone": "europe/berlin",
    "language": "de",
    "country": "de",
    "name": "Dr Rivera",
    "email": "rivera@practice.example",
    "password": "correct horse battery",
}


@pytest.fixture
def desk(world, fresh_hash):
    class Desk:
        def token(self):
            address = world.run(setup.make_setup_address, PORTAL, now=world.now)
            return address and self.hash_of(address.removeprefix(f"{PORTAL}/setup/"))

        def hash_of(self, token):
            return hashlib.sha256(token.encode()).hexdigest()

        def state(self, token_hash):
            return world.run(
                setup.look_at_setup, LookAtSetup(token_hash=token_hash), now=world.now
            ).state

        def make_hash(self, password):
            assert not in_transaction(), "the slow hash holds no transaction open"
            return f"#{len(password)}"

        def set_up(self, token_hash, **changed):
            given = TYPED | {"token_hash": token_hash, "device_hash": fresh_hash()} | changed
            return setup.set_up(
                world.database,
                SetUp(**given),
                Attribution(NOBODY, "req-1", "192.0.2.7"),
                make_hash=self.make_hash,
                lifetime=Lifetime(120, 720),
                now=world.now,
            )

        def practices(self):
            with world.database.transaction() as tx:
                return tx.execute(select(practice)).all()

    return Desk()


def test_an_address_makes_a_practice_with_its_owner_who_is_signed_in(world, desk, fresh_hash):
    token_hash, cookie = desk.token(), fresh_hash()
    made = desk.set_up(token_hash, device_hash=cookie)
    assert (made.name, made.actor.role, made.language) == ("Dr Rivera", Role.OWNER, "de")
    [stored] = desk.practices()
    assert (stored.name, stored.timezone, stored.language, stored.country) == (
        "Praxis Rivera",
        "Europe/Berlin",
        "de",
        "DE",
    )
    resolved = world.run(
        devices.resolve_console_device, ResolveDevice(device_hash=cookie), now=world.now
    )
    assert resolved.actor == made.actor
    rows = world.log(stored.id)
    assert [row.act for row in rows] == ["practice.added", "practitioner.added", "sign_in"]
    assert {row.actor_id for row in rows} == {made.actor.id}


def test_only_the_hash_of_an_address_is_kept(world, desk):
    address = world.run(setup.make_setup_address, PORTAL, now=world.now)
    token = address.removeprefix(f"{PORTAL}/setup/")
    with world.database.transaction() as tx:
        [row] = tx.execute(select(setup_address)).all()
    assert row.token_hash == desk.hash_of(token)
    assert token not in repr(row)


def test_an_address_ends_after_an_hour_with_its_use_and_with_a_fresh_one(world, desk):
    first = desk.token()
    second = desk.token()
    assert [desk.state(first), desk.state(second)] == [SetupState.EXPIRED, SetupState.LIVE]
    world.later(minutes=59)
    assert desk.state(second) is SetupState.LIVE
    world.later(minutes=1)
    assert desk.state(second) is SetupState.EXPIRED
    third = desk.token()
    desk.set_up(third)
    assert [desk.state(third), desk.state(first)] == [SetupState.USED, SetupState.USED]
    assert desk.state("0" * 64) is SetupState.UNKNOWN
    assert desk.token() is None
    for token_hash in (first, second, third, "0" * 64):
        with pytest.raises(Conflict) as refused:
            desk.set_up(token_hash, email="other@practice.example")
        assert refused.value.code == "setup_ended"
    assert len(desk.practices()) == 1


def test_an_address_is_dead_as_soon_as_somebody_else_made_an_owner(world, desk):
    token_hash = desk.token()
    world.practitioner(world.practice(), role=Role.PRACTITIONER)
    assert desk.state(token_hash) is SetupState.LIVE
    world.owner()
    assert desk.state(token_hash) is SetupState.USED
    with pytest.raises(Conflict):
        desk.set_up(token_hash)


def test_the_same_browser_that_asks_again_is_answered_the_same(desk, fresh_hash):
    token_hash, cookie = desk.token(), fresh_hash()
    first = desk.set_up(token_hash, device_hash=cookie)
    again = desk.set_up(token_hash, device_hash=cookie)
    assert (again.actor, again.device_id) == (first.actor, first.device_id)
    assert len(desk.practices()) == 1


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        (
            {"practice_name": " ", "name": "", "email": "", "password": "short"},
            {
                "practice_name": "name_missing",
                "name": "name_missing",
                "email": "email_missing",
                "password": "password_too_short",
            },
        ),
        (
            {"timezone": "Mars/Olympus", "language": "xx", "country": "ZZ", "email": "nobody"},
            {
                "timezone": "timezone_unknown",
                "language": "language_unknown",
                "country": "country_unknown",
                "email": "email_invalid",
            },
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once_and_nothing_is_made(desk, typed, wrong):
    token_hash = desk.token()
    with pytest.raises(Invalid) as refused:
        desk.set_up(token_hash, **typed)
    assert dict(refused.value.fields) == wrong
    assert desk.practices() == []
    assert desk.state(token_hash) is SetupState.LIVE


def test_an_address_of_a_colleague_is_refused_at_its_field_and_makes_nothing(world, desk):
    world.practitioner(world.practice(), role=Role.PRACTITIONER, email="RIVERA@practice.example")
    with pytest.raises(Invalid) as refused:
        desk.set_up(desk.token())
    assert dict(refused.value.fields) == {"email": "email_taken"}
    assert [row.name for row in desk.practices()] == ["Practice Rivera"]


def test_of_two_browsers_one_sets_up_and_the_other_is_told(world, desk):
    token_hash, both = desk.token(), Barrier(2)
    plain_hash = desk.make_hash

    def make_hash(password):
        both.wait(timeout=10)
        return plain_hash(password)

    desk.make_hash = make_hash

    def try_one(name):
        try:
            return desk.set_up(token_hash, name=name, email=f"{name}@practice.example").name
        except Conflict as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(try_one, ("anna", "ben")))
    assert results[1] == "setup_ended"
    assert results[0] in {"anna", "ben"}
    with world.database.transaction() as tx:
        assert tx.execute(select(practitioner.c.name)).scalars().all() == [results[0]]
