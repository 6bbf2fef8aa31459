"""``python -m bench``: measure, print the table, keep the results."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import machine, readme
from bench.context import MeasurementContext
from bench.measurements import MEASUREMENTS, Measurement
from bench.rows import Result

HERE = Path(__file__).parent
PEERS = ("monolith", "pretix")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the portal.")
    names = [one.name for one in MEASUREMENTS]
    parser.add_argument("--list", action="store_true", help="print what is measured, and stop")
    parser.add_argument("--only", action="append", choices=names, help="may be given repeatedly")
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        choices=PEERS,
        help="a peer that is not measured; may be given repeatedly",
    )
    parser.add_argument("--quick", action="store_true", help="short rounds: numbers are rough")
    parser.add_argument("--results", type=Path, default=HERE / "results", metavar="FOLDER")
    parser.add_argument(
        "--write-readme", action="store_true", help="put the table into bench/README.md"
    )
    options = parser.parse_args(arguments)
    if options.write_readme and (options.only or options.quick or options.without):
        parser.error("--write-readme goes with a full run only")
    return options


def wanted_by(options: argparse.Namespace) -> list[Measurement]:
    """The measurements that are asked for, or all that a full run has; every one to list them."""
    if options.only:
        return [one for one in MEASUREMENTS if one.name in options.only]
    return [one for one in MEASUREMENTS if options.list or not one.asked_for]


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; 0 also when an aim was missed: the table says so.

    1 when a measurement failed: what the others found is printed, and not kept.
    """
    options = parse(arguments)
    wanted = wanted_by(options)
    if options.list:
        for one in wanted:
            print("\n".join(f"{row.key:24}{row.title}" for row in one.rows))
        return 0
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    started, load_before = time.monotonic(), machine.load_average()
    print(f"Load average {load_before}.", file=sys.stderr)
    try:
        with (
            tempfile.TemporaryDirectory(
                prefix="latchkey-bench-", ignore_cleanup_errors=True
            ) as folder,
            MeasurementContext(
                Path(folder), quick=options.quick, without=options.without
            ) as context,
        ):
            results, failed = _measure(context, wanted)
            servers = context.servers()
    except KeyboardInterrupt:
        print("Interrupted; everything is ended.", file=sys.stderr)
        return 130
    load = f"Load average before {load_before}, after {machine.load_average()}."
    machine_line = f"{machine.sentence(machine.describe(), servers)} {load}"
    print(f"\n{readme.plain(results)}\n\n{machine_line}\n{time.monotonic() - started:.0f} seconds.")
    if failed:
        print(f"Nothing is kept: {', '.join(failed)} failed.", file=sys.stderr)
        return 1
    _write_results(options, results, machine_line)
    return 0


def _measure(
    context: MeasurementContext, wanted: Sequence[Measurement]
) -> tuple[list[Result], list[str]]:
    """The results, and the names of the measurements that failed; the others go on."""
    results, failed = [], []
    for one in wanted:
        print(f"{one.name} … ", end="", file=sys.stderr, flush=True)
        started = time.monotonic()
        try:
            figures = one.measure(context)
        except Exception:  # noqa: BLE001 - whatever it is, a quarter of an hour is not lost to it
            traceback.print_exc()
            failed.append(one.name)
            continue
        print(f"{time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
        results += [Result(row, figures[row.key]) for row in one.rows]
    return results, failed


def _write_results(options: argparse.Namespace, results: list[Result], machine_line: str) -> None:
    folder: Path = options.results
    folder.mkdir(parents=True, exist_ok=True)
    name = "-".join(options.only) if options.only else "quick" if options.quick else "full"
    written = f"{machine_line}\n\n{readme.markdown(results)}"
    content = {"machine": machine_line, "rows": {one.row.key: _as_json(one) for one in results}}
    (folder / f"{name}.json").write_text(f"{json.dumps(content, indent=2)}\n")
    (folder / f"{name}.md").write_text(f"{written}\n")
    if options.write_readme:
        path = HERE / "README.md"
        path.write_text(readme.with_table(path.read_text(), written))


def _as_json(result: Result) -> dict[str, Any]:
    return {
        "title": result.row.title,
        "unit": result.row.unit,
        "beside": result.row.beside,
        **asdict(result.figure),
        "ratio": result.ratio,
        "met": result.met,
    }


def _interrupt(_number: int, _frame: Any) -> None:
    # Ending what was started takes a bounded time: nothing may cut it short.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
