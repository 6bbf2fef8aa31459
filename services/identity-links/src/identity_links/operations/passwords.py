"""Practitioners' passwords: argon2id (RFC 9106, second recommended set of parameters).

One check takes some 50 ms of a core and 64 MiB. Inside the service it runs in
a thread of its own (`service.py`), never in a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from identity_links.domain.passwords import check_password
from identity_links.domain.people import Practice, Practitioner

HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)

NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$oi1n41W5JkP6lE2RKBspzw"
    "$jQwzg8MR/afLFX06hkxEgtRnnG1AG0a/Ff+zRQrd64I"
)
"""Checked against where the e-mail address is unknown, so that both take the same time.

It belongs to no password: the hash part was drawn at random.
"""


def hash_password(password: str, names: Iterable[str] = ()) -> str:
    """The hash to store for a new password, wherever one is set.

    Args:
        password: as it was typed.
        names: what everybody knows of its owner: name, e-mail address, the practice's name.

    Raises:
        Invalid: ``password``: see `check_password`.
    """
    check_password(password, names)
    return HASHER.hash(password)


def names_of(practitioner: Practitioner, practice: Practice) -> tuple[str, ...]:
    """What everybody knows of a practitioner, for `hash_password`."""
    return (practitioner.name, practitioner.email, practice.fields.name)


def verify_password(password_hash: str, password: str) -> bool:
    """Whether `password` is the one that was hashed."""
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
