"""What a restore tells: in words, what is there, what is missing since when, what is to be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from portal_chassis.embedded.command_lines import portal_command
from portal_chassis.embedded.running_portal import settings_in_use
from portal_contracts.notifications.mail_kinds import MAIL_KINDS
from portal_runner.backup.choosing import Choice
from portal_runner.backup.reconciling import LostTime, Reconciled
from portal_runner.data_folder import KEY_VARIABLES
from portal_runner.doctor.invariants.verdict import Verdict

REPORT = "restored.txt"
MADE_ANEW = {*KEY_VARIABLES, "PORTAL_AMQP_URI"}
"""Secrets that the restored portal has: its key was given, its broker is its own."""

LISTED_AT_MOST = 50


def report(
    choice: Choice,
    folder: Path,
    lost: LostTime,
    done: Reconciled,
    verdicts: list[Verdict],
) -> Iterator[str]:
    """The lines of it. By ids: nothing in it names a person."""
    manifest = choice.base.manifest
    yield f"Restored {manifest.installation} to {folder}."
    yield (
        f"  from the base backup of {_at(manifest.began_at)} and {len(choice.log_files)} file(s) "
        "of the log"
    )
    yield f"  everything that was acknowledged before {_at(lost.since)} is there"
    yield from _missing(lost)
    yield from _done(done)
    yield from _held(done)
    yield ""
    for verdict in verdicts:
        yield from verdict.lines()
    if not done.at_rest:
        yield "✗ Some events have not arrived yet; `portal doctor` tells which."
    yield ""
    yield f"Start it as the former was started, with --var {folder}."
    if secrets := sorted(settings_in_use(folder).secrets - MADE_ANEW):
        yield f"Give it its secrets again, which are in no backup: {', '.join(secrets)}."
    yield f"Look at it first: {portal_command('doctor', folder=folder)}"


def _missing(lost: LostTime) -> Iterator[str]:
    if not lost.any:
        yield "  nothing is missing: the former portal had stopped before"
        return
    yield (
        f"  what was done between {_at(lost.since)} and {_at(lost.stopped_at)} is missing: "
        "bookings, answers, links, passwords, settings"
    )
    if not lost.ends_access:
        return
    yield "  API tokens that were revoked in that time work again: revoke them once more"


def _done(done: Reconciled) -> Iterator[str]:
    yield f"Erased again, from the ledgers: {done.erased} client(s)."
    if done.published_again:
        yield f"Published again, because it had not arrived everywhere: {done.published_again}."
    if done.sequences_raised:
        yield (
            f"Invitations of {done.sequences_raised} appointment(s) go on above what was mailed: "
            "calendars follow."
        )
    if done.ended is not None:
        yield (
            f"Ended, because they may have been revoked in that time: {done.ended.links} link(s), "
            f"{done.ended.devices} device(s). People get new links, or sign in; invitations are "
            "sent again."
        )


def _held(done: Reconciled) -> Iterator[str]:
    if not done.held:
        return
    kinds = Counter((mail.kind, mail.recipient) for mail in done.held)
    yield (
        f"Not sent, because they may have been sent in that time: {len(done.held)} mail(s). Send "
        "again what is wanted, in the mail log of the console (Closed); what was about an account "
        "is asked for anew."
    )
    for (kind, recipient), number in sorted(kinds.items()):
        yield f"  {number} × {MAIL_KINDS.get(kind, kind)}, to a {recipient}"
    for mail in done.held[:LISTED_AT_MOST]:
        yield f"    {_at(mail.created_at)}  {mail.kind}  {mail.delivery_id}"
    if len(done.held) > LISTED_AT_MOST:
        yield f"    … and {len(done.held) - LISTED_AT_MOST} more"


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
