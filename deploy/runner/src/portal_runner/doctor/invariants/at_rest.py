"""I7: at rest nothing is left lying: outbox, inbox, queues, dead letters, transactions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from kombu import Connection
from sqlalchemy import MetaData, func, select, text

from notifications.storage.tables import delivery
from portal_chassis.broker.connection import BROKER_ERRORS, connect
from portal_chassis.broker.topology import DEAD_LETTERS
from portal_chassis.tables import chassis_tables
from portal_contracts.catalogue import SERVICES, SUBSCRIPTIONS
from portal_contracts.notifications.rpc import OPEN_STATES
from portal_runner.doctor.invariants.context import Context
from portal_runner.doctor.invariants.journeys import check_journeys
from portal_runner.doctor.invariants.verdict import Verdict

_chassis = chassis_tables(MetaData())
_IDLE = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
    " AND state_change < now() - interval '1 second'"
)
KIB_PER_MB = 1024


def check(context: Context) -> Verdict:
    """Look at every database, every queue and, if asked, at the memory of every process."""
    verdict = Verdict("I7", "at rest nothing is left lying")
    dead = 0
    for service in SERVICES:
        dead += _look_into(service, context, verdict)
    _check_deliveries(context, verdict)
    check_journeys(context, verdict)
    dead += _check_queues(context, verdict)
    verdict.counted["dead letters"] = dead
    if dead != context.allowed.dead_letters:
        verdict.wrong.append(
            f"{dead} dead letter(s), and {context.allowed.dead_letters} were planted"
        )
    _check_memory(context, verdict)
    return verdict


def _look_into(service: str, context: Context, verdict: Verdict) -> int:
    """One service's database; how many dead events it has."""
    outbox, inbox = _chassis.outbox, _chassis.inbox
    open_rows = inbox.c.handled_at.is_(None) & ~inbox.c.dead
    with context.look_into(service) as tx:
        events, unsent = tx.execute(
            select(func.count(), func.count().filter(outbox.c.sent_at.is_(None))).select_from(
                outbox
            )
        ).one()
        taken, waiting, dead = tx.execute(
            select(
                func.count(),
                func.count().filter(open_rows),
                func.count().filter(inbox.c.dead),
            ).select_from(inbox)
        ).one()
        idle = tx.execute(_IDLE).scalar_one()
    for name, number in (("events", events), ("inbox rows", taken)):
        verdict.counted[name] = verdict.counted.get(name, 0) + number
    for number, what in (
        (unsent, "event(s) wait in the outbox"),
        (waiting, "event(s) in the inbox are not handled"),
        (idle, "session(s) of the database are idle in a transaction"),
    ):
        if number:
            verdict.wrong.append(f"{service}: {number} {what}")
    return int(dead)


def _check_deliveries(context: Context, verdict: Verdict) -> None:
    if context.allowed.due_mails:
        return
    query = select(func.count()).where(
        delivery.c.state.in_(OPEN_STATES), delivery.c.next_attempt_at <= context.now
    )
    with context.look_into("notifications") as tx:
        due = tx.execute(query).scalar_one()
    if due:
        verdict.wrong.append(f"notifications: {due} mail(s) are due and not sent")


def _check_queues(context: Context, verdict: Verdict) -> int:
    """Every queue; how many dead letters the broker has."""
    if context.amqp_uri is None:
        verdict.left_out.append("the broker is inside the portal's process, or down")
        return 0
    names = [one.queue for one in SUBSCRIPTIONS] + [f"rpc-{service}" for service in SERVICES]
    try:
        with connect(context.amqp_uri) as connection:
            waiting = dict(_depths(connection, [*names, DEAD_LETTERS]))
    except BROKER_ERRORS as error:
        verdict.wrong.append(f"the broker does not answer ({type(error).__name__})")
        return 0
    verdict.counted["queues"] = len(waiting)
    dead = waiting.pop(DEAD_LETTERS, 0)
    verdict.wrong += [
        f"{number} message(s) wait in {queue}" for queue, number in waiting.items() if number
    ]
    return dead


def _depths(connection: Connection, names: list[str]) -> Iterator[tuple[str, int]]:
    """How many messages wait in each queue that there is."""
    for name in names:
        channel = connection.channel()
        try:
            declared = channel.queue_declare(name, passive=True)
        except connection.channel_errors:
            # An RPC queue goes with its service; `portal doctor` tells of a missing event queue.
            continue
        yield name, int(declared.message_count)
        channel.close()


def _check_memory(context: Context, verdict: Verdict) -> None:
    if context.allowed.memory_mb is None:
        return
    used = dict(_memory(context.pids or {}))
    verdict.counted |= {f"MB of {name}": number for name, number in used.items()}
    if not used:
        verdict.left_out.append("no process is known whose memory could be looked at")
    verdict.wrong += [
        f"{name} uses {number} MB, more than {context.allowed.memory_mb}"
        for name, number in used.items()
        if number > context.allowed.memory_mb
    ]


def _memory(pids: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    for name, pid in pids.items():
        try:
            status = Path(f"/proc/{pid}/status").read_text("ascii", errors="replace")
        except OSError:
            continue
        for line in status.splitlines():
            if line.startswith("VmRSS:"):
                yield name, int(line.split()[1]) // KIB_PER_MB
