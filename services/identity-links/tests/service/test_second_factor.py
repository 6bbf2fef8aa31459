"""The second factor: setting it up, signing in with it, losing it, having to have one."""

from __future__ import annotations

import re
from base64 import b32decode
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import select

from identity_links.domain.attribution import Attribution
from identity_links.domain.devices import Lifetime
from identity_links.domain.second_factor import PERIOD_SECONDS, code_of
from identity_links.domain.throttle import Quota, Window
from identity_links.operations import (
    accounts,
    bearers,
    devices,
    finishing,
    practice_settings,
    second_factors,
    sign_in,
)
from identity_links.operations.confirming import Desk, confirm_in_person
from identity_links.storage import tables
from portal_contracts.actor import NOBODY, Role
from portal_contracts.errors import Conflict, Forbidden, NotFound
from portal_contracts.identity_links.rpc.accounts import (
    DisableSecondFactor,
    EnableSecondFactor,
    FinishSignIn,
    Proof,
    ResetSecondFactor,
)
from portal_contracts.identity_links.rpc.api_tokens import ResolveBearer
from portal_contracts.identity_links.rpc.devices import ResolveDevice, SignIn
from portal_contracts.permissions import Permission, has_permission

EMAIL, PASSWORD = "rivera@practice.example", "correct horse battery"
LIFETIME = Lifetime(120, 720)


@contextmanager
def turn(_known):
    yield lambda password_hash, password: password_hash == "#1" and password == PASSWORD


