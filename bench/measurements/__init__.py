"""One module per measurement: its name, its rows, and how they are measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.context import MeasurementContext
from bench.measurements import (
    busy_calendars,
    export,
    forms,
    free_times,
    growth,
    home,
    liberties,
    mail,
    memory,
    peers_booking,
    peers_home,
    peers_month,
    plans,
    race,
    restore,
    rpc,
    series,
    weight,
)
from bench.rows import Figures, Row


@dataclass(frozen=True)
class Measurement:
    """One measurement.

    Attributes:
        name: what ``--only`` takes.
        rows: what it fills in.
        measure: does it.
        asked_for: it runs only where ``--only`` names it.
    """

    name: str
    rows: tuple[Row, ...]
    measure: Callable[[MeasurementContext], Figures]
    asked_for: bool = False


MEASUREMENTS = (
    Measurement("peers-home", peers_home.ROWS, peers_home.measure),
    Measurement("peers-month", peers_month.ROWS, peers_month.measure),
    Measurement("peers-booking", peers_booking.ROWS, peers_booking.measure),
    Measurement("rpc", rpc.ROWS, rpc.measure),
    Measurement("home", home.ROWS, home.measure),
    Measurement("weight", weight.ROWS, weight.measure),
    Measurement("growth", growth.ROWS, growth.measure),
    Measurement("plans", plans.ROWS, plans.measure),
    Measurement("free-times", free_times.ROWS, free_times.measure),
    Measurement("busy", busy_calendars.ROWS, busy_calendars.measure),
    Measurement("forms", forms.ROWS, forms.measure),
    Measurement("export", export.ROWS, export.measure),
    Measurement("race", race.ROWS, race.measure),
    Measurement("series", series.ROWS, series.measure),
    Measurement("mail", mail.ROWS, mail.measure),
    Measurement("memory", memory.ROWS, memory.measure),
    Measurement("restore", restore.ROWS, restore.measure),
    Measurement("liberties", liberties.ROWS, liberties.measure, asked_for=True),
)
"""In the order in which they run."""
