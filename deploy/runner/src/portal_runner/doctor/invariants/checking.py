"""``portal doctor --invariants``: wait until the portal is at rest, check, say what was found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import typer
from sqlalchemy.exc import SQLAlchemyError

from portal_chassis.database.transactions import Database, describe_error
from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.postgres import PostgresError
from portal_chassis.embedded.postgres_binaries import MissingPostgresError
from portal_chassis.variables import SettingsError
from portal_contracts.catalogue import SERVICES
from portal_runner.doctor.configuration import read_configuration, sealer_of
from portal_runner.doctor.databases import database_url
from portal_runner.doctor.invariants import at_rest, drafts, mails, overlaps, recorded_acts
from portal_runner.doctor.invariants.context import Allowed, Context
from portal_runner.doctor.invariants.journal import by_act, read_journal
from portal_runner.doctor.invariants.verdict import Verdict
from portal_runner.doctor.target import NothingToCheckError, Target, find_target
from portal_runner.running import read_processes

LOOK_AGAIN_SECONDS = 0.5
UNREADABLE = (NothingToCheckError, MissingPostgresError, PostgresError, SettingsError, OSError)
"""Each says in a sentence why nothing can be looked at."""

CHECKS: tuple[Callable[[Context], Verdict], ...] = (
    overlaps.check,
    recorded_acts.check,
    mails.check,
    drafts.check,
    at_rest.check,
)


@dataclass(frozen=True)
class CheckOptions:
    """What the command was called with.

    Attributes:
        var: a data folder; see `find_target`.
        journal: what a test did and was told; see `journal`.
        mails: what a mail server accepted; see `Context.mails`.
        within_seconds: how long the portal may take to come to rest.
        allowed: what was done on purpose.
    """

    var: Path | None = None
    journal: Path | None = None
    mails: Path | None = None
    within_seconds: float = 0.0
    allowed: Allowed = field(default_factory=Allowed)


def run_invariants(options: CheckOptions, *, as_json: bool) -> int:
    """Check and print.

    Returns:
        0 when everything holds, 1 on any breach, 2 when it could not be looked at.
    """
    try:
        with find_target(options.var) as target, open_context(target, options) as context:
            verdicts = examine(context, within_seconds=options.within_seconds)
    except SQLAlchemyError as error:
        return _fail(f"A database does not answer ({describe_error(error)}).")
    except msgspec.MsgspecError as error:
        return _fail(f"The journal or the mails cannot be read: {error}")
    except UNREADABLE as error:
        return _fail(str(error))
    if as_json:
        typer.echo(json.dumps([verdict.document() for verdict in verdicts], indent=2))
    else:
        for line in (line for verdict in verdicts for line in verdict.lines()):
            typer.echo(line)
    return 0 if all(verdict.holds for verdict in verdicts) else 1


def examine(context: Context, *, within_seconds: float = 0.0) -> list[Verdict]:
    """Every invariant, once the portal is at rest or the time for that is over."""
    wait_until(lambda: _is_at_rest(context), within=within_seconds, every=LOOK_AGAIN_SECONDS)
    return [check(context) for check in CHECKS]


def _is_at_rest(context: Context) -> bool:
    try:
        return at_rest.check(context).holds
    except SQLAlchemyError:
        # A server that was just started again: the next look may find it.
        return False


def _fail(sentence: str) -> int:
    typer.echo(sentence, err=True)
    return 2


@contextmanager
def open_context(target: Target, options: CheckOptions) -> Iterator[Context]:
    """What the checks look at in one portal; its databases are let go of at the end."""
    configuration, _findings = read_configuration()
    with ExitStack() as stack:
        databases = {}
        for name in SERVICES:
            url = database_url(name, target, configuration)
            databases[name] = Database(url, pool_size=1, application_name="doctor")
            stack.callback(databases[name].dispose)
        journal = by_act(read_journal(options.journal)) if options.journal else None
        yield Context(
            databases=databases,
            sealer=sealer_of(target, configuration),
            amqp_uri=target.amqp_uri,
            journal=journal,
            mails=options.mails,
            allowed=options.allowed,
            pids=_pids(target),
            folder=None if target.folder is None else target.folder.path,
        )


def _pids(target: Target) -> dict[str, int]:
    return {} if target.folder is None else read_processes(target.folder.path)
