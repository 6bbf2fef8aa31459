"""The `simulate` command: what support asks when a time is not offered."""

from __future__ import annotations

import importlib.resources
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from scheduling.admin import app

DOCUMENT: dict[str, Any] = {
    "timezone": "Europe/Berlin",
    "weekly": [{"days": ["wed"], "start": "09:00", "end": "12:00"}],
    "duration_min": 60,
    "increment_min": 60,
    "now": "2026-06-01T00:00:00Z",
    "range": {"from": "2026-06-03T00:00:00+02:00", "to": "2026-06-04"},
}


def run(tmp_path: Path, document: object, *options: str) -> tuple[int, str]:
    file = tmp_path / "document.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    result = CliRunner().invoke(app, ["simulate", str(file), *options])
    return result.exit_code, result.output


def test_prints_the_free_starts_as_utc_instants(tmp_path: Path) -> None:
    code, output = run(tmp_path, DOCUMENT)
    assert code == 0
    assert json.loads(output) == {
        "starts": ["2026-06-03T07:00:00Z", "2026-06-03T08:00:00Z", "2026-06-03T09:00:00Z"]
    }


def test_explains_every_refused_start(tmp_path: Path) -> None:
    document = DOCUMENT | {
        "bookings": [{"start": "2026-06-03T07:00:00Z", "end": "2026-06-03T08:00:00Z"}],
        "busy": [{"start": "2026-06-03T09:30:00Z", "end": "2026-06-03T09:45:00Z"}],
    }
    _, output = run(tmp_path, document, "--explain")
    assert json.loads(output) == {
        "starts": ["2026-06-03T08:00:00Z"],
        "refused": [
            {"start": "2026-06-03T07:00:00Z", "reason": "own_appointment"},
            {"start": "2026-06-03T09:00:00Z", "reason": "external_busy"},
        ],
    }


def test_knows_the_hours_of_a_service_holidays_and_time_off_with_times(tmp_path: Path) -> None:
    document = DOCUMENT | {
        "service_weekly": [{"days": ["wed", "thu"], "start": "15:00", "end": "18:00"}],
        "time_off": [
            {"start_date": "2026-06-03", "end_date": "2026-06-03", "start": "17:00"},
        ],
        "holidays": {"country": "DE", "region": "BY"},
        "range": {"from": "2026-06-03", "to": "2026-06-05"},
    }
    _, output = run(tmp_path, document, "--explain")
    assert json.loads(output) == {
        "starts": ["2026-06-03T13:00:00Z", "2026-06-03T14:00:00Z"],
        "refused": [
            {"start": "2026-06-03T15:00:00Z", "reason": "time_off"},
            {"start": "2026-06-04T13:00:00Z", "reason": "holiday"},
            {"start": "2026-06-04T14:00:00Z", "reason": "holiday"},
            {"start": "2026-06-04T15:00:00Z", "reason": "holiday"},
        ],
    }


