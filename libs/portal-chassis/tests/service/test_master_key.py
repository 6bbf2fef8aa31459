"""The master key is proven before it seals anything."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError
from toy.tables import chassis

from portal_chassis.database import master_key
from portal_chassis.database.erasure import erase_data_key
from portal_chassis.database.master_key import (
    Standing,
    WrongMasterKey,
    count_foreign_keys,
    count_former_keys,
    require_master_key,
    standing,
    wrap_anew,
)
from portal_chassis.database.sealed import Sealer, Unsealable
from portal_chassis.ids import new_id

FIRST, SECOND, THIRD = (bytes([number]) * 32 for number in range(3))
PLACE = {"table": "client", "column": "remark", "row": "1"}
data_key = chassis.data_key


def require(database, *keys):
    require_master_key(database, Sealer(keys[0], keys[1:]), "forms")


def refused(database, *keys):
    with pytest.raises(WrongMasterKey, match=r"not the key that the data of forms were sealed"):
        require(database, *keys)


def seal(database, *keys, client_id=None):
    with database.transaction() as tx:
        return Sealer(keys[0], keys[1:]).seal(tx, client_id or new_id(), "words", **PLACE)


def look(database, *keys):
    with database.transaction() as tx:
        return standing(tx, Sealer(keys[0], keys[1:]))


def test_the_first_key_of_a_new_database_is_the_right_one(database):
    assert look(database, FIRST) is Standing.NEW
    require(database, FIRST)
    require(database, FIRST)
    assert look(database, FIRST) is Standing.RIGHT


def test_another_key_is_refused_also_before_anything_was_sealed(database):
    require(database, FIRST)
    assert look(database, SECOND) is Standing.WRONG
    refused(database, SECOND)
    require(database, FIRST)


def test_a_refusal_shows_no_key_and_writes_nothing(database):
    seal(database, FIRST)
    with pytest.raises(WrongMasterKey) as error:
        require(database, SECOND)
    assert SECOND.hex() not in str(error.value)
    assert look(database, SECOND) is Standing.WRONG
    assert look(database, FIRST) is Standing.NEW


class TestADatabaseOfAnOlderRelease:
    """It has data keys and no check value."""

    def test_the_key_that_opens_its_data_is_the_right_one(self, database):
        seal(database, FIRST)
        require(database, FIRST)
        assert look(database, FIRST) is Standing.RIGHT

    def test_a_key_that_does_not_is_refused(self, database):
        seal(database, FIRST)
        refused(database, SECOND)

    def test_what_was_sealed_by_mistake_later_proves_nothing(self, database, now):
        seal(database, FIRST)
        with database.transaction() as tx:
            tx.execute(update(data_key).values(created_at=now - timedelta(days=9)))
        seal(database, SECOND)
        refused(database, SECOND)
        require(database, FIRST)
        with database.transaction() as tx:
            assert count_foreign_keys(tx, Sealer(FIRST)) == 1
            assert count_foreign_keys(tx, Sealer(FIRST, (SECOND,))) == 0

    def test_a_damaged_data_key_is_no_proof(self, database):
        seal(database, FIRST)
        with database.transaction() as tx:
            tx.execute(update(data_key).values(wrapped=b"x"))
        refused(database, FIRST)


class TestReplacingAKey:
    """The new key is proven by the former one that is named beside it."""

    def test_the_new_one_is_right_by_itself_once_nothing_needs_the_former(self, database):
        require(database, FIRST)
        annas = new_id()
        blob = seal(database, FIRST, client_id=annas)
        require(database, SECOND, FIRST)
        with database.transaction() as tx:
            assert Sealer(SECOND, (FIRST,)).open(tx, annas, blob, **PLACE) == "words"
        # By itself it opens nothing yet.
        refused(database, SECOND)
        wrap_anew(database, Sealer(SECOND, (FIRST,)))
        require(database, SECOND)
        require(database, THIRD, SECOND)

    def test_a_former_key_that_is_none_proves_nothing(self, database):
        require(database, FIRST)
        refused(database, SECOND, THIRD)

    def test_the_former_one_still_starts_for_a_while(self, database):
        require(database, FIRST)
        require(database, SECOND, FIRST)
        require(database, FIRST)


class TestWrappingAnew:
    """When it is done, the former key opens nothing in this database."""

    @pytest.fixture(autouse=True)
    def _in_small_batches(self, monkeypatch):
        monkeypatch.setattr(master_key, "WRAP_BATCH", 2)

    def test_every_data_key_opens_by_the_new_key_alone(self, database):
        require(database, FIRST)
        clients = [new_id() for _ in range(5)]
        blobs = [seal(database, FIRST, client_id=one) for one in clients]
        require(database, SECOND, FIRST)
        with database.transaction() as tx:
            assert count_former_keys(tx, Sealer(SECOND, (FIRST,))) == len(clients)
        assert wrap_anew(database, Sealer(SECOND, (FIRST,))) == len(clients)
        assert wrap_anew(database, Sealer(SECOND, (FIRST,))) == 0
        with database.transaction() as tx:
            assert count_former_keys(tx, Sealer(SECOND, (FIRST,))) == 0
            assert count_foreign_keys(tx, Sealer(SECOND)) == 0
            for one, blob in zip(clients, blobs, strict=True):
                assert Sealer(SECOND).open(tx, one, blob, **PLACE) == "words"
                with pytest.raises(Unsealable):
                    Sealer(FIRST).open(tx, one, blob, **PLACE)

    def test_the_former_key_is_refused_from_then_on(self, database):
        require(database, FIRST)
        seal(database, FIRST)
        require(database, SECOND, FIRST)
        require(database, FIRST)
        wrap_anew(database, Sealer(SECOND, (FIRST,)))
        refused(database, FIRST)
        require(database, SECOND)
        require(database, FIRST, SECOND)

    def test_without_a_former_key_nothing_is_done(self, database):
        seal(database, FIRST)
        assert wrap_anew(database, Sealer(SECOND)) == 0
        require(database, FIRST)

    def test_a_damaged_data_key_is_left_and_the_others_are_done(self, database):
        clients = sorted(new_id() for _ in range(4))
        for one in clients:
            seal(database, FIRST, client_id=one)
        with database.transaction() as tx:
            damaged = data_key.c.wrapped.op("||")(b"x")
            tx.execute(
                update(data_key).where(data_key.c.owner_id == clients[0]).values(wrapped=damaged)
            )
        assert wrap_anew(database, Sealer(SECOND, (FIRST,))) == len(clients) - 1

    def test_who_is_erased_meanwhile_stays_erased(self, database, now):
        client_id = new_id()
        seal(database, FIRST, client_id=client_id)
        with database.transaction() as erasing:
            erase_data_key(erasing, client_id, now)
            assert wrap_anew(database, Sealer(SECOND, (FIRST,))) == 0
        with database.transaction() as tx:
            assert tx.execute(select(data_key)).all() == []


def test_an_altered_check_value_is_no_proof(database, as_owner):
    require(database, FIRST)
    as_owner("UPDATE master_key SET sealed = '\\x00'")
    refused(database, FIRST)


def test_no_service_may_change_or_remove_a_check_value(database):
    require(database, FIRST)
    for statement in ("DELETE FROM master_key", "UPDATE master_key SET sealed = ''"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            database.transaction() as tx,
        ):
            tx.execute(text(statement))


def test_of_two_that_start_first_with_different_keys_one_is_refused(database):
    def outcome(key):
        try:
            require(database, key)
        except WrongMasterKey:
            return "refused"
        return "right"

    keys = [FIRST, SECOND, FIRST, SECOND, FIRST, SECOND]
    with ThreadPoolExecutor(len(keys)) as threads:
        outcomes = list(zip(keys, threads.map(outcome, keys), strict=True))
    winner = {key for key, what in outcomes if what == "right"}
    assert len(winner) == 1
    assert all(what == ("right" if key in winner else "refused") for key, what in outcomes)
    with database.transaction() as tx:
        rows = tx.execute(select(text("count(*)")).select_from(text("master_key"))).scalar_one()
    assert rows == 1
