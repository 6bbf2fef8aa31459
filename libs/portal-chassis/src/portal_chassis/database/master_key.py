"""Whether the master key is the one that a database was sealed with.

A wrong key opens nothing, and wraps new data keys that the right one does not
open. So a database keeps, for each master key that was proven, its id and a
known text sealed under it; a process that starts with a key that is not
proven is refused before it answers anything.

A key is proven when its own check value opens, or that of a former key that
is given beside it. A database without check values (a new one, or one of an
older release) takes the key that opens its oldest data key; without data keys
there is nothing to open, and the first key is the right one.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import MetaData, func, select
from sqlalchemy.dialects.postgresql import insert

from portal_chassis.database.sealed import KEY_ID_BYTES, Sealer
from portal_chassis.database.transactions import Database, Transaction
from portal_chassis.settings import SettingsError
from portal_chassis.tables import chassis_tables, safekeeping_tables

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
        return Standing.RIGHT if sealer.proves(sealer.key_id, own) else Standing.WRONG
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
        "with. Name the right one (it is in the backup of your keys); if the key was replaced, "
        "name the former one in PORTAL_FORMER_MASTER_KEYS_FILE as well."
    )


def count_foreign_keys(tx: Transaction, sealer: Sealer) -> int:
    """How many clients' data keys were wrapped by master keys that the sealer does not have."""
    query = select(func.count()).where(_WRAPPED_BY.not_in(sealer.key_ids))
    return int(tx.execute(query).scalar_one())


def _opens_the_oldest(tx: Transaction, sealer: Sealer) -> bool:
    """Whether the sealer opens the data key that was made first; later ones may be a mistake's."""
    oldest = select(_data_key).order_by(_data_key.c.created_at, _data_key.c.owner_id).limit(1)
    row = tx.execute(oldest).first()
    return row is None or sealer.unwraps(bytes(row.wrapped), row.owner_id)
