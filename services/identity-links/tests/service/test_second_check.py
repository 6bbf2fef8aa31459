"""The second check of a new device: a date of birth, or a code that is mailed."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from identity_links.operations import clients, entering, links, practice_settings, second_check
from identity_links.storage import tables
from portal_contracts.actor import NOBODY, service_actor
from portal_contracts.errors import Conflict, Forbidden, NotFound
from portal_contracts.identity_links.rpc.clients import ClientFields, EditClient
from portal_contracts.identity_links.rpc.entering import EntryOutcome, InspectLink
from portal_contracts.identity_links.rpc.entry_codes import PrepareEntryCode
from portal_contracts.identity_links.rpc.links import (
    ListLinks,
    RevokeAllLinks,
    RevokeLink,
    ShareLink,
)
from portal_contracts.identity_links.rpc.targets import LinkState, SecondCheck, Target, TargetKind

BORN, WRONG = date(1985, 3, 27), date(1985, 3, 28)


@pytest.fixture
def owner(world):
    return world.owner(second_check=SecondCheck.DATE_OF_BIRTH)


@pytest.fixture
def dora(world, owner):
    """A client whose date of birth is on file."""
    return world.client(owner, name="Dora Dorn", email="dora@example.org", date_of_birth=BORN)


@pytest.fixture
def anna(world, owner):
    """One whose is not."""
    return world.client(owner, preferred_name="Anni")


def outcomes(world, token, *dates):
    return [world.redeem(token, date_of_birth=one).outcome for one in dates]


def entry_of(world, token, browser, code):
    return world.redeem(token, pressed=True, browser_hash=browser, code=code)


def another(code):
    """A code that it is not."""
    return f"{(int(code) + 1) % 10**6:06}"


# --- the date of birth -------------------------------------------------------------


def test_a_new_device_answers_with_the_date_of_birth(world, owner, dora):
    token = world.link(owner, dora).token_hash
    assert outcomes(world, token, None, WRONG, BORN) == [
        EntryOutcome.NEEDS_DATE_OF_BIRTH,
        EntryOutcome.WRONG_DATE_OF_BIRTH,
        EntryOutcome.ENTERED,
    ]
    row = world.log(owner.practice_id)[-2]
    assert (row.act, row.outcome, row.reason, row.actor_kind) == (
        "device.entered",
        "denied",
        "wrong_date_of_birth",
        "nobody",
    )


def test_wrong_dates_are_counted_for_the_client_over_all_links(world, owner, dora):
    tokens = [world.link(owner, dora).token_hash for _ in range(9)]
    tried = [world.redeem(tokens[each % 9], date_of_birth=WRONG) for each in range(42)]
    heard = [one for one in tried if one.outcome is EntryOutcome.WRONG_DATE_OF_BIRTH]
    assert len(heard) == 5
    assert [one.retry_after_seconds for one in heard] == [None] * 4 + [3_600]
    assert world.redeem(tokens[8], date_of_birth=BORN).outcome is EntryOutcome.TOO_MANY_TRIES


def test_a_burst_over_many_links_gets_no_more_answers(world, owner, dora):
    tokens = [world.link(owner, dora).token_hash for _ in range(12)]
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda one: world.redeem(one, date_of_birth=WRONG).outcome, tokens))
    assert told.count(EntryOutcome.WRONG_DATE_OF_BIRTH) == 5
    assert told.count(EntryOutcome.TOO_MANY_TRIES) == 7


def test_the_lock_grows_from_an_hour_to_a_day_and_says_when_it_ends(world, owner, dora):
    token = world.link(owner, dora).token_hash
    outcomes(world, token, *[WRONG] * 5)
    for wait in (3_600, 4 * 3_600, 24 * 3_600, 24 * 3_600):
        locked = world.redeem(token, date_of_birth=BORN)
        assert (locked.outcome, locked.retry_after_seconds) == (EntryOutcome.TOO_MANY_TRIES, wait)
        world.later(seconds=wait)
        assert outcomes(world, token, WRONG) == [EntryOutcome.WRONG_DATE_OF_BIRTH]
    world.later(days=1)
    assert outcomes(world, token, BORN) == [EntryOutcome.ENTERED]


def test_a_lock_is_a_row_and_stands_with_the_client_s_links(world, owner, dora):
    token = world.link(owner, dora).token_hash
    outcomes(world, token, *[WRONG] * 4)
    assert ("second_check.locked", "done") not in world.acts(owner.practice_id)
    assert locked_until(world, owner, dora) is None
    outcomes(world, token, WRONG)
    row = world.log(owner.practice_id)[-1]
    assert (row.act, row.client_id, row.actor_kind) == ("second_check.locked", dora, "nobody")
    assert locked_until(world, owner, dora) == world.now + timedelta(hours=1)


def locked_until(world, owner, client_id):
    return world.ask(links.list_links, ListLinks(client_id=client_id), owner).locked_until


def test_a_stranger_without_a_working_link_locks_nobody_out(world, owner, dora, fresh_hash):
    dead = world.link(owner, dora)
    world.ask(links.revoke_link, RevokeLink(link_id=dead.id), owner)
    for _ in range(10):
        outcomes(world, dead.token_hash, WRONG)
        outcomes(world, fresh_hash(), WRONG)
    assert outcomes(world, world.link(owner, dora).token_hash, BORN) == [EntryOutcome.ENTERED]


def test_revoking_all_links_lifts_the_lock(world, owner, dora):
    outcomes(world, world.link(owner, dora).token_hash, *[WRONG] * 5)
    world.ask(links.revoke_all_links, RevokeAllLinks(client_id=dora), owner)
    assert outcomes(world, world.link(owner, dora).token_hash, BORN) == [EntryOutcome.ENTERED]


def test_another_date_on_file_lifts_the_lock(world, owner, dora):
    token = world.link(owner, dora).token_hash
    outcomes(world, token, *[WRONG] * 5)
    given = {"name": "Dora Dorn", "email": "dora@example.org"}
    for version, born, told in (
        (1, BORN, EntryOutcome.TOO_MANY_TRIES),
        (2, WRONG, EntryOutcome.ENTERED),
    ):
        fields = ClientFields(**given, date_of_birth=born)
        command = EditClient(client_id=dora, version=version, fields=fields)
        world.ask(clients.edit_client, command, owner, sealer=world.sealer)
        assert outcomes(world, token, WRONG) == [told]


def test_asking_without_an_answer_is_no_try(world, owner, dora):
    token = world.link(owner, dora).token_hash
    outcomes(world, token, *[None] * 10)
    assert outcomes(world, token, BORN) == [EntryOutcome.ENTERED]


def test_a_device_that_is_in_is_not_asked_again(world, owner, dora, fresh_hash):
    token, cookie = world.link(owner, dora).token_hash, fresh_hash()
    world.redeem(token, device_hash=cookie, date_of_birth=BORN)
    entry = world.redeem(token, current_device_hash=cookie)
    assert (entry.outcome, entry.standing.first_name) == (EntryOutcome.ALREADY_IN, "Dora")


def test_a_single_use_link_is_not_used_up_by_a_wrong_date(world):
    owner = world.owner(second_check=SecondCheck.DATE_OF_BIRTH, single_use=True)
    token = world.link(owner, world.client(owner, date_of_birth=BORN)).token_hash
    wrong = world.redeem(token, pressed=True, date_of_birth=WRONG)
    assert wrong.outcome is EntryOutcome.WRONG_DATE_OF_BIRTH
    entry = world.redeem(token, pressed=True, date_of_birth=BORN)
    assert entry.outcome is EntryOutcome.ENTERED


# --- what is told before -----------------------------------------------------------


def told(entry):
    standing = entry.standing
    return standing.first_name, standing.email_masked, standing.client_id, standing.target


NOTHING = (None, None, None, Target())


def test_nothing_of_the_client_is_told_before_the_check(world, owner, dora, fresh_hash):
    target = Target(kind=TargetKind.FORM, id=dora)
    made = world.link(owner, dora)
    values = {"target_kind": target.kind, "target_id": target.id}
    world.run(lambda tx: tx.execute(update(tables.portal_link).values(values)))
    inspected = world.run(
        entering.inspect_link, InspectLink(token_hash=made.token_hash), now=world.now
    )
    assert (inspected.first_name, inspected.email_masked, inspected.client_id) == (None,) * 3
    bens = fresh_hash()
    ben = world.client(owner, name="Ben", date_of_birth=BORN)
    world.redeem(world.link(owner, ben).token_hash, device_hash=bens, date_of_birth=BORN)
    for answer in (
        {},
        {"date_of_birth": WRONG},
        {"current_device_hash": bens},
        *[{"date_of_birth": WRONG}] * 5,
    ):
        assert told(world.redeem(made.token_hash, **answer)) == NOTHING
    world.later(days=1)
    entered = world.redeem(made.token_hash, date_of_birth=BORN)
    assert told(entered) == ("Dora", "d•••@example.org", dora, target)
    world.ask(links.revoke_link, RevokeLink(link_id=made.id), owner)
    dead = world.redeem(made.token_hash)
    assert (dead.standing.state, told(dead)) == (LinkState.REVOKED, NOTHING)


# --- the code ----------------------------------------------------------------------


def test_without_a_date_on_file_a_code_is_mailed(world, owner, anna, fresh_hash):
    token, browser = world.link(owner, anna).token_hash, fresh_hash()
    assert world.redeem(token, browser_hash=browser).outcome is EntryOutcome.NEEDS_CODE
    sent = world.send_code(token, browser)
    assert (sent.outcome, sent.retry_after_seconds) == (EntryOutcome.CODE_SENT, 60)
    assert told(sent) == NOTHING
    assert events(world) == [{"client_id": str(anna)}]
    facts = world.mailed_code()
    assert (facts.email, facts.greeting_name) == ("anna@example.org", "Anni")
    assert facts.expires_at == world.now + timedelta(minutes=10)
    assert world.redeem(token, browser_hash=browser).outcome is EntryOutcome.CODE_SENT
    entered = entry_of(world, token, browser, facts.code)
    assert (entered.outcome, entered.standing.first_name) == (EntryOutcome.ENTERED, "Anni")
    assert ("entry_code.requested", "done") in world.acts(owner.practice_id)


def events(world):
    """What was published of codes, without their ids."""
    outbox = tables.chassis.outbox
    with world.database.transaction() as tx:
        bodies = tx.execute(select(outbox.c.body).where(outbox.c.type.like("%entry_code%")))
        found = [json.loads(bytes(one))["data"] for one in bodies.scalars()]
    return [{name: value for name, value in one.items() if name != "code_id"} for one in found]


def test_a_date_is_no_answer_where_a_code_is_asked_for(world, owner, anna):
    token = world.link(owner, anna).token_hash
    for born in (BORN, WRONG):
        entry = world.redeem(token, date_of_birth=born)
        assert (entry.outcome, told(entry)) == (EntryOutcome.NEEDS_CODE, NOTHING)


def test_a_code_works_once_in_the_browser_that_asked_for_it_by_its_link(
    world, owner, anna, fresh_hash
):
    token, other = (world.link(owner, anna).token_hash for _ in range(2))
    browser = fresh_hash()
    world.send_code(token, browser)
    code = world.mailed_code().code
    assert entry_of(world, token, fresh_hash(), code).outcome is EntryOutcome.CODE_ENDED
    assert entry_of(world, other, browser, code).outcome is EntryOutcome.CODE_ENDED
    assert world.redeem(token, code=code).outcome is EntryOutcome.CODE_ENDED
    assert entry_of(world, token, browser, code).outcome is EntryOutcome.ENTERED
    assert entry_of(world, token, browser, code).outcome is EntryOutcome.CODE_ENDED


def test_a_code_ends_after_ten_minutes(world, owner, anna, fresh_hash):
    token, browser = world.link(owner, anna).token_hash, fresh_hash()
    world.send_code(token, browser)
    world.later(minutes=5)
    code = world.mailed_code().code
    world.later(minutes=9, seconds=59)
    assert world.redeem(token, browser_hash=browser).outcome is EntryOutcome.CODE_SENT
    world.later(seconds=1)
    assert entry_of(world, token, browser, code).outcome is EntryOutcome.CODE_ENDED


def test_a_newer_code_of_a_browser_retires_the_one_before(world, owner, anna, fresh_hash):
    token, browser = world.link(owner, anna).token_hash, fresh_hash()
    world.send_code(token, browser)
    first = world.mailed_code().code
    soon = world.send_code(token, browser)
    assert (soon.outcome, soon.retry_after_seconds) == (EntryOutcome.CODE_SENT, 60)
    world.later(minutes=1)
    world.send_code(token, browser)
    assert entry_of(world, token, browser, first).outcome is EntryOutcome.WRONG_CODE
    second = world.mailed_code().code
    assert entry_of(world, token, browser, second).outcome is EntryOutcome.ENTERED


def test_a_mail_that_is_tried_again_brings_a_code_of_its_own(world, owner, anna, fresh_hash):
    token, browser = world.link(owner, anna).token_hash, fresh_hash()
    world.send_code(token, browser)
    lost, arrived = world.mailed_code().code, world.mailed_code().code
    if lost != arrived:
        assert entry_of(world, token, browser, lost).outcome is EntryOutcome.WRONG_CODE
    assert entry_of(world, token, browser, arrived).outcome is EntryOutcome.ENTERED


def test_five_wrong_codes_end_the_code_and_lock_the_client(world, owner, anna, fresh_hash):
    token, browser = world.link(owner, anna).token_hash, fresh_hash()
    world.send_code(token, browser)
    code = world.mailed_code().code
    wrong = [entry_of(world, token, browser, another(code)) for _ in range(5)]
    assert {one.outcome for one in wrong} == {EntryOutcome.WRONG_CODE}
    assert wrong[-1].retry_after_seconds == 3_600
    assert entry_of(world, token, browser, code).outcome is EntryOutcome.TOO_MANY_TRIES
    locked = world.send_code(token, browser)
    assert (locked.outcome, locked.retry_after_seconds) == (EntryOutcome.TOO_MANY_TRIES, 3_600)
    assert world.redeem(token).outcome is EntryOutcome.TOO_MANY_TRIES
    assert world.log(owner.practice_id)[-1].act == "second_check.locked"


def test_a_code_ends_with_its_fifth_wrong_answer_whatever_the_client_s_count(
    world, owner, anna, fresh_hash
):
    token, browser = world.link(owner, anna).token_hash, fresh_hash()
    world.send_code(token, browser)
    code = world.mailed_code().code
    for _ in range(5):
        world.run(second_check.unlock, anna)
        entry_of(world, token, browser, another(code))
    world.run(second_check.unlock, anna)
    assert entry_of(world, token, browser, code).outcome is EntryOutcome.CODE_ENDED


def test_guesses_before_the_mail_is_written_are_counted_too(world, owner, anna, fresh_hash):
    token, browser = world.link(owner, anna).token_hash, fresh_hash()
    world.send_code(token, browser)
    told = [entry_of(world, token, browser, f"{each:06}").outcome for each in range(5)]
    assert told == [EntryOutcome.WRONG_CODE] * 5
    with pytest.raises(NotFound):
        world.mailed_code()


def test_a_client_gets_ten_mails_with_codes_in_an_hour(world, owner, anna, fresh_hash):
    token = world.link(owner, anna).token_hash
    sent = [world.send_code(token, fresh_hash()) for _ in range(11)]
    assert [one.outcome for one in sent[:10]] == [EntryOutcome.CODE_SENT] * 10
    assert (sent[10].outcome, sent[10].retry_after_seconds) == (EntryOutcome.NEEDS_CODE, 3_600)
    assert len(events(world)) == 10


def test_nobody_waits_for_a_mail_that_comes_half_an_hour_later(world, owner, anna, fresh_hash):
    world.send_code(world.link(owner, anna).token_hash, fresh_hash())
    world.later(minutes=30)
    with pytest.raises(NotFound):
        world.mailed_code()


def test_no_code_is_made_for_a_link_that_was_revoked_since(world, owner, anna, fresh_hash):
    link = world.link(owner, anna)
    world.send_code(link.token_hash, fresh_hash())
    world.ask(links.revoke_link, RevokeLink(link_id=link.id), owner)
    with pytest.raises(NotFound):
        world.mailed_code()
    dead = world.send_code(link.token_hash, fresh_hash())
    assert (dead.outcome, told(dead)) == (EntryOutcome.DEAD, NOTHING)


def test_only_services_are_told_codes(world, owner, anna, fresh_hash):
    for actor in (NOBODY, owner):
        with pytest.raises(Forbidden):
            world.ask(
                second_check.prepare_entry_code,
                PrepareEntryCode(code_id=anna),
                actor,
                sealer=world.sealer,
            )
    with pytest.raises(NotFound):
        world.ask(
            second_check.prepare_entry_code,
            PrepareEntryCode(code_id=anna),
            service_actor("notifications"),
            sealer=world.sealer,
        )


def test_the_code_rests_nowhere_and_a_copy_of_its_row_does_not_tell_it(
    world, owner, anna, fresh_hash
):
    token, browser = world.link(owner, anna).token_hash, fresh_hash()
    world.send_code(token, browser)
    code = world.mailed_code().code
    with world.database.transaction() as tx:
        row = tx.execute(select(tables.entry_code)).one()
        outbox = tx.execute(select(tables.chassis.outbox.c.body)).scalars()
        assert not any(code.encode() in bytes(body) for body in outbox)
    assert code.encode() not in bytes(row.mac)
    assert bytes(row.mac) != hashlib.sha256(code.encode()).digest()
    assert len(bytes(row.mac)) == 32


def test_a_link_is_shared_without_a_date_of_birth(world, owner, anna):
    world.ask(links.share_link, ShareLink(client_id=anna), owner)


def test_without_date_and_address_nothing_can_be_asked(world, owner, anna, fresh_hash):
    token = world.link(owner, anna).token_hash
    world.run(lambda tx: tx.execute(update(tables.client).values(email="", email_key="")))
    entry = world.redeem(token, date_of_birth=BORN)
    assert (entry.outcome, told(entry)) == (EntryOutcome.CANNOT_CHECK, NOTHING)
    assert world.send_code(token, fresh_hash()).outcome is EntryOutcome.CANNOT_CHECK
    with pytest.raises(Conflict) as refused:
        world.link(owner, anna)
    assert refused.value.code == "date_of_birth_missing"


def test_a_check_that_is_switched_on_holds_for_links_made_before(world):
    owner = world.owner()
    token = world.link(owner, world.client(owner)).token_hash
    changes = {"second_check": SecondCheck.DATE_OF_BIRTH}
    world.run(practice_settings.change_practice, owner.practice_id, changes, now=world.now)
    assert world.redeem(token).outcome is EntryOutcome.NEEDS_CODE
