"""Columns that recur in the tables of every service; required unless `options` say otherwise."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, DateTime, Integer, Text, text
from sqlalchemy.dialects.postgresql import UUID


def id_column(name: str, *arguments: Any, **options: Any) -> Column[Any]:
    """A UUID; `arguments` as of `Column`: a foreign key."""
    return Column(name, UUID(as_uuid=True), *arguments, **({"nullable": False} | options))


def instant_column(name: str, **options: Any) -> Column[Any]:
    """An instant, with its zone."""
    return Column(name, DateTime(timezone=True), **({"nullable": False} | options))


def text_column(name: str, **options: Any) -> Column[Any]:
    """A text of any length."""
    return Column(name, Text, **({"nullable": False} | options))


def count_column(name: str, default: int = 0) -> Column[Any]:
    """A whole number with a default."""
    return Column(name, Integer, nullable=False, server_default=text(str(default)))
