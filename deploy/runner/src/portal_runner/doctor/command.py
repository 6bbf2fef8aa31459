"""Look at everything, and print what was found."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from portal_chassis.embedded.postgres import PostgresError
from portal_chassis.embedded.postgres_binaries import MissingPostgresError
from portal_runner.doctor.backups import check_backups
from portal_runner.doctor.broker import check_broker
from portal_runner.doctor.broker_rights import check_rights
from portal_runner.doctor.configuration import check_configuration, read_configuration
from portal_runner.doctor.databases import check_databases
from portal_runner.doctor.finding import Finding, State, note, trouble
from portal_runner.doctor.processes import check_disk, check_mail_server, check_processes
from portal_runner.doctor.python import check_python
from portal_runner.doctor.target import NothingToCheckError, Target, find_target

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
        findings = [trouble("portal", str(error), "Start it.")]
    except (MissingPostgresError, PostgresError) as error:
        findings = [trouble("PostgreSQL", str(error), "Mend this first, then ask again.")]
    if as_json:
        typer.echo(json.dumps([finding.document() for finding in findings], indent=2))
    else:
        _print(findings)
    return 1 if any(finding.state is State.TROUBLE for finding in findings) else 0


def examine(target: Target) -> list[Finding]:
    """Every finding about `target`."""
    configuration, findings = read_configuration()
    findings.insert(0, note("looking at", target.title))
    findings.append(check_python())
    findings += check_configuration(target, configuration)
    findings += check_databases(target, configuration)
    findings += check_broker(target)
    findings += check_rights(target)
    findings += check_processes(target)
    findings += check_disk(target)
    findings += check_backups(target)
    if configuration.notifications is not None:
        findings += check_mail_server(target, configuration.notifications)
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
