"""Whether the master key is the one that a database was sealed with.

A wrong key opens nothing, and wraps new data keys that the right one does not
open. So a database keeps, for each master key that was proven, its id and a
known text sealed under it; a process that starts with a key that is not
proven is refused before it answers anything.

A key is proven when its own check value opens, or that of a former key that
is given beside it. A database without check values (a new one, or one of an
older release) takes the key that opens its oldest data key; without data keys
there is nothing to open, and the first key is the right one.

A master key is replaced by naming the new one, and the one of before as a former
key. The running service then wraps every data key anew (`wrap_anew`). When it
is done the former key opens nothing here, and is refused.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from sqlalchemy import MetaData, Select, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from portal_chassis.database.sealed import KEY_ID_BYTES, Sealer, Unsealable
from portal_chassis.database.transactions import Database, Transaction
from portal_chassis.tables import chassis_tables, safekeeping_tables
from portal_chassis.variables import SettingsError

WRAP_BATCH = 500
_data_key = chassis_tables(MetaData()).data_key
_master_key = safekeeping_tables(MetaData()).master_key
_ONE_AT_A_TIME = func.pg_advisory_xact_lock(func.hashtextextended("master key", 0))
_WRAPPED_BY = func.substring(_data_key.c.wrapped, 1, KEY_ID_BYTES)


class WrongMasterKey(SettingsError):
    """The master key is not the one that a database was sealed with; the text is a sentence."""


class Standing(StrEnum):
    """What a database says of a master key. ``new``: it fits, and is not written down yet."""

    RIGHT = "right"
    NEW = "new"
    WRONG = "wrong"


def standing(tx: Transaction, sealer: Sealer) -> Standing:
    """What the database says of the sealer's present master key; changes nothing."""
    known = {bytes(row.id): bytes(row.sealed) for row in tx.execute(select(_master_key))}
    own = known.get(sealer.key_id)
    if own is not None:
        right = sealer.proves(sealer.key_id, own) and _opens_any(tx, sealer)
        return Standing.RIGHT if right else Standing.WRONG
    if known:
        fits = any(sealer.proves(key_id, sealed) for key_id, sealed in known.items())
    else:
        fits = _opens_the_oldest(tx, sealer)
    return Standing.NEW if fits else Standing.WRONG


def require_master_key(database: Database, sealer: Sealer, service: str) -> None:
    """Refuse a master key that is not the right one; write the check value of one that is new.

    Raises:
        WrongMasterKey: nothing was written.
    """
    with database.transaction() as tx:
        found = standing(tx, sealer)
        if found is Standing.NEW:
            # Two that start for the first time with different keys: the second is refused.
            tx.execute(select(_ONE_AT_A_TIME))
            found = standing(tx, sealer)
        if found is Standing.WRONG:
            raise WrongMasterKey(wrong_master_key(service))
        if found is Standing.NEW:
            tx.execute(
                insert(_master_key)
                .values(id=sealer.key_id, sealed=sealer.proof())
                .on_conflict_do_nothing()
            )


def wrong_master_key(service: str) -> str:
    """The sentence that refuses it."""
    return (
        f"PORTAL_MASTER_KEY_FILE: this is not the key that the data of {service} were sealed "
        "with. Name the right one (it is in the backup of your keys); where the key was "
        "replaced, that is the new one, and PORTAL_FORMER_MASTER_KEYS_FILE names the former one "
        "beside it."
    )


def count_foreign_keys(tx: Transaction, sealer: Sealer) -> int:
    """How many clients' data keys were wrapped by master keys that the sealer does not have."""
    query = select(func.count()).where(_WRAPPED_BY.not_in(sealer.key_ids))
    return int(tx.execute(query).scalar_one())


def count_former_keys(tx: Transaction, sealer: Sealer) -> int:
    """How many data keys are wrapped by one of the sealer's former master keys."""
    query = select(func.count()).where(_WRAPPED_BY.in_(sealer.key_ids[1:]))
    return int(tx.execute(query).scalar_one())


def wrap_anew(database: Database, sealer: Sealer) -> int:
    """Wrap by the present master key what former ones wrapped; how many data keys.

    In batches, each committed. Who is erased meanwhile stays so: a key that is gone is not made
    again. A data key that does not open is left as it is.
    """
    if len(sealer.key_ids) == 1:
        return 0
    done, after = 0, UUID(int=0)
    while True:
        with database.transaction() as tx:
            rows = tx.execute(_next_wrapped_by(sealer.key_ids[1:], after)).all()
            done += sum(_wrap_one_anew(tx, sealer, row.owner_id, row.wrapped) for row in rows)
        if len(rows) < WRAP_BATCH:
            return done
        after = rows[-1].owner_id


def _next_wrapped_by(key_ids: list[bytes], after: UUID) -> Select[tuple[UUID, bytes]]:
    return (
        select(_data_key.c.owner_id, _data_key.c.wrapped)
        .where(_WRAPPED_BY.in_(key_ids), _data_key.c.owner_id > after)
        .order_by(_data_key.c.owner_id)
        .limit(WRAP_BATCH)
        .with_for_update(skip_locked=True)
    )


def _wrap_one_anew(tx: Transaction, sealer: Sealer, owner_id: UUID, wrapped: bytes) -> bool:
    try:
        anew = sealer.wrap_anew(bytes(wrapped), owner_id)
    except Unsealable:
        return False
    tx.execute(update(_data_key).where(_data_key.c.owner_id == owner_id).values(wrapped=anew))
    return True


def _opens_any(tx: Transaction, sealer: Sealer) -> bool:
    """Whether any data key was wrapped by a key of the sealer's, where there are data keys."""
    own = select(_data_key.c.owner_id).where(_WRAPPED_BY.in_(sealer.key_ids)).exists()
    found = select(or_(own, ~select(_data_key.c.owner_id).exists()))
    return bool(tx.execute(found).scalar_one())


def _opens_the_oldest(tx: Transaction, sealer: Sealer) -> bool:
    """Whether the sealer opens the data key that was made first; later ones may be a mistake's."""
    oldest = select(_data_key).order_by(_data_key.c.created_at, _data_key.c.owner_id).limit(1)
    row = tx.execute(oldest).first()
    return row is None or sealer.unwraps(bytes(row.wrapped), row.owner_id)
