"""``portal doctor``: everything the portal needs, and how to mend what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from notifications.config import Settings as NotificationsSettings
from portal_chassis.embedded.postgres import PostgresError
from portal_chassis.embedded.postgres_binaries import MissingPostgresError
from portal_runner import doctor_checks as checks
from portal_runner.doctor_checks import Finding, State
from portal_runner.doctor_target import NothingToCheckError, Target, find_target

MARKS = {State.OK: ("✓", "green"), State.NOTE: ("·", "cyan"), State.TROUBLE: ("✗", "bold red")}


def run_doctor(var: Path | None, *, as_json: bool) -> int:
    """Check the portal and print what was found.

    Returns:
        0 when all is well, 1 when anything is to be mended.
    """
    try:
        with find_target(var) as target:
            findings = examine(target)
    except NothingToCheckError as error:
        findings = [checks.trouble("portal", str(error), "Start it.")]
    except (MissingPostgresError, PostgresError) as error:
        findings = [checks.trouble("PostgreSQL", str(error), "Mend this first, then ask again.")]
    if as_json:
        typer.echo(json.dumps([finding.document() for finding in findings], indent=2))
    else:
        _print(findings)
    return 1 if any(finding.state is State.TROUBLE for finding in findings) else 0


def examine(target: Target) -> list[Finding]:
    """Every finding about `target`."""
    settings, findings = checks.check_settings()
    findings.insert(0, checks.note("looking at", target.title))
    findings.append(checks.check_master_key(target, settings))
    findings += checks.check_databases(target, settings)
    findings += checks.check_broker(target)
    findings += checks.check_processes(target)
    if isinstance(notifications := settings.get("notifications"), NotificationsSettings):
        findings.append(checks.check_mail(notifications))
    return findings


def _print(findings: list[Finding]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    width = max(len(finding.subject) for finding in findings) + 2
    for finding in findings:
        mark, style = MARKS[finding.state]
        console.print(
            Text(f"{mark} ", style=style) + Text(f"{finding.subject:<{width}}") + Text(finding.says)
        )
        if finding.fix:
            console.print(Text(f"    → {finding.fix}", style="bold"))
    troubles = sum(finding.state is State.TROUBLE for finding in findings)
    console.print(f"\n{troubles} thing(s) to mend." if troubles else "\nAll is well.")
