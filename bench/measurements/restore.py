"""From an archive to a portal that serves: what an outage lasts once a machine is there."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from bench.bulk import multiply_history
from bench.context import MeasurementContext
from bench.rows import Aim, AimQuantity, Figure, Figures, Row
from tests.kit.portal.portals import COMMAND, Portal

TIMES = 100
LIMIT = Aim(60, AimQuantity.VALUE)
ROWS = (
    Row("restore-demo", "From an archive to a serving portal, demo practice", "s", aim=LIMIT),
    Row("restore-grown", f"The same with {TIMES} × the history", "s"),
    Row("backup-demo", "A backup of the demo practice, not tried out", "s"),
)
MEGABYTE = 1_000_000
LONGEST_SECONDS = 600
REPORTED = (0, 1)
"""Exit codes of a restore that was made: copies of sealed answers open nowhere, and are told."""


def measure(context: MeasurementContext) -> Figures:
    """Back a portal up, restore it beside, start it; then the same with more in it."""
    portal = context.start_portal("try")
    figures: Figures = {}
    try:
        for key in ("restore-demo", "restore-grown"):
            if key == "restore-grown":
                client_id = str(portal.demo["client_id"])
                for of_client in (False, True):
                    multiply_history(portal, TIMES - 1, client_id, of_client=of_client)
            backups = context.folder / f"{key}-backups"
            backups.mkdir()
            took = _run(portal, "backup", str(backups), "--var", str(portal.folder), "--no-try")
            if key == "restore-demo":
                figures["backup-demo"] = Figure(took)
            note = f"{_size(backups) / MEGABYTE:.0f} MB compressed"
            figures[key] = Figure(_restore(portal, backups, context.folder / key), note=note)
    finally:
        portal.stop()
    return figures


def _restore(portal: Portal, backups: Path, folder: Path) -> float:
    began = time.monotonic()
    _run(portal, "restore", str(backups), "--var", str(folder))
    keys = {"XDG_CONFIG_HOME": portal.environment["XDG_CONFIG_HOME"]}
    # The former one has the port that the backup remembers.
    restored = Portal("try", folder=folder, environment=keys)
    try:
        restored.wait_until_ready()
        return time.monotonic() - began
    finally:
        restored.end()


def _run(portal: Portal, *words: str) -> float:
    """Run a ``portal`` command; its seconds."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", COMMAND, *words],
        env=portal.environment,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    if done.returncode not in REPORTED:
        raise RuntimeError(done.stderr)
    return time.monotonic() - began


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
