"""The toy's tables."""

from sqlalchemy import BigInteger, Column, DateTime, Float, Identity, MetaData, Table, Text, Uuid

from portal_chassis.tables import chassis_tables, lease_columns, safekeeping_tables

metadata = MetaData()
chassis = chassis_tables(metadata)
safekeeping = safekeeping_tables(metadata)

thing = Table(
    "thing",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("word", Text, nullable=False, unique=True),
    Column("due_at", DateTime(timezone=True)),
    Column("done_at", DateTime(timezone=True)),
    *lease_columns(),
)
log = Table(
    "log",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("event_id", Uuid),
    Column("word", Text, nullable=False),
)
knob = Table(
    "knob",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Float, nullable=False),
)
