"""The `portal` command."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from portal_chassis.embedded.ports import LOOPBACK
from portal_runner.backup_schedule import KEPT_AT_MOST_DAYS
from portal_runner.data_folder import DataFolder
from portal_runner.modes import Mode

DEFAULT_PORT = 8000

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Run Latchkey on one machine, and look at how it fares.",
)

VarOption = Annotated[Path, typer.Option("--var", help="Folder of all data.")]
StackOption = Annotated[
    Path | None,
    typer.Option("--var", help="Data folder of a stack that runs; else PORTAL_AMQP_URI."),
]
IdentityOption = Annotated[
    Path | None, typer.Option(help="File with the secret key of age that opens it.")
]
PortOption = Annotated[int, typer.Option(min=1, max=65_535, help="Port of the portal.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        # Only then: the other commands start without it.
        from portal_chassis.metrics import portal_version

        typer.echo(f"Latchkey {portal_version()}")
        raise typer.Exit


@app.callback()
def _portal(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass


@app.command("try")
def try_out(var: VarOption = Path("var"), port: PortOption = DEFAULT_PORT) -> None:
    """Try it: demo data, mails to a folder, this machine only."""
    _become_standalone(Mode.TRY, var, LOOPBACK, port)


@app.command()
def serve(
    var: VarOption = Path("var"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = LOOPBACK,
    port: PortOption = DEFAULT_PORT,
) -> None:
    """Run it for a small practice: one process, mails by SMTP, no demo data."""
    if DataFolder(var).demo.exists():
        fail(f"{var} holds the demo practice of `portal try`. Give an empty folder with --var.")
    _become_standalone(Mode.SERVE, var, host, port)


@app.command()
def stack(
    var: VarOption = Path("var/stack"),
    port: PortOption = DEFAULT_PORT,
    replicas: Annotated[int, typer.Option(min=1, max=8, help="Processes per service.")] = 1,
    mail_smtp: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Send mails to this server, not to a folder.")
    ] = "",
) -> None:
    """Run every service as a process of its own, with a private RabbitMQ and PostgreSQL."""
    from portal_runner.stack_command import run_stack

    raise typer.Exit(run_stack(var, port=port, replicas=replicas, mail_smtp=mail_smtp))


@app.command()
def topology(
    var: StackOption = None,
    *,
    definitions: Annotated[
        bool,
        typer.Option("--definitions", help="Only print them, for a RabbitMQ that loads them."),
    ] = False,
    permissions: Annotated[
        bool,
        typer.Option("--permissions", help="Only print what gives each process's user its rights."),
    ] = False,
) -> None:
    """Declare the broker's exchanges and queues; harmless to repeat."""
    from portal_runner.topology_command import (
        VIRTUAL_HOST,
        declare_topology,
        print_definitions,
        print_permissions,
    )

    if definitions:
        print_definitions()
        return
    if permissions:
        raise typer.Exit(print_permissions(VIRTUAL_HOST))
    raise typer.Exit(declare_topology(var))


@app.command("remove-queue")
def remove_queue(
    queue: Annotated[str, typer.Argument(help="Its name, as the doctor tells it.")],
    var: StackOption = None,
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without this, only show.")] = False,
    drop: Annotated[
        int,
        typer.Option(min=0, metavar="N", help="Lose the N messages that it holds."),
    ] = 0,
) -> None:
    """Show what a queue holds that this release has no more, and remove it with --apply."""
    from portal_runner.queue_command import run_remove_queue

    raise typer.Exit(run_remove_queue(queue, var, apply=apply, drop=drop))


