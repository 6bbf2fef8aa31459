"""Sealed columns: AES-256-GCM with a data key per owner, wrapped by the master key.

An owner is whoever a value is about or belongs to: a client, a practitioner or a practice, each
by its id; ids are unique over all of them. A sealed value is ``version byte · 12-byte nonce ·
ciphertext`` under the owner's data key; the place it stands in (table, column, row) is bound to
it as associated data, so a value moved elsewhere does not open. Deleting the one wrapped key
erases every sealed value of the owner, in backups too once the backups of the keys have ended.
Wrapped keys carry the id of the master key that wrapped them, so that a master key can be
replaced while the portal runs: see `portal_chassis.database.master_key`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import MetaData, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from portal_chassis.database.erasure import client_erased, erased_at, lock_data_key
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from portal_chassis.tables import chassis_tables

_VERSION = b"\x01"
_NONCE_BYTES = 12
KEY_ID_BYTES = 8
_PROOF, _PROOF_PLACE = b"latchkey", b"master key"
_DERIVED_BYTES = 32
_data_key = chassis_tables(MetaData()).data_key
_WRAPPED = select(_data_key.c.wrapped).where(
    _data_key.c.owner_id == bindparam("owner_id", type_=_data_key.c.owner_id.type)
)


class Unsealable(Exception):
    """A sealed value does not open: wrong key, wrong place, or it was altered."""


class KeyErased(Unsealable):
    """The owner's data key is gone: the value was erased."""