def test_null_means_no_limit(tmp_path: Path) -> None:
    nothing = dict.fromkeys(
        ["max_horizon_days", "max_per_day", "min_notice_min", "buffer_before_min", "alignment"]
    )
    assert run(tmp_path, DOCUMENT | nothing) == run(tmp_path, DOCUMENT)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"timezone": "Mars/Olympus"}, "no time zone"),
        ({"timezone": "../etc/passwd"}, "no time zone"),
        ({"weekly": [{"days": ["wed"], "start": "12:00", "end": "09:00"}]}, "weekly[0]"),
        ({"weekly": [{"days": ["wed"], "start": "09:00", "end": "24:01"}]}, "weekly[0].end"),
        ({"weekly": [{"days": ["someday"], "start": "09:00", "end": "10:00"}]}, "weekly[0]"),
        ({"holidays": {"country": "XX"}}, "holidays.country"),
        ({"holidays": {"country": "DE", "region": "BC"}}, "holidays.region"),
        ({"time_off": [{"start_date": "2026-06-03", "end_date": "2026-06-02"}]}, "time_off[0]"),
        ({"duration_min": 0}, "duration_min"),
        ({"increment_min": 0}, "increment_min"),
        ({"buffer_after_min": -1}, "buffer_after_min"),
        ({"max_per_day": -1}, "max_per_day"),
        ({"now": "2026-06-01T00:00:00"}, "now"),
        ({"range": {"from": "yesterday", "to": "2026-06-04"}}, "range.from"),
        ({"range": {"from": "2026-06-05", "to": "2026-06-04"}}, "range"),
        ({"range": {"from": "2026-01-01", "to": "2036-12-31"}}, "400 days"),
        ({"range": {"from": "0001-01-01", "to": "0001-01-02"}}, "years 1 to 9999"),
        ({"range": {"from": "9999-12-30", "to": "9999-12-31"}}, "years 1 to 9999"),
        ({"time_off": [{"start_date": "2026-06-05", "end_date": "2026-06-04"}]}, "time_off[0]"),
        ({"busy": [{"start": "2026-06-03T08:00Z", "end": "2026-06-03T07:00Z"}]}, "busy[0]"),
        ({"colour": "blue"}, "colour"),
    ],
)  # fmt: skip
def test_names_what_cannot_be(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    code, output = run(tmp_path, DOCUMENT | change)
    assert code == 1
    assert sentence in output
    assert "Traceback" not in output


@pytest.mark.parametrize("text", ["", "[]", "{", '"x"', "[" * 2000, "nul\x00"])
def test_refuses_what_is_no_such_document(tmp_path: Path, text: str) -> None:
    code, output = run(tmp_path, text)
    assert code == 1
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"weekly": [{"days": [1], "start": "09:00", "end": "10:00"}]},
            "weekly[0].days[0]: one of mon, tue, wed, thu, fri, sat, sun.",
        ),
        (
            {"weekly": [{"days": ["MO"], "start": "09:00", "end": "10:00"}]},
            "weekly[0].days[0]: one of mon, tue",
        ),
        (
            {"weekly": [{"days": "mon", "start": "09:00", "end": "10:00"}]},
            "weekly[0].days: a list.",
        ),
        ({"weekly": [{"days": ["mon"], "start": 9, "end": "10:00"}]}, "weekly[0].start: a text."),
        ({"weekly": ["mon"]}, "weekly[0]: an object with days, start, end."),
        (
            {"weekly": [{"days": ["mon"], "start": "09:00"}]},
            "weekly[0]: missing required field `end`.",
        ),
        ({"duration_min": "50"}, "duration_min: a whole number."),
        ({"max_per_day": "no"}, "max_per_day: a whole number or null."),
        ({"now": "today"}, "now: an instant with its offset, for example"),
        ({"overrides": [{"date": "14.12."}]}, "overrides[0].date: a date, for example"),
        ({"alignment": "left"}, "alignment: one of window_start, gap_start, clock_grid or null."),
        ({"range": "today"}, "range: an object with from, to."),
        ({"hours": 3}, "unknown field `hours`"),
    ],
)
def test_what_is_wrong_is_said_in_the_terms_of_the_document(
    tmp_path: Path, change: dict[str, Any], sentence: str
) -> None:
    code, output = run(tmp_path, DOCUMENT | change)
    assert code == 1
    assert sentence in output


def test_a_document_that_is_no_object_is_told_what_it_has_to_be(tmp_path: Path) -> None:
    assert "It has to be an object with timezone, now, range" in run(tmp_path, "[]")[1]


def test_the_sample_is_a_document_that_works(tmp_path: Path) -> None:
    sample = CliRunner().invoke(app, ["simulate", "--sample"])
    code, output = run(tmp_path, sample.output, "--explain")
    assert code == 0
    answer = json.loads(output)
    assert len(answer["starts"]) == 3
    assert {one["reason"] for one in answer["refused"]} == {"own_appointment", "time_off"}


def test_hours_are_meant_by_the_shipped_zones_whatever_the_machine_says(tmp_path: Path) -> None:
    """Vancouver has other rules on this machine: the file is that of Tokyo."""
    machine = tmp_path / "zoneinfo"
    (machine / "America").mkdir(parents=True)
    shipped = importlib.resources.files("tzdata.zoneinfo")
    (machine / "America" / "Vancouver").write_bytes((shipped / "Asia" / "Tokyo").read_bytes())
    with (shipped / "America" / "Vancouver").open("rb") as file:
        vancouver = ZoneInfo.from_file(file)
    nine = datetime(2026, 12, 14, 9, tzinfo=vancouver).astimezone(UTC)
    script = Path(sys.executable).with_name("scheduling-admin")
    sample = CliRunner().invoke(app, ["simulate", "--sample"])
    answer = subprocess.run(
        [str(script), "simulate", "-"],
        env={"PATH": "/usr/bin:/bin", "PYTHONTZPATH": str(machine)},
        input=sample.output.encode(),
        capture_output=True,
        check=True,
    )
    assert json.loads(answer.stdout)["starts"][0] == f"{nine:%Y-%m-%dT%H:%M:%SZ}"


def test_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["simulate", str(tmp_path / "missing.json")])
    assert result.exit_code == 1
    assert "missing.json" in result.output
