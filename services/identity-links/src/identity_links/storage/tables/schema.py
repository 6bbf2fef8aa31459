"""What the tables are collected in, and how a column of words is held to its enumeration."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, MetaData

from portal_chassis.tables import chassis_tables, safekeeping_tables

metadata = MetaData()
chassis = chassis_tables(metadata)
safekeeping = safekeeping_tables(metadata)


def one_of(column: str, values: type[StrEnum], table: str) -> CheckConstraint:
    """The column holds a value of the enumeration."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")