class Sealer:
    """Seals and opens text for clients, practitioners and practices.

    Args:
        master_key: 32 bytes; wraps new data keys.
        former_keys: earlier master keys, which still open what they wrapped.
    """

    def __init__(self, master_key: bytes, former_keys: tuple[bytes, ...] = ()) -> None:
        self._current = _key_id(master_key)
        self._masters = {_key_id(key): AESGCM(key) for key in (master_key, *former_keys)}

    def seal(
        self, tx: Transaction, owner_id: UUID, text: str, *, table: str, column: str, row: Any
    ) -> bytes:
        """Seal `text` for `owner_id`; makes the owner's data key where there is none.

        Raises:
            Conflict: ``client_erased``: the owner was erased, so nothing is kept any more.
        """
        return _sealed(self._data_key(tx, owner_id, make=True), text, _place(table, column, row))

    def seal_under(
        self, wrapped: bytes, owner_id: UUID, text: str, *, table: str, column: str, row: Any
    ) -> bytes:
        """Seal `text` under the owner's wrapped data key, for whoever has read it just now.

        Raises:
            Unsealable: no master key that is given opens it.
        """
        return _sealed(self._unwrap(wrapped, owner_id), text, _place(table, column, row))

    def open(
        self, tx: Transaction, owner_id: UUID, blob: bytes, *, table: str, column: str, row: Any
    ) -> str:
        """The text sealed in `blob`.

        Raises:
            KeyErased: the owner's data key was deleted.
            Unsealable: it was altered, or belongs elsewhere.
        """
        key = self._data_key(tx, owner_id, make=False)
        return _opened(key, blob, _place(table, column, row))

    def open_under(
        self,
        wrapped: bytes | None,
        owner_id: UUID,
        blob: bytes,
        *,
        table: str,
        column: str,
        row: Any,
    ) -> str:
        """The same by the owner's wrapped data key, which was read along with `blob`; None: erased.

        Raises:
            KeyErased: the owner's data key was deleted.
            Unsealable: it was altered, or belongs elsewhere.
        """
        if wrapped is None:
            raise KeyErased("no data key")
        return _opened(self._unwrap(wrapped, owner_id), blob, _place(table, column, row))

    def derived_key(self, tx: Transaction, owner_id: UUID, purpose: str) -> bytes:
        """32 bytes for `purpose`, the same each time until the owner's data key is deleted.

        For what is sealed outside the database: it tells nothing of the data key (HKDF,
        RFC 5869), nor of the key for another purpose. Makes the data key where there is none.

        Raises:
            Conflict: ``client_erased``: the owner was erased.
        """
        info = b"latchkey derived key " + purpose.encode()
        derivation = HKDF(algorithm=SHA256(), length=_DERIVED_BYTES, salt=None, info=info)
        return derivation.derive(self._data_key(tx, owner_id, make=True))

    def mac(
        self, tx: Transaction, owner_id: UUID, text: str, *, table: str, column: str, row: Any
    ) -> bytes:
        """A keyed hash of `text` for `owner_id`, for what is compared and never read.

        Few as the texts may be that it could be of, a copy of the database does not tell which:
        the key is made from the owner's data key, which is made where there is none.

        Raises:
            Conflict: ``client_erased``, as `seal`.
        """
        key = self.derived_key(tx, owner_id, "mac")
        return hmac.digest(key, _place(table, column, row) + b"\x1f" + text.encode(), "sha256")

    @property
    def key_id(self) -> bytes:
        """The id of the master key that wraps new data keys."""
        return self._current

    @property
    def key_ids(self) -> list[bytes]:
        """The ids of all master keys that are given, the present one first."""
        return list(self._masters)

    def proof(self) -> bytes:
        """A known text sealed under the present master key, by which it is known again."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._masters[self._current].encrypt(nonce, _PROOF, _PROOF_PLACE)

    def proves(self, key_id: bytes, proof: bytes) -> bool:
        """Whether the master key with this id is given, and sealed `proof`."""
        master = self._masters.get(key_id)
        try:
            return master is not None and _decrypt(master, proof, _PROOF_PLACE) == _PROOF
        except Unsealable:
            return False

    def wrap_anew(self, wrapped: bytes, owner_id: UUID) -> bytes:
        """An owner's data key, wrapped by the present master key; the data key stays the same.

        Raises:
            Unsealable: no master key that is given opens it.
        """
        return self._wrap(self._unwrap(wrapped, owner_id), owner_id)

    def unwraps(self, wrapped: bytes, owner_id: UUID) -> bool:
        """Whether one of the master keys opens the owner's wrapped data key."""
        try:
            self._unwrap(wrapped, owner_id)
        except Unsealable:
            return False
        return True

    def _data_key(self, tx: Transaction, owner_id: UUID, *, make: bool) -> bytes:
        of_owner = {"owner_id": owner_id}
        wrapped = run(tx, _WRAPPED, of_owner).scalar_one_or_none()
        if wrapped is None and make:
            lock_data_key(tx, owner_id)
            if erased_at(tx, owner_id) is not None:
                raise client_erased()
            fresh = self._wrap(AESGCM.generate_key(bit_length=256), owner_id)
            tx.execute(
                insert(_data_key).values(owner_id=owner_id, wrapped=fresh).on_conflict_do_nothing()
            )
            wrapped = run(tx, _WRAPPED, of_owner).scalar_one()
        if wrapped is None:
            raise KeyErased("no data key")
        return self._unwrap(bytes(wrapped), owner_id)

    def _wrap(self, key: bytes, owner_id: UUID) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._masters[self._current].encrypt(nonce, key, owner_id.bytes)
        return self._current + nonce + sealed

    def _unwrap(self, wrapped: bytes, owner_id: UUID) -> bytes:
        key_id, rest = wrapped[:KEY_ID_BYTES], wrapped[KEY_ID_BYTES:]
        master = self._masters.get(key_id)
        if master is None:
            raise Unsealable("wrapped by an unknown master key")
        return _decrypt(master, rest, owner_id.bytes)


def _sealed(key: bytes, text: str, place: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, text.encode(), place)


def _opened(key: bytes, blob: bytes, place: bytes) -> str:
    if blob[:1] != _VERSION:
        raise Unsealable("unknown version")
    return _decrypt(AESGCM(key), blob[1:], place).decode()


def _decrypt(cipher: AESGCM, sealed: bytes, place: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place)
    except (InvalidTag, ValueError) as error:
        # ValueError: cut so short that the nonce itself is incomplete.
        raise Unsealable("does not open") from error


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"latchkey master key id" + key).digest()[:KEY_ID_BYTES]


def _place(table: str, column: str, row: Any) -> bytes:
    return f"{table}\x1f{column}\x1f{row}".encode()
