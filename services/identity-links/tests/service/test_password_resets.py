"""A forgotten password, and another one: what it takes, and what ends with the former."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from identity_links.domain.attribution import Attribution
from identity_links.domain.devices import Lifetime
from identity_links.domain.second_factor import PERIOD_SECONDS, code_of
from identity_links.operations import (
    accounts,
    codes,
    devices,
    password_resets,
    practices,
    sign_in,
)
from identity_links.operations.confirming import Desk
from identity_links.operations.passwords import check_password
from identity_links.storage import second_factors, tables
from portal_contracts.actor import NOBODY, service_actor
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound
from portal_contracts.identity_links.rpc.accounts import (
    ChangePassword,
    EditAccount,
)
from portal_contracts.identity_links.rpc.devices import ResolveDevice, SignIn
from portal_contracts.identity_links.rpc.password_resets import (
    InspectPasswordReset,
    PreparePasswordReset,
    RequestPasswordReset,
    ResetPassword,
)

EMAIL, PASSWORD, FRESH = "rivera@practice.example", "correct horse battery", "a fox asleep at noon"
MAILER = service_actor("notifications")


@contextmanager
def turn(_known):
    yield lambda password_hash, password: password_hash == f"#{password}"


def make_hash(password, names):
    check_password(password, names)
    return f"#{password}"


class Desktop:
    """What a practitioner who forgot the password does, and the service for her."""

    def __init__(self, world, fresh_hash, owner):
        self.world, self.fresh_hash, self.owner = world, fresh_hash, owner

    @property
    def desk(self):
        return Desk(self.world.database, turn, self.world.sealer, self.world.now)

    def sign_in(self, password=PASSWORD, **fields):
        given = {"device_hash": self.fresh_hash()} | fields
        return sign_in.sign_in(
            self.world.database,
            SignIn(email=EMAIL, password=password, **given),
            Attribution(NOBODY, "req-1", "192.0.2.7"),
            turn=turn,
            lifetime=Lifetime(120, 720),
            now=self.world.now,
        )

    def ask(self, email=EMAIL, address="192.0.2.7"):
        command = RequestPasswordReset(email=email, address=address)
        told = self.world.ask(password_resets.request, command)
        assert self.world.run(password_resets.answer_request, now=self.world.now) <= 1
        return told.retry_after_seconds

    def waiting(self):
        with self.world.database.transaction() as tx:
            return tx.execute(select(tables.password_reset.c.id)).scalars().all()

    def mail(self):
        """The mail of the newest is written: the hash of its token."""
        token = self.fresh_hash()
        command = PreparePasswordReset(reset_id=self.waiting()[-1], token_hash=token)
        self.facts = self.world.ask(password_resets.prepare, command, MAILER)
        return token

    def standing(self, token):
        command = InspectPasswordReset(token_hash=token)
        return self.world.run(password_resets.inspect, command, now=self.world.now)

    def reset(self, token, password=FRESH, **fields):
        command = ResetPassword(token_hash=token, password=password, **fields)
        caller = Attribution(NOBODY, "req-1", "192.0.2.7")
        return password_resets.reset_password(self.desk, command, caller, make_hash=make_hash)

    def change(self, **fields):
        given = {"password": PASSWORD, "new_password": FRESH, "device_hash": "d" * 64}
        command = ChangePassword(**(given | fields))
        caller = Attribution(self.owner, "req-1", "192.0.2.7")
        return accounts.change_password(self.desk, command, caller, make_hash=make_hash)

    def is_in(self, device_hash):
        try:
            command = ResolveDevice(device_hash=device_hash)
            self.world.run(devices.resolve_console_device, command, now=self.world.now)
        except NotFound:
            return False
        return True


@pytest.fixture
def desktop(world, fresh_hash):
    owner = world.practitioner(world.practice(), email=EMAIL, password_hash=f"#{PASSWORD}")
    return Desktop(world, fresh_hash, owner)


def refused(kind, call, *arguments, **options):
    with pytest.raises(kind) as error:
        call(*arguments, **options)
    return error.value


def test_any_address_is_answered_alike_and_only_a_known_one_is_mailed(world, desktop):
    answers = [desktop.ask(one) for one in (EMAIL.upper(), "nobody@practice.example", "no address")]
    assert len(set(answers)) == 1
    assert len(desktop.waiting()) == 1
    acts = world.acts(desktop.owner.practice_id)
    assert acts.count(("password.reset_requested", "done")) == 1
    with world.database.transaction() as tx:
        assert tx.execute(select(func.count()).select_from(tables.reset_request)).scalar_one() == 0


def test_too_many_requests_are_told_to_wait_and_mail_nothing(world, desktop):
    first = desktop.ask()
    [waiting] = desktop.waiting()
    assert desktop.ask() <= first
    assert desktop.waiting() == [waiting]
    for number in range(18):
        desktop.ask(f"{number}@elsewhere.example")
    assert desktop.ask("another@elsewhere.example") > 0


def test_the_mailed_address_sets_the_password_once_and_ends_every_device(world, desktop):
    cookie, browser = "d" * 64, "b" * 64
    desktop.sign_in(device_hash=cookie, browser_hash=browser)
    desktop.ask()
    token = desktop.mail()
    assert (desktop.facts.name, desktop.facts.email) == ("Dr Rivera", EMAIL)
    for _ in range(3):
        assert desktop.standing(token).works
    assert desktop.is_in(cookie)
    desktop.reset(token)
    assert not desktop.is_in(cookie)
    assert not desktop.standing(token).works
    assert refused(NotFound, desktop.reset, token).code == "reset_ended"
    assert refused(Forbidden, desktop.sign_in).code == "sign_in_failed"
    assert desktop.sign_in(FRESH).actor.id == desktop.owner.id
    row = next(r for r in world.log(desktop.owner.practice_id) if r.act == "password.changed")
    assert (row.actor_id, row.address) == (desktop.owner.id, "192.0.2.7")


def test_an_address_ends_after_an_hour_with_a_newer_one_and_with_another_password(world, desktop):
    desktop.ask()
    first = desktop.mail()
    world.later(minutes=2)
    desktop.ask()
    assert refused(NotFound, desktop.reset, first).code == "reset_ended"
    second = desktop.mail()
    desktop.change()
    assert refused(NotFound, desktop.reset, second).code == "reset_ended"
    world.later(minutes=10)
    desktop.ask()
    third = desktop.mail()
    world.later(hours=1)
    assert refused(NotFound, desktop.reset, third).code == "reset_ended"


def test_no_token_is_registered_for_a_mail_that_comes_too_late(world, desktop):
    desktop.ask()
    [reset_id] = desktop.waiting()
    world.later(hours=1)
    late = PreparePasswordReset(reset_id=reset_id, token_hash="a" * 64)
    refused(NotFound, world.ask, password_resets.prepare, late, MAILER)
    refused(Forbidden, world.ask, password_resets.prepare, late, desktop.owner)


def test_no_password_that_everybody_knows_is_set_anew(desktop):
    desktop.ask()
    token = desktop.mail()
    for password, code in (
        ("short", "password_too_short"),
        ("password1234", "password_common"),
        ("RiveraRivera", "password_is_a_name"),
    ):
        assert refused(Invalid, desktop.reset, token, password).fields == {"password": code}
        error = refused(Invalid, desktop.change, new_password=password)
        assert error.fields == {"password": code}
    assert desktop.standing(token).works


@pytest.fixture
def app(world, desktop):
    """The practitioner has a second factor; makes its codes."""
    with world.database.transaction() as tx:
        key = codes.make_key(tx, desktop.owner.id, world.sealer, world.now)
        second_factors.switch_on(tx, desktop.owner.id, world.now)
        desktop.recovery = codes.make_recovery_codes(tx, desktop.owner.id, world.sealer, world.now)
    return lambda: code_of(key, int(world.now.timestamp()) // PERIOD_SECONDS)


def test_whoever_has_a_second_factor_is_asked_for_it(world, desktop, app):
    desktop.ask()
    token = desktop.mail()
    assert desktop.standing(token).needs_code
    assert refused(Conflict, desktop.reset, token).code == "second_step_needed"
    assert refused(Forbidden, desktop.reset, token, code="000000").code == "second_step_failed"
    for _ in range(4):
        refused(Forbidden, desktop.reset, token, code="000000")
    error = refused(Forbidden, desktop.reset, token, code=app())
    assert (error.code, error.retry_after_seconds) == ("too_many_tries", 30)
    world.later(minutes=1)
    desktop.reset(token, code=app())
    assert (
        refused(Conflict, desktop.sign_in, FRESH, step_hash="a" * 64).code == "second_step_needed"
    )


def test_a_recovery_code_does_as_well(desktop, app):
    desktop.ask()
    desktop.reset(desktop.mail(), code=desktop.recovery[0])


def test_another_password_keeps_this_device_and_browser_and_ends_all_others(world, desktop, app):
    with world.database.transaction() as tx:
        second_factors.remove(tx, desktop.owner.id)
    here, there, elsewhere = "d" * 64, "e" * 64, "f" * 64
    desktop.sign_in(device_hash=here, browser_hash="1" * 64)
    desktop.sign_in(device_hash=there, browser_hash="2" * 64)
    error = refused(Forbidden, desktop.change, password="guess")
    assert (error.code, desktop.is_in(there)) == ("not_confirmed", True)
    desktop.change(browser_hash="1" * 64)
    assert (desktop.is_in(here), desktop.is_in(there)) == (True, False)
    with world.database.transaction() as tx:
        known = tx.execute(select(tables.known_browser.c.browser_hash)).scalars().all()
    assert known == ["1" * 64]
    assert desktop.sign_in(FRESH, device_hash=elsewhere).actor.id == desktop.owner.id


def test_the_practitioner_is_mailed_whoever_changed_the_password(world, desktop):
    desktop.change()
    world.run(practices.set_password, desktop.owner.id, password_hash="#", now=world.now)
    with world.database.transaction() as tx:
        bodies = tx.execute(select(tables.chassis.outbox.c.body)).scalars().all()
    told = [re.search(rb'"change":"(\w+)"', bytes(one)) for one in bodies]
    assert [one.group(1) for one in told if one] == [b"password_changed"] * 2


def test_name_and_language_are_changed_by_herself_and_logged(world, desktop):
    command = EditAccount(name="  Dr  Zoë Rivera ", language="de")
    world.ask(accounts.edit_account, command, desktop.owner)
    caller = Attribution(desktop.owner)
    account = world.run(accounts.read_account, caller)
    assert (account.name, account.language, account.email) == ("Dr Zoë Rivera", "de", EMAIL)
    assert world.acts(desktop.owner.practice_id)[-1] == ("practitioner.changed", "done")
    rows = len(world.log(desktop.owner.practice_id))
    world.ask(accounts.edit_account, EditAccount(language="de"), desktop.owner)
    assert len(world.log(desktop.owner.practice_id)) == rows
    for fields, code in (
        ({"name": " "}, {"name": "name_missing"}),
        ({"language": "xx"}, {"language": "language_unknown"}),
    ):
        wrong = EditAccount(**fields)
        error = refused(Invalid, world.ask, accounts.edit_account, wrong, desktop.owner)
        assert (error.code, error.fields) == ("practitioner_fields", code)