@app.command()
def doctor(  # noqa: PLR0913 - each is an option of the command
    var: Annotated[
        Path | None, typer.Option("--var", help="Data folder; else the environment, else var/.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    invariants: Annotated[
        bool, typer.Option("--invariants", help="Check instead what must hold of all that is kept.")
    ] = False,
    within: Annotated[
        float, typer.Option(min=0, help="Seconds in which the portal must come to rest.")
    ] = 0.0,
    journal: Annotated[
        Path | None, typer.Option(help="What a test did and was told, as lines of JSON.")
    ] = None,
    mails: Annotated[
        Path | None,
        typer.Option(help="Folder of .eml files, or lines of JSON with a message_id."),
    ] = None,
    planted: Annotated[int, typer.Option(min=0, help="Dead letters that must be there.")] = 0,
    resent: Annotated[int, typer.Option(min=0, help="Mails that may be there twice.")] = 0,
    memory_mb: Annotated[
        int | None, typer.Option(min=1, help="The most that one process may use.")
    ] = None,
) -> None:
    """Check every dependency and say how to mend what is wrong; exit 1 on trouble."""
    if not invariants:
        from portal_runner.doctor import run_doctor

        raise typer.Exit(run_doctor(var, as_json=as_json))
    from portal_runner.doctor.invariants.checking import CheckOptions, run_invariants
    from portal_runner.doctor.invariants.context import Allowed

    allowed = Allowed(dead_letters=planted, resent=resent, memory_mb=memory_mb)
    options = CheckOptions(var, journal, mails, within, allowed)
    raise typer.Exit(run_invariants(options, as_json=as_json))


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Folder of all backups, on another disk.")],
    var: Annotated[
        Path | None, typer.Option("--var", help="Data folder; else var/stack or var.")
    ] = None,
    *,
    recipients: Annotated[
        str,
        typer.Option(
            envvar="PORTAL_BACKUP_RECIPIENTS",
            metavar="KEYS",
            help="Seal it to these public keys of age (age1…).",
        ),
    ] = "",
    identity: IdentityOption = None,
    tried: Annotated[
        bool, typer.Option("--try/--no-try", help="Restore it into a folder that is thrown away.")
    ] = True,
    scratch: Annotated[Path | None, typer.Option(help="Where that folder is made.")] = None,
    keep_days: Annotated[
        int,
        typer.Option(min=0, max=KEPT_AT_MOST_DAYS, help="Remove backups that are older; 0: none."),
    ] = 0,
) -> None:
    """Back up a data folder's portal, running or not, and see that it can be restored."""
    from portal_runner.backup.backup_command import BackupOptions, run_backup
    from portal_runner.backup.ending import end_in_order

    end_in_order()
    options = BackupOptions(folder, var, recipients, identity, tried, scratch, keep_days)
    raise typer.Exit(run_backup(options))


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(help="Folder of the backups.")],
    var: Annotated[Path, typer.Option("--var", help="Data folder to make.")],
    *,
    until: Annotated[
        str, typer.Option(metavar="INSTANT", help="As of then: 2026-12-01T03:00Z; else the last.")
    ] = "",
    stopped_at: Annotated[
        str,
        typer.Option(metavar="INSTANT", help="When the former portal stopped; else just now."),
    ] = "",
    key_file: Annotated[Path | None, typer.Option(help="File of the master key.")] = None,
    identity: IdentityOption = None,
    ledger: Annotated[
        list[Path] | None, typer.Option(help="Another folder with a ledger of erased clients.")
    ] = None,
) -> None:
    """Make a data folder from a backup, and report what is missing since when."""
    from portal_chassis.admin.parts import instant_option
    from portal_runner.backup.ending import end_in_order
    from portal_runner.backup.restore_command import RestoreOptions, run_restore

    end_in_order()
    options = RestoreOptions(
        archive,
        var,
        instant_option("--until", until) if until else None,
        instant_option("--stopped-at", stopped_at) if stopped_at else None,
        key_file,
        identity,
        ledger or [],
    )
    raise typer.Exit(run_restore(options))


@app.command("erase-again")
def erase_again(
    ledgers: Annotated[list[Path], typer.Argument(help="Folders with ledgers of erased clients.")],
    var: Annotated[
        Path | None, typer.Option("--var", help="Data folder; else the environment, else var/.")
    ] = None,
) -> None:
    """Erase again who was erased, after databases were restored by other means."""
    from portal_runner.erasures import run_erase_again

    raise typer.Exit(run_erase_again(ledgers, var))


def fail(sentence: str) -> None:
    """Say what is wrong and stop with 2."""
    typer.echo(sentence, err=True)
    raise typer.Exit(2)


def _become_standalone(mode: Mode, var: Path, host: str, port: int) -> None:
    """Replace this process by the patched one, which must patch before anything is imported."""
    arguments = ["--mode", mode.value, "--var", str(var), "--host", host, "--port", str(port)]
    sys.stdout.flush()
    os.execv(
        sys.executable,
        [sys.executable, "-m", "portal_runner.standalone", *arguments],
    )


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
