"""Rows of the table: what is measured, beside what, with which aim; and what came out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AimQuantity(StrEnum):
    """What an aim is about: our number, or our number by the floor's."""

    VALUE = "value"
    RATIO = "ratio"


@dataclass(frozen=True)
class Aim:
    """What a row should come to.

    Attributes:
        limit: the number.
        of: of which quantity.
        at_least: the limit is the least that will do, not the most.
    """

    limit: float
    of: AimQuantity = AimQuantity.RATIO
    at_least: bool = False

    def is_met(self, quantity: float) -> bool:
        """Whether `quantity` will do."""
        return quantity >= self.limit if self.at_least else quantity <= self.limit


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        key: its name in results and in the README.
        title: what is measured.
        unit: of both numbers.
        beside: what the floor is; empty where there is none.
        aim: None where the number is for the record.
    """

    key: str
    title: str
    unit: str
    beside: str = ""
    aim: Aim | None = None


@dataclass(frozen=True)
class Figure:
    """What came out for a row.

    Attributes:
        value: our number.
        floor: the floor's, in the same unit.
        note: what else there is to say, in a few words.
    """

    value: float
    floor: float | None = None
    note: str = ""


Figures = dict[str, Figure]
"""By the keys of the rows."""


@dataclass(frozen=True)
class Result:
    """A row with its figure."""

    row: Row
    figure: Figure

    @property
    def ratio(self) -> float | None:
        """Our number by the floor's."""
        return self.figure.value / self.figure.floor if self.figure.floor else None

    @property
    def met(self) -> bool | None:
        """Whether the aim was met; None where there is none."""
        aim = self.row.aim
        quantity = self.figure.value if aim is None or aim.of is AimQuantity.VALUE else self.ratio
        return None if aim is None or quantity is None else aim.is_met(quantity)


def aim_words(row: Row) -> str:
    """The aim of a row, as it stands in the table."""
    if row.aim is None:
        return "–"
    sign = "≥" if row.aim.at_least else "≤"
    unit = " ×" if row.aim.of is AimQuantity.RATIO else f" {row.unit}" if row.unit else ""
    return f"{sign} {row.aim.limit:g}{unit}"


def number(value: float) -> str:
    """A number with as many digits as mean something; a count as it is."""
    if isinstance(value, int):
        return f"{value:,}"
    whole_digits = len(str(int(abs(value))))
    return f"{value:,.{max(0, 3 - whole_digits)}f}"


def cells(result: Result) -> tuple[str, str, str, str, str, str]:
    """A result as the cells of its row: title, ours, beside, ratio, aim, verdict."""
    row, figure = result.row, result.figure
    unit = f" {row.unit}" if row.unit else ""
    beside = "" if figure.floor is None else f"{number(figure.floor)}{unit}: {row.beside}"
    return (
        row.title,
        f"{number(figure.value)}{unit}",
        "; ".join(part for part in (beside, figure.note) if part) or "–",
        "–" if result.ratio is None else f"{result.ratio:.2f}",
        aim_words(row),
        {True: "met", False: "**missed**", None: "–"}[result.met],
    )
