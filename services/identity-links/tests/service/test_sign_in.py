"""Practitioners sign in."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from identity_links.domain.attribution import BY_ADMIN, Attribution
from identity_links.domain.devices import Lifetime
from identity_links.operations import admin_acts, devices, practices, sign_in
from identity_links.storage import tables
from portal_chassis.database.transaction_guard import in_transaction
from portal_contracts.actor import NOBODY
from portal_contracts.errors import Conflict, Forbidden
from portal_contracts.identity_links.rpc.devices import (
    EndDevice,
    ResolveDevice,
    RevokeDevice,
    SignIn,
)
from portal_contracts.identity_links.rpc.targets import ClientVisibility

EMAIL, RIGHT, WRONG = "rivera@practice.example", "correct horse battery", "wrong"
OFFICE, ELSEWHERE = "192.0.2.7", "198.51.100.1"


@pytest.fixture
def owner(world):
    practice = world.practice(client_visibility=ClientVisibility.EVERYONE)
    return world.practitioner(practice, email="Rivera@Practice.example", password_hash="#1")


@pytest.fixture
def enter(world, fresh_hash):
    """Signs in; `checked` lists what the slow check was given, `turns` whose turn it was."""

    class Desk:
        def __init__(self):
            self.checked = []
            self.turns = []

        @contextmanager
        def turn(self, known):
            self.turns.append(known)
            yield self.verify

        def verify(self, password_hash, password):
            assert not in_transaction(), "the slow check holds no transaction open"
            self.checked.append(password_hash)
            return password_hash == "#1" and password == RIGHT

        def __call__(self, password=RIGHT, email=EMAIL, address=OFFICE, **fields):
            given = {"device_hash": fresh_hash(), "user_agent": "Firefox/133.0 Linux"}
            return sign_in.sign_in(
                world.database,
                SignIn(email=email, password=password, address=address, **(given | fields)),
                Attribution(NOBODY, "req-1"),
                turn=self.turn,
                lifetime=Lifetime(120, 720),
                now=world.now,
            )

    return Desk()


def refused(call, *arguments, **options):
    with pytest.raises(Forbidden) as error:
        call(*arguments, **options)
    return error.value


def test_the_right_password_signs_in_and_is_logged(world, owner, enter, fresh_hash):
    cookie = fresh_hash()
    found = enter(email=" RIVERA@practice.EXAMPLE", device_hash=cookie)
    assert found.actor == owner
    assert (found.name, found.email) == ("Dr Rivera", "Rivera@practice.example")
    assert found.idle_ends_at == world.now + timedelta(minutes=120)
    assert found.ends_at == world.now + timedelta(minutes=720)
    command = ResolveDevice(device_hash=cookie)
    assert world.run(devices.resolve_console_device, command, now=world.now) == found
    row = world.log(owner.practice_id)[-1]
    assert (row.act, row.outcome, row.actor_id, row.address) == (
        "sign_in",
        "done",
        owner.id,
        OFFICE,
    )


def test_every_mismatch_reads_the_same(world, owner, enter):
    errors = [
        refused(enter, WRONG),
        refused(enter, RIGHT, "nobody@practice.example"),
        refused(enter, RIGHT, "no address"),
        refused(enter, RIGHT, ""),
    ]
    assert {(error.code, error.detail) for error in errors} == {
        ("sign_in_failed", "E-mail address and password do not belong together.")
    }


def test_an_unknown_address_is_checked_too(world, owner, enter):
    refused(enter, WRONG)
    refused(enter, WRONG, "nobody@practice.example")
    assert enter.checked == ["#1", None]


def refusals(world):
    with world.database.transaction() as tx:
        return tx.execute(select(func.sum(tables.refusal_count.c.refusals))).scalar_one()


def test_a_failure_is_logged_in_the_practice_or_counted_where_there_is_none(world, owner, enter):
    refused(enter, WRONG)
    row = world.log(owner.practice_id)[-1]
    assert (row.act, row.outcome, row.actor_kind) == ("sign_in.failed", "denied", "nobody")
    assert row.subject_id == owner.id
    refused(enter, WRONG, "nobody@practice.example")
    assert world.log(None) == []
    assert refusals(world) == 1


def test_failures_are_twenty_rows_in_an_hour_for_each_account(world, owner, enter):
    other = world.practitioner(owner.practice_id, email="other@practice.example")
    for number in range(30):
        refused(enter, WRONG, address=f"203.0.113.{number}")
    refused(enter, WRONG, "other@practice.example")
    failed = [row.subject_id for row in world.log(owner.practice_id) if row.act == "sign_in.failed"]
    assert (failed.count(owner.id), failed.count(other.id)) == (20, 1)
    world.later(hours=1)
    refused(enter, WRONG)
    assert world.log(owner.practice_id)[-1].subject_id == owner.id


def test_five_failures_make_the_right_password_wait(world, owner, enter):
    for _ in range(5):
        assert refused(enter, WRONG).code == "sign_in_failed"
    error = refused(enter)
    assert (error.code, error.retry_after_seconds) == ("too_many_tries", 30)
    assert len(enter.checked) == 5
    world.later(seconds=30)
    assert enter().actor == owner


def test_waits_grow_while_it_goes_on(world, owner, enter):
    for _ in range(4):
        refused(enter, WRONG)
    waits = []
    for _ in range(7):
        refused(enter, WRONG)
        error = refused(enter, WRONG)
        waits.append(error.retry_after_seconds)
        world.later(seconds=waits[-1])
    assert waits == [30, 60, 120, 240, 480, 900, 900]


def test_unknown_addresses_wait_like_known_ones(world, owner, enter):
    for email, network in ((EMAIL, "192.0.2.1"), ("nobody@practice.example", "192.0.2.2")):
        for _ in range(5):
            refused(enter, WRONG, email, network)
        error = refused(enter, WRONG, email, network)
        assert (error.code, error.retry_after_seconds) == ("too_many_tries", 30)


def test_tries_during_a_wait_do_not_lengthen_it(world, owner, enter):
    for _ in range(5):
        refused(enter, WRONG)
    for _ in range(10):
        assert refused(enter, WRONG).retry_after_seconds == 30
    world.later(seconds=30)
    assert enter().actor == owner


def test_a_stranger_s_tries_do_not_keep_the_owner_out(world, owner, enter):
    for _ in range(5):
        refused(enter, WRONG, address=ELSEWHERE)
    assert enter().actor == owner
    for _ in range(30):
        world.later(minutes=59, seconds=59)
        refused(enter, WRONG, address=ELSEWHERE)
        assert enter().actor == owner


@pytest.mark.parametrize(
    "addresses", [[OFFICE] * 6, [f"2001:db8:7:{number}::1" for number in range(6)]]
)
def test_one_network_is_one_guesser_however_many_addresses_it_has(world, owner, enter, addresses):
    for address in addresses[:5]:
        assert refused(enter, WRONG, address=address).code == "sign_in_failed"
    assert refused(enter, address=addresses[5]).code == "too_many_tries"
    assert enter(address="2001:db8:8::1").actor == owner


def test_one_network_cannot_try_many_addresses(world, owner, enter):
    for number in range(30):
        refused(enter, WRONG, f"person{number}@practice.example")
    error = refused(enter)
    assert (error.code, error.retry_after_seconds) == ("too_many_tries", 900)
    assert enter(address=ELSEWHERE).actor == owner
    world.later(minutes=15)
    assert enter().actor == owner


def test_many_networks_that_guess_together_have_a_window_and_no_lock(world, owner, enter):
    for number in range(100):
        assert refused(enter, WRONG, address=f"203.0.113.{number}").code == "sign_in_failed"
    waiting = refused(enter)
    assert (waiting.code, waiting.retry_after_seconds) == ("too_many_tries", 3_600)
    world.later(minutes=59, seconds=59)
    for _ in range(200):
        assert refused(enter, WRONG, address=ELSEWHERE).retry_after_seconds == 1
    world.later(seconds=1)
    assert enter().actor == owner


def test_a_try_that_is_not_heard_counts_nowhere(world, owner, enter):
    for number in range(100):
        refused(enter, WRONG, address=f"203.0.113.{number}")
    for _ in range(40):
        assert refused(enter).code == "too_many_tries"
    world.later(hours=1)
    for _ in range(4):
        assert refused(enter, WRONG).code == "sign_in_failed"
    assert enter().actor == owner


def test_a_browser_that_signed_in_before_is_not_slowed_by_strangers(
    world, owner, enter, fresh_hash
):
    browser = fresh_hash()
    enter(browser_hash=browser)
    for number in range(100):
        refused(enter, WRONG, address=f"203.0.113.{number}")
    for number in range(30):
        refused(enter, WRONG, f"person{number}@practice.example")
    assert refused(enter, browser_hash=fresh_hash()).code == "too_many_tries"
    assert enter(browser_hash=browser).actor == owner
    assert enter.turns[-1]


def test_a_browser_that_is_known_has_ten_tries_of_its_own(world, owner, enter, fresh_hash):
    browser = fresh_hash()
    enter(browser_hash=browser)
    for _ in range(10):
        assert refused(enter, WRONG, browser_hash=browser).code == "sign_in_failed"
    error = refused(enter, browser_hash=browser)
    assert (error.code, error.retry_after_seconds) == ("too_many_tries", 30)
    assert enter().actor == owner


def test_a_browser_is_known_to_the_one_who_signed_in_on_it(world, owner, enter, fresh_hash):
    browser = fresh_hash()
    enter(browser_hash=browser)
    world.practitioner(owner.practice_id, email="other@practice.example")
    for _ in range(5):
        refused(enter, WRONG, "other@practice.example", browser_hash=browser)
    assert not enter.turns[-1]
    wrong = refused(enter, WRONG, "other@practice.example", browser_hash=browser)
    assert wrong.code == "too_many_tries"


@pytest.fixture
def is_known(world, owner, enter):
    def ask(browser_hash):
        refused(enter, WRONG, browser_hash=browser_hash)
        return enter.turns[-1]

    return ask


def test_signing_out_leaves_a_browser_known(world, owner, enter, fresh_hash, is_known):
    browser, cookie = fresh_hash(), fresh_hash()
    enter(browser_hash=browser, device_hash=cookie)
    world.ask(devices.end_device, EndDevice(device_hash=cookie))
    assert is_known(browser)
    world.later(days=399)
    assert is_known(browser)
    world.later(days=1)
    assert not is_known(browser)


def test_a_browser_is_known_no_more_once_its_device_is_ended_from_elsewhere(
    world, owner, enter, fresh_hash, is_known
):
    browser, other = fresh_hash(), fresh_hash()
    lost = enter(browser_hash=browser)
    enter(browser_hash=other)
    world.ask(devices.revoke_device, RevokeDevice(device_id=lost.device_id), owner)
    assert (is_known(browser), is_known(other)) == (False, True)


@pytest.mark.parametrize(
    "end",
    [
        lambda world, owner, _device: world.run(
            practices.set_password, owner.id, password_hash="#1", now=world.now
        ),
        lambda world, owner, _device: world.run(practices.end_devices, owner.id, now=world.now),
        lambda world, _owner, device: world.run(
            admin_acts.end_device, device, BY_ADMIN, now=world.now
        ),
    ],
    ids=["a new password", "all devices ended", "the device ended"],
)
def test_administrators_make_a_browser_unknown(world, owner, enter, fresh_hash, is_known, end):
    browser = fresh_hash()
    signed_in = enter(browser_hash=browser)
    end(world, owner, signed_in.device_id)
    assert not is_known(browser)


def test_a_shared_network_is_not_worn_out_by_those_who_get_in(world, owner, enter):
    for _ in range(120):
        assert enter().actor == owner


def test_success_forgets_the_failures_before_it(world, owner, enter):
    for _ in range(3):
        for _ in range(4):
            refused(enter, WRONG)
        enter()


def test_a_flood_of_refused_tries_is_counted_not_logged_one_by_one(world, owner, enter):
    for _ in range(5):
        refused(enter, WRONG)
    before = world.acts(owner.practice_id)
    for _ in range(10):
        refused(enter, WRONG)
    assert world.acts(owner.practice_id) == before
    assert refusals(world) == 10


def test_the_same_device_again_is_one_device(world, owner, enter, fresh_hash):
    cookie = fresh_hash()
    assert enter(device_hash=cookie) == enter(device_hash=cookie)
    assert world.acts(owner.practice_id).count(("sign_in", "done")) == 1


def test_a_cookie_of_somebody_else_is_refused(world, owner, enter):
    other = world.owner()
    cookie = world.enter(other, world.client(other))
    with pytest.raises(Conflict) as error:
        enter(device_hash=cookie)
    assert error.value.code == "device_taken"


@pytest.mark.parametrize("ended", ["another password", "deactivated", "second factor"])
def test_what_ends_while_the_password_is_checked_lets_nobody_in(world, owner, enter, ended):
    present = {
        "another password": {"password_hash": "#2"},
        "deactivated": {"deactivated_at": world.now},
        "second factor": {"second_factor_at": world.now},
    }[ended]
    verify = enter.verify

    def meanwhile(password_hash, password):
        with world.database.transaction() as tx:
            tx.execute(update(tables.practitioner).values(**present))
        return verify(password_hash, password)

    enter.verify = meanwhile
    with pytest.raises((Conflict, Forbidden)) as error:
        enter(step_hash="5" * 64)
    expected = "second_step_needed" if ended == "second factor" else "sign_in_failed"
    assert error.value.code == expected
    with world.database.transaction() as tx:
        assert tx.execute(select(func.count()).select_from(tables.device)).scalar_one() == 0
