"""What proves that it is the practitioner: second factors, sign-ins under way, password resets."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from identity_links.storage.tables.schema import metadata
from portal_chassis.columns import id_column, instant_column, text_column

# The key that the practitioner's app has too; a second factor once `practitioner.second_factor_at`
# says so. `last_step` is the period of the last code that was taken: each works once.
second_factor = Table(
    "second_factor",
    metadata,
    id_column("practitioner_id", ForeignKey("practitioner.id"), primary_key=True),
    Column("key_sealed", LargeBinary, nullable=False),
    instant_column("made_at"),
    Column("last_step", BigInteger, nullable=True),
)

# Keyed by the practitioner's data key, so that a copy of the database tells no code.
recovery_code = Table(
    "recovery_code",
    metadata,
    id_column("practitioner_id", ForeignKey("practitioner.id"), primary_key=True),
    Column("mac", LargeBinary, primary_key=True),
    instant_column("made_at"),
    instant_column("used_at", nullable=True),
)

# A sign-in whose password was right and whose code is not given yet, by the hash of its cookie.
sign_in_step = Table(
    "sign_in_step",
    metadata,
    Column("step_hash", String(64), primary_key=True),
    id_column("practitioner_id", ForeignKey("practitioner.id")),
    instant_column("expires_at"),
    Column("tries", Integer, nullable=False),
    Index("ix_sign_in_step_practitioner", "practitioner_id"),
    Index("ix_sign_in_step_expires_at", "expires_at"),
)

# A forgotten password of an address that may or may not be known, until a job answers it.
reset_request = Table(
    "reset_request",
    metadata,
    id_column("id", primary_key=True),
    text_column("email_key"),
    text_column("address"),
    text_column("request_id"),
    instant_column("requested_at"),
)

# By which an account's password may be set anew; the newest alone. It has a token once its mail
# is written.
password_reset = Table(
    "password_reset",
    metadata,
    id_column("id", primary_key=True),
    id_column("practitioner_id", ForeignKey("practitioner.id")),
    Column("token_hash", String(64), nullable=True),
    instant_column("requested_at"),
    instant_column("expires_at"),
    Index("uq_password_reset_practitioner", "practitioner_id", unique=True),
    Index("uq_password_reset_token", "token_hash", unique=True),
    Index("ix_password_reset_expires_at", "expires_at"),
)
