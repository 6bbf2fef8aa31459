"""The benchmark's own arithmetic, and that its README names what it measures."""

from __future__ import annotations

import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench import __main__ as command
from bench.accounting import cpu_seconds, memory_megabytes
from bench.load import Load, apply_load
from bench.readme import markdown, with_table
from bench.rows import Aim, AimQuantity, Figure, Result, Row
from bench.timing import alternate, median_spread, percentile, spread


def test_a_percentile_is_a_duration_that_was_measured():
    durations = list(range(1, 101))
    assert percentile(durations, 0.5) == 50
    assert percentile(durations, 0.99) == 99
    assert percentile([3.0], 0.99) == 3.0
    assert percentile([2.0, 1.0], 0.5) == 1.0
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.5)


def test_the_middle_round_counts_and_the_slowest_of_all():
    rounds = [spread([0.001]), spread([0.009]), spread([0.002])]
    assert median_spread(rounds).p50 == pytest.approx(2.0)
    assert median_spread(rounds).largest == pytest.approx(9.0)
    assert median_spread(rounds).count == 3


def test_sides_take_turns_after_a_warm_up():
    called = []
    sides = {"a": lambda: called.append("a"), "b": lambda: called.append("b")}
    found = alternate(sides, rounds=2, count=2, warm_up=1)
    assert "".join(called) == "ab" + "aabb" * 2
    assert found["a"].count == 4


@pytest.mark.parametrize(
    ("aim", "value", "met"),
    [
        (Aim(1.5), 3.0, True),
        (Aim(1.5), 3.1, False),
        (Aim(0.6, at_least=True), 1.2, True),
        (Aim(0.6, at_least=True), 1.1, False),
        (Aim(90, AimQuantity.VALUE), 90.0, True),
        (Aim(90, AimQuantity.VALUE), 90.1, False),
        (None, 1.0, None),
    ],
)
def test_an_aim_is_about_the_ratio_unless_it_says_otherwise(aim, value, met):
    result = Result(Row("key", "Title", "ms", "floor", aim), Figure(value, 2.0))
    assert result.ratio == value / 2
    assert result.met is met


def test_a_ratio_without_a_floor_meets_nothing():
    assert Result(Row("key", "Title", "ms", aim=Aim(1)), Figure(0.5)).met is None


def test_a_row_says_what_was_measured_beside_what():
    rows = [
        Result(Row("a", "A call", "ms", "bare", Aim(1.5)), Figure(2.5, 1.25, "a note")),
        Result(Row("b", "Losers", "", aim=Aim(0, AimQuantity.VALUE)), Figure(0)),
    ]
    assert markdown(rows).splitlines()[2:] == [
        "| A call | 2.50 ms | 1.25 ms: bare; a note | 2.00 | ≤ 1.5 × | **missed** |",
        "| Losers | 0 | – | – | ≤ 0 | met |",
    ]


def test_the_table_takes_the_place_of_the_former_one():
    readme = "before\n<!-- table: begin -->\nold\n<!-- table: end -->\nafter\n"
    once = with_table(readme, "new")
    assert once == "before\n<!-- table: begin -->\nnew\n<!-- table: end -->\nafter\n"
    assert with_table(once, "new") == once
    with pytest.raises(ValueError, match="needs"):
        with_table("before", "new")


def test_the_readme_names_every_row_that_the_list_names(root, capsys):
    assert command.main(["--list"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    readme = (root / "bench/README.md").read_text("utf-8")
    rows = re.findall(
        r"^\| (`[^|]+`) \|", readme.partition("## What the rows mean")[2], re.MULTILINE
    )
    named = [key for row in rows for key in re.findall(r"`([^`]+)`", row)]
    assert sorted(named) == sorted(listed)
    assert len(set(listed)) == len(listed)
    assert with_table(readme, "new") != readme


def test_only_a_full_run_is_written_into_the_readme(capsys):
    with pytest.raises(SystemExit):
        command.parse(["--write-readme", "--quick"])
    assert "full run" in capsys.readouterr().err


class Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        status = 200 if self.headers.get("Cookie") == "in=1" else 303
        self.send_response(status)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *details):
        pass


@pytest.fixture
def pages():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_load_counts_answers_and_takes_nothing_but_pages(pages):
    answered = apply_load(Load(pages, "/home", "in=1", connections=3, seconds=0.1))
    assert len(answered.durations) >= 3
    assert 0.1 <= answered.seconds < 5
    assert all(0 < one < answered.seconds for one in answered.durations)
    with pytest.raises(ConnectionError, match="303"):
        apply_load(Load(pages, "/home", "", connections=1, seconds=0.1))


def test_a_process_is_accounted_for():

    resident, proportional = memory_megabytes(os.getpid())
    assert resident >= proportional > 1
    assert cpu_seconds([os.getpid()]) > 0
