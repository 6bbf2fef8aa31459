"""Sealed columns: who opens what, where, and for how long."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update
from toy.tables import chassis

from portal_chassis.database.erasure import erase_data_key, erased_at, erased_clients
from portal_chassis.database.sealed import KeyErased, Sealer, Unsealable
from portal_chassis.ids import new_id
from portal_contracts.errors import Conflict

MASTER, OTHER = bytes(range(32)), bytes(range(32, 64))
PLACE = {"table": "client", "column": "remark", "row": "1"}
TEXT = "She cried. ☕ \x00 " + "x" * 5000

data_key = chassis.data_key


@pytest.fixture
def tx(database):
    with database.transaction() as tx:
        yield tx


@pytest.fixture
def sealer():
    return Sealer(MASTER)


@pytest.mark.parametrize("text", [TEXT, "", "a"])
def test_what_was_sealed_opens_again(tx, sealer, text):
    anna = new_id()
    blob = sealer.seal(tx, anna, text, **PLACE)
    assert sealer.open(tx, anna, blob, **PLACE) == text
    assert sealer.open(tx, anna, memoryview(blob).tobytes(), **PLACE) == text


def test_nothing_of_the_text_can_be_seen_or_compared(tx, sealer):
    anna = new_id()
    first, second = (sealer.seal(tx, anna, "secret words", **PLACE) for _ in range(2))
    assert b"secret" not in first
    assert first != second


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"table": "note"},
        {"column": "name"},
        {"row": "2"},
        {"row": 11},
        {"table": "client\x1fremark"},
    ],
)
def test_it_opens_in_its_own_place_alone(tx, sealer, elsewhere):
    anna = new_id()
    blob = sealer.seal(tx, anna, TEXT, **PLACE)
    with pytest.raises(Unsealable):
        sealer.open(tx, anna, blob, **PLACE | elsewhere)


def test_one_clients_words_do_not_open_as_anothers(tx, sealer):
    anna, ben = new_id(), new_id()
    annas = sealer.seal(tx, anna, "Anna's", **PLACE)
    bens = sealer.seal(tx, ben, "Ben's", **PLACE)
    for client, blob in ((anna, bens), (ben, annas)):
        with pytest.raises(Unsealable):
            sealer.open(tx, client, blob, **PLACE)


def test_a_practice_and_a_practitioner_have_keys_of_their_own_that_end_alone(tx, sealer, now):
    owners = {name: new_id() for name in ("client", "practitioner", "practice")}
    blobs = {name: sealer.seal(tx, owner, name, **PLACE) for name, owner in owners.items()}
    erase_data_key(tx, owners["practitioner"], now)
    for name in ("client", "practice"):
        assert sealer.open(tx, owners[name], blobs[name], **PLACE) == name
        with pytest.raises(KeyErased):
            sealer.open(tx, owners["practitioner"], blobs["practitioner"], **PLACE)


def test_any_altered_byte_is_noticed(tx, sealer):
    anna = new_id()
    blob = sealer.seal(tx, anna, "words", **PLACE)
    for place in range(len(blob)):
        altered = bytearray(blob)
        altered[place] ^= 1
        with pytest.raises(Unsealable):
            sealer.open(tx, anna, bytes(altered), **PLACE)


@pytest.mark.parametrize("length", range(35))
def test_any_cut_is_noticed(tx, sealer, length):
    anna = new_id()
    blob = sealer.seal(tx, anna, "words", **PLACE)
    assert len(blob) == 1 + 12 + 5 + 16
    for cut in (blob[:length], blob + b"x"):
        if cut != blob:
            with pytest.raises(Unsealable):
                sealer.open(tx, anna, cut, **PLACE)


def test_the_key_that_is_read_along_opens_the_same_and_none_is_an_erased_one(tx, sealer):
    anna, ben = new_id(), new_id()
    blob, _ = (sealer.seal(tx, client, TEXT, **PLACE) for client in (anna, ben))
    keys = {row.owner_id: row.wrapped for row in tx.execute(select(data_key))}
    assert sealer.open_under(keys[anna], anna, blob, **PLACE) == TEXT
    with pytest.raises(KeyErased):
        sealer.open_under(None, anna, blob, **PLACE)
    for wrapped, place in ((keys[ben], PLACE), (keys[anna], PLACE | {"row": "2"})):
        with pytest.raises(Unsealable):
            sealer.open_under(wrapped, anna, blob, **place)


def test_an_erased_key_erases_every_word(tx, sealer, now):
    anna, ben = new_id(), new_id()
    annas, bens = (sealer.seal(tx, client, "words", **PLACE) for client in (anna, ben))
    assert erase_data_key(tx, anna, now)
    assert not erase_data_key(tx, anna, now + timedelta(days=1))
    with pytest.raises(KeyErased):
        sealer.open(tx, anna, annas, **PLACE)
    assert sealer.open(tx, ben, bens, **PLACE) == "words"
    assert tx.execute(select(data_key.c.owner_id)).scalars().all() == [ben]
    assert erased_clients(tx) == {anna: now}
    assert (erased_at(tx, anna), erased_at(tx, ben)) == (now, None)


def test_no_key_is_made_for_an_erased_client(tx, sealer, now):
    anna, unknown = new_id(), new_id()
    sealer.seal(tx, anna, "words", **PLACE)
    for client in (anna, unknown):
        erase_data_key(tx, client, now)
        with pytest.raises(Conflict) as refused:
            sealer.seal(tx, client, "new words", **PLACE)
        assert refused.value.code == "client_erased"
    assert tx.execute(select(data_key.c.owner_id)).scalars().all() == []


def test_a_key_that_comes_back_with_a_backup_is_erased_again(tx, sealer, now):
    anna = new_id()
    sealer.seal(tx, anna, "words", **PLACE)
    wrapped = tx.execute(select(data_key.c.wrapped)).scalar_one()
    erase_data_key(tx, anna, now)
    tx.execute(insert(data_key).values(owner_id=anna, wrapped=wrapped))
    erase_data_key(tx, anna, now)
    assert tx.execute(select(data_key.c.owner_id)).scalars().all() == []


def test_of_erasing_and_sealing_at_once_no_key_remains(database, now):
    clients = [new_id() for _ in range(20)]

    def seal(client):
        try:
            with database.transaction() as tx:
                Sealer(MASTER).seal(tx, client, "words", **PLACE)
        except Conflict:
            pass

    def erase(client):
        with database.transaction() as tx:
            erase_data_key(tx, client, now)

    with ThreadPoolExecutor(8) as threads:
        for work in [threads.submit(act, one) for one in clients for act in (seal, erase)]:
            work.result()
    with database.transaction() as tx:
        assert tx.execute(select(data_key.c.owner_id)).scalars().all() == []


def test_a_master_key_is_replaced_step_by_step(tx, sealer):
    anna, ben = new_id(), new_id()
    annas = sealer.seal(tx, anna, "Anna's", **PLACE)
    rotated = Sealer(OTHER, former_keys=(MASTER,))
    assert rotated.open(tx, anna, annas, **PLACE) == "Anna's"
    bens = rotated.seal(tx, ben, "Ben's", **PLACE)
    after = Sealer(OTHER)
    assert after.open(tx, ben, bens, **PLACE) == "Ben's"
    with pytest.raises(Unsealable, match="unknown master key"):
        after.open(tx, anna, annas, **PLACE)
    with pytest.raises(Unsealable, match="unknown master key"):
        sealer.open(tx, ben, bens, **PLACE)


def test_a_wrapped_key_of_one_client_is_no_use_for_another(tx, sealer):
    anna, ben = new_id(), new_id()
    blob = sealer.seal(tx, anna, "words", **PLACE)
    sealer.seal(tx, ben, "words", **PLACE)
    wrapped = tx.execute(select(data_key.c.wrapped).where(data_key.c.owner_id == anna)).scalar()
    tx.execute(update(data_key).where(data_key.c.owner_id == ben).values(wrapped=wrapped))
    with pytest.raises(Unsealable):
        sealer.open(tx, ben, blob, **PLACE)


@pytest.mark.parametrize("damage", [b"", b"short", bytes(range(100))])
def test_a_damaged_wrapped_key_is_noticed(tx, sealer, damage):
    anna = new_id()
    blob = sealer.seal(tx, anna, "words", **PLACE)
    wrapped = tx.execute(select(data_key.c.wrapped)).scalar_one()
    for broken in (damage, wrapped[:10], wrapped[:-1]):
        tx.execute(update(data_key).values(wrapped=broken))
        with pytest.raises(Unsealable):
            sealer.open(tx, anna, blob, **PLACE)


def test_two_processes_that_seal_first_make_one_key(database):
    anna = new_id()

    def seal(_number):
        with database.transaction() as tx:
            return Sealer(MASTER).seal(tx, anna, "words", **PLACE)

    with ThreadPoolExecutor(8) as threads:
        blobs = list(threads.map(seal, range(8)))
    with database.transaction() as tx:
        assert [Sealer(MASTER).open(tx, anna, blob, **PLACE) for blob in blobs] == ["words"] * 8


def test_what_is_not_text_is_told_before_it_is_sealed(tx, sealer):
    with pytest.raises(UnicodeEncodeError):
        sealer.seal(tx, new_id(), "\ud800", **PLACE)


def test_a_derived_key_is_of_one_client_and_one_purpose_and_ends_with_the_data_key(tx, sealer, now):
    anna, ben = new_id(), new_id()
    key = sealer.derived_key(tx, anna, "drafts")
    assert len(key) == 32
    assert key == Sealer(MASTER).derived_key(tx, anna, "drafts")
    others = {sealer.derived_key(tx, anna, "exports"), sealer.derived_key(tx, ben, "drafts")}
    assert len(others | {key}) == 3
    erase_data_key(tx, anna, now)
    with pytest.raises(Conflict, match="erased"):
        sealer.derived_key(tx, anna, "drafts")