class Account:
    """A practitioner with an app: what she does."""

    def __init__(self, world, fresh_hash, actor, email=EMAIL):
        self.world, self.fresh_hash, self.actor, self.email = world, fresh_hash, actor, email
        self.key = b""

    @property
    def desk(self):
        return Desk(self.world.database, turn, self.world.sealer, self.world.now)

    @property
    def caller(self):
        return Attribution(self.actor, "req-1", "192.0.2.7")

    def code(self, periods=0):
        return code_of(self.key, int(self.world.now.timestamp()) // PERIOD_SECONDS + periods)

    def begin(self):
        told = self.world.run(
            second_factors.begin, self.caller, sealer=self.world.sealer, now=self.world.now
        )
        self.key = b32decode(told.key)
        return told

    def enable(self):
        self.begin()
        command = EnableSecondFactor(password=PASSWORD, code=self.code())
        codes = second_factors.enable(self.desk, command, self.caller).items
        self.world.later(minutes=1)
        return codes

    def sign_in(self, step=None, **fields):
        given = {"device_hash": self.fresh_hash(), "step_hash": step} | fields
        command = SignIn(email=self.email, password=PASSWORD, **given)
        return sign_in.sign_in(
            self.world.database,
            command,
            Attribution(NOBODY, "req-1", "192.0.2.7"),
            turn=turn,
            lifetime=LIFETIME,
            now=self.world.now,
        )

    def password(self):
        """The first page; the hash of the cookie that it leaves."""
        step = self.fresh_hash()
        with pytest.raises(Conflict) as refused:
            self.sign_in(step)
        assert refused.value.code == "second_step_needed"
        return step

    def finish(self, step, code, **fields):
        command = FinishSignIn(
            step_hash=step, code=code, **({"device_hash": self.fresh_hash()} | fields)
        )
        return finishing.finish_sign_in(
            self.world.database,
            command,
            Attribution(NOBODY, "req-2", "192.0.2.7"),
            sealer=self.world.sealer,
            lifetime=LIFETIME,
            now=self.world.now,
        )

    def told(self):
        """What was to be mailed, oldest first."""
        with self.world.database.transaction() as tx:
            query = select(tables.chassis.outbox.c.body).order_by(tables.chassis.outbox.c.id)
            bodies = [bytes(one) for one in tx.execute(query).scalars()]
        found = (re.search(rb'"change":"(\w+)"', one) for one in bodies)
        return [one.group(1).decode() for one in found if one]


@pytest.fixture
def rivera(world, fresh_hash):
    actor = world.practitioner(world.practice(), email=EMAIL, password_hash="#1")
    return Account(world, fresh_hash, actor)


def refused(kind, call, *arguments, **options):
    with pytest.raises(kind) as error:
        call(*arguments, **options)
    return error.value


def test_the_key_is_for_an_app_and_stays_the_same_until_it_is_used(world, rivera):
    told = rivera.begin()
    assert told.address.startswith("otpauth://totp/Practice%20Rivera:rivera%40practice.example?")
    assert f"secret={told.key}" in told.address
    world.later(minutes=59)
    assert rivera.begin() == told
    world.later(minutes=2)
    assert rivera.begin() != told


def test_nobody_is_asked_for_a_code_before_the_app_has_shown_a_right_one(world, rivera):
    rivera.begin()
    wrong = EnableSecondFactor(password=PASSWORD, code="000000")
    assert refused(Forbidden, second_factors.enable, rivera.desk, wrong, rivera.caller).code == (
        "second_step_failed"
    )
    guess = EnableSecondFactor(password="guess", code=rivera.code())
    assert refused(Forbidden, second_factors.enable, rivera.desk, guess, rivera.caller).code == (
        "not_confirmed"
    )
    assert rivera.sign_in().actor.id == rivera.actor.id


def test_a_code_is_asked_for_once_it_is_set_up_and_no_device_is_made_before(world, rivera):
    rivera.enable()
    step = rivera.password()
    with world.database.transaction() as tx:
        assert tx.execute(select(tables.device.c.id)).all() == []
    assert rivera.finish(step, rivera.code()).actor.id == rivera.actor.id
    assert world.acts(rivera.actor.practice_id)[-1] == ("sign_in", "done")
    assert rivera.told() == ["second_factor_on"]


def test_without_a_step_there_is_no_way_on(rivera):
    rivera.enable()
    with pytest.raises(Conflict):
        rivera.sign_in()
    assert refused(NotFound, rivera.finish, "a" * 64, rivera.code()).code == "sign_in_ended"


def test_a_code_works_once_also_in_another_browser(world, rivera):
    rivera.enable()
    first, second = rivera.password(), rivera.password()
    code = rivera.code()
    rivera.finish(first, code)
    assert refused(Forbidden, rivera.finish, second, code).code == "second_step_failed"
    assert refused(NotFound, rivera.finish, first, rivera.code(1)).code == "sign_in_ended"
    rivera.finish(second, rivera.code(1))


@pytest.mark.parametrize(("periods", "enters"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_the_clock_of_the_app_may_be_one_period_off(rivera, periods, enters):
    rivera.enable()
    rivera.world.later(minutes=5)
    step = rivera.password()
    if enters:
        rivera.finish(step, f" {rivera.code(periods)[:3]} {rivera.code(periods)[3:]} ")
    else:
        refused(Forbidden, rivera.finish, step, rivera.code(periods))


def test_a_sign_in_waits_ten_minutes_for_its_code(world, rivera):
    rivera.enable()
    step = rivera.password()
    world.later(minutes=10)
    assert refused(NotFound, rivera.finish, step, rivera.code()).code == "sign_in_ended"


def test_guessing_codes_takes_the_password_again_and_longer_and_longer(world, rivera):
    rivera.enable()
    step = rivera.password()
    for _ in range(5):
        assert refused(Forbidden, rivera.finish, step, "000000").code == "second_step_failed"
    world.later(minutes=1)
    assert refused(NotFound, rivera.finish, step, rivera.code()).code == "sign_in_ended"
    step = rivera.password()
    refused(Forbidden, rivera.finish, step, "000000")
    error = refused(Forbidden, rivera.finish, step, rivera.code())
    assert (error.code, error.retry_after_seconds) == ("too_many_tries", 60)
    denied = [row.reason for row in world.log(rivera.actor.practice_id) if row.reason]
    assert denied == ["second_step_failed"] * 6


def test_who_guesses_elsewhere_does_not_slow_the_browser_that_is_known(world, rivera):
    browser = "b" * 64
    rivera.sign_in(browser_hash=browser)
    rivera.enable()
    for _ in range(2):
        step = rivera.password()
        for _ in range(4):
            with pytest.raises((Forbidden, NotFound)):
                rivera.finish(step, "000000")
    assert rivera.finish(rivera.password(), rivera.code(), browser_hash=browser)


def test_a_recovery_code_enters_once_and_is_mailed_about(world, rivera):
    codes = rivera.enable()
    assert len(set(codes)) == 10
    typed = codes[3].upper().replace("-", " ").replace("0", "O").replace("1", "l")
    rivera.finish(rivera.password(), typed)
    assert (
        refused(Forbidden, rivera.finish, rivera.password(), codes[3]).code == "second_step_failed"
    )
    assert rivera.told() == ["second_factor_on", "recovery_code_used"]
    assert ("recovery_code.used", "done") in world.acts(rivera.actor.practice_id)
    account = world.run(accounts.read_account, rivera.caller)
    assert (account.recovery_codes_left, account.second_factor_since) != (10, None)
    assert account.recovery_codes_left == 9


def test_neither_key_nor_recovery_codes_stand_readable_in_the_database(world, rivera):
    codes = rivera.enable()
    with world.database.transaction() as tx:
        key = bytes(tx.execute(select(tables.second_factor.c.key_sealed)).scalar_one())
        macs = b"".join(map(bytes, tx.execute(select(tables.recovery_code.c.mac)).scalars()))
    assert rivera.key not in key
    assert not any(one.replace("-", "").encode() in macs for one in codes)
    # The hash belongs to its practitioner: moved to another one it opens nothing.
    assert len(macs) == 10 * 32


def test_new_recovery_codes_take_the_place_of_all_former_ones(world, rivera):
    former = rivera.enable()
    fresh = second_factors.renew_recovery_codes(
        rivera.desk, Proof(code=rivera.code()), rivera.caller
    ).items
    assert not set(fresh) & set(former)
    refused(Forbidden, rivera.finish, rivera.password(), former[0])
    rivera.finish(rivera.password(), fresh[0])


def test_switching_off_takes_the_password_and_a_code(world, rivera):
    codes = rivera.enable()
    for password, code, told in (
        (PASSWORD, "000000", "second_step_failed"),
        ("guess", rivera.code(), "not_confirmed"),
    ):
        command = DisableSecondFactor(password=password, code=code)
        error = refused(Forbidden, second_factors.disable, rivera.desk, command, rivera.caller)
        assert error.code == told
    command = DisableSecondFactor(password=PASSWORD, code=codes[0])
    second_factors.disable(rivera.desk, command, rivera.caller)
    assert rivera.sign_in().actor.id == rivera.actor.id
    assert rivera.told()[-1] == "second_factor_off"


def test_an_owner_resets_a_colleagues_and_both_are_told(world, rivera, fresh_hash):
    ben = world.practitioner(
        rivera.actor.practice_id,
        Role.PRACTITIONER,
        password_hash="#1",
        email="ben@practice.example",
    )
    colleague = Account(world, fresh_hash, ben, "ben@practice.example")
    colleague.enable()
    cookie = fresh_hash()
    colleague.finish(colleague.password(), colleague.code(), device_hash=cookie)
    command = ResetSecondFactor(practitioner_id=ben.id, password=PASSWORD)
    refused(Forbidden, second_factors.reset_of_colleague, rivera.desk, command, colleague.caller)
    wrong = ResetSecondFactor(practitioner_id=ben.id, password="guess")
    refused(Forbidden, second_factors.reset_of_colleague, rivera.desk, wrong, rivera.caller)
    second_factors.reset_of_colleague(rivera.desk, command, rivera.caller)
    refused(
        NotFound,
        world.run,
        devices.resolve_console_device,
        ResolveDevice(device_hash=cookie),
        now=world.now,
    )
    assert colleague.sign_in().actor.id == ben.id
    assert rivera.told()[-3:-1] == ["second_factor_reset", "colleague_reset"]
    other = world.owner()
    stranger = ResetSecondFactor(practitioner_id=other.id, password=PASSWORD)
    refused(NotFound, second_factors.reset_of_colleague, rivera.desk, stranger, rivera.caller)


def test_a_practice_that_wants_one_lets_nobody_do_anything_else_from_that_day_on(
    world, rivera, fresh_hash
):
    token = world.token(rivera.actor)
    bearer = {"requests": Quota(300, 60), "failures": Window(60, 3600), "now": world.now}
    practice_id = rivera.actor.practice_id
    first_day = date(2026, 11, 25)
    changes = {"second_factor_from": first_day}
    world.run(practice_settings.change_practice, practice_id, changes, now=world.now)
    entered = rivera.sign_in()
    assert (entered.second_factor_from, entered.must_set_up) == (first_day, False)
    assert has_permission(entered.actor, Permission.CLIENTS_READ)

    # Midnight in Berlin, where the practice is.
    world.now = world.now.replace(day=24, hour=23, minute=0)
    entered = rivera.sign_in()
    assert entered.must_set_up
    assert not any(has_permission(entered.actor, one) for one in Permission)
    rivera.actor = entered.actor
    refused(Forbidden, confirm_in_person, rivera.desk, Proof(password=PASSWORD), rivera.caller)
    command = ResolveBearer(bearer_hash=token.token_hash, address="192.0.2.7")
    error = refused(
        Forbidden, bearers.resolve_bearer, world.database, command, **bearer | {"now": world.now}
    )
    assert error.code == "second_factor_needed"

    rivera.enable()
    entered = rivera.finish(rivera.password(), rivera.code())
    assert not entered.must_set_up
    assert has_permission(entered.actor, Permission.CLIENTS_READ)
    known = bearers.resolve_bearer(world.database, command, **bearer | {"now": world.now})
    assert known.actor.token_id == token.id


def test_proving_it_in_person_takes_password_or_code_and_no_program(world, rivera):
    rivera.enable()
    assert confirm_in_person(rivera.desk, Proof(password=PASSWORD), rivera.caller)
    code = rivera.code()
    assert confirm_in_person(rivera.desk, Proof(code=code), rivera.caller)
    for proof in (Proof(code=code), Proof(), Proof(password="guess"), Proof(code="000000")):
        error = refused(Forbidden, confirm_in_person, rivera.desk, proof, rivera.caller)
        assert error.code == "not_confirmed"
    refused(Forbidden, confirm_in_person, rivera.desk, Proof(password="guess"), rivera.caller)
    error = refused(
        Forbidden, confirm_in_person, rivera.desk, Proof(password=PASSWORD), rivera.caller
    )
    assert (error.code, error.retry_after_seconds) == ("too_many_tries", 30)
    world.later(seconds=30)
    assert confirm_in_person(rivera.desk, Proof(password=PASSWORD), rivera.caller)


def test_a_new_device_is_mailed_about_but_never_the_first_and_no_known_browser(world, rivera):
    browser = "b" * 64
    rivera.sign_in(browser_hash=browser)
    rivera.sign_in(browser_hash=browser)
    assert rivera.told() == []
    rivera.sign_in(browser_hash="c" * 64)
    rivera.sign_in()
    assert rivera.told() == ["new_device", "new_device"]
