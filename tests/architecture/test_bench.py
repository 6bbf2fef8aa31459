"""The benchmark's own arithmetic, and that its README names what it measures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench import __main__ as command
from bench.accounting import cpu_per_piece, cpu_seconds, memory_megabytes
from bench.load import Load, apply_load
from bench.measurements.peers_home import cpu_figure
from bench.peers.environment import NoEnvironmentError, environment_for
from bench.readme import markdown, with_table
from bench.rows import Aim, AimQuantity, Figure, Result, Row
from bench.sides import Turns
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


def test_what_takes_minutes_more_runs_only_where_it_is_asked_for():
    def names(*arguments):
        return [one.name for one in command.wanted_by(command.parse(arguments))]

    assert "liberties" not in names()
    assert "rpc" in names()
    assert names("--only", "liberties") == ["liberties"]
    assert "liberties" in names("--list")


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


@pytest.mark.parametrize("peer", command.PEERS)
def test_a_table_without_a_peer_is_not_written_into_the_readme(peer, capsys):
    assert command.parse(["--without", peer]).without == [peer]
    with pytest.raises(SystemExit):
        command.parse(["--write-readme", "--without", peer])
    assert "full run" in capsys.readouterr().err


def test_a_peer_that_was_left_out_says_why_and_misses_nothing():
    turns = Turns(spreads=[spread([0.01])], rates=[100.0], cpu=[{"web": 4.0, "postgres": 1.0}])
    alone = cpu_figure(turns, None, "left out: no index")
    assert alone == Figure(5.0, None, "web 4.00, postgres 1.00; left out: no index")
    assert Result(Row("key", "Title", "ms", "peer", Aim(0.65)), alone).met is None
    beside = cpu_figure(turns, turns, "")
    assert beside.floor == 5.0
    assert beside.note.endswith("; theirs web 4.00, postgres 1.00")


def test_the_median_round_counts_for_each_side():
    turns = Turns(rates=[1.0, 9.0, 2.0], cpu=[{"web": 3.0}, {"web": 1.0}, {"web": 2.0}])
    assert turns.rate == 2.0
    assert turns.cpu_per_page == 2.0
    assert turns.cpu_by_process == {"web": 2.0}


def test_what_cannot_be_installed_is_told_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    lock = tmp_path / "requirements.lock"
    lock.write_text("no such requirement !!\n")
    with pytest.raises(NoEnvironmentError, match="cannot be installed here"):
        environment_for("peer", lock)
    assert not list(tmp_path.glob("latchkey-bench/*/complete"))


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


def test_a_child_that_has_ended_is_accounted_for_with_its_parent():
    work = "sum(number * number for number in range(3_000_000))"

    def run_child() -> int:
        subprocess.run([sys.executable, "-c", work], check=True)
        return 1

    assert cpu_per_piece({"tests": [os.getpid()]}, run_child)["tests"] > 50
