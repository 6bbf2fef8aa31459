"""The `simulate` command: what support asks when a time is not offered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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


def test_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["simulate", str(tmp_path / "missing.json")])
    assert result.exit_code == 1
    assert "missing.json" in result.output
