"""What the broker's users may do, tried out: each may do what its process needs, and no more.

Nothing is changed by a try. What is refused is refused first of all; what is allowed fails
then for another reason: a message in the name of somebody else, a consumer with a priority
that is none. The broker's log tells of both.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from amqp import Message
from amqp.exceptions import AccessRefused
from kombu import Connection

from portal_chassis.broker import topology
from portal_chassis.broker.connection import BROKER_ERRORS, connect
from portal_chassis.embedded.command_lines import portal_command
from portal_contracts.broker_accounts import REPLIES, RIGHTS, Rights
from portal_contracts.catalogue import SERVICES, SUBSCRIPTIONS, call_queue
from portal_runner.doctor.finding import Finding, note, ok, trouble
from portal_runner.doctor.target import ACCOUNT_VARIABLES, Target

NOBODY = "nobody"


def check_rights(target: Target) -> Iterator[Finding]:
    """One finding for each process's user."""
    if target.amqp_uri is None:
        return
    for process, rights in RIGHTS.items():
        uri = target.broker_accounts.get(process)
        if uri is None:
            variable = ACCOUNT_VARIABLES[process]
            yield note(
                f"rights of {process}",
                "Its user's password is not known here.",
                f"Set {variable} for the doctor to try what that user may do.",
            )
            continue
        yield _check_user(process, uri, rights)


def _set_rights() -> str:
    return f"Run what `{portal_command('topology', '--permissions')}` prints, at the broker."


def _check_user(process: str, uri: str, rights: Rights) -> Finding:
    user = unquote(urlsplit(uri).username or "")
    subject = f"rights of {process}"
    try:
        with connect(uri) as connection:
            tried = dict(_try_out(connection))
    except BROKER_ERRORS as error:
        return trouble(
            subject,
            f"The broker does not let {user} in ({type(error).__name__}).",
            "Make that user with this password, then see to its rights. " + _set_rights(),
        )
    wanted = {
        *(f"write {name}" for name in rights.write),
        *(f"read {name}" for name in rights.read),
    }
    told = []
    if beyond := [act for act, may in tried.items() if may and act not in wanted]:
        told.append(f"{user} may do more than it needs: {', '.join(beyond)}.")
    if lacking := [act for act, may in tried.items() if not may and act in wanted]:
        told.append(f"{user} may not do what it needs: {', '.join(lacking)}.")
    return (
        trouble(subject, " ".join(told), _set_rights()) if told else ok(subject, f"{user}, least")
    )


def _try_out(connection: Connection) -> Iterator[tuple[str, bool]]:
    """Every exchange; of a service's queues the one of its calls, and one of its events."""
    yield "declare anything", _may(connection, _declare)
    for name in [REPLIES, *(exchange.name for exchange in topology.exchanges())]:
        yield f"write {name}", _may(connection, partial(_publish, name))
    events = {one.subscriber: one.queue for one in SUBSCRIPTIONS}
    for name in [*map(call_queue, SERVICES), *events.values(), topology.DEAD_LETTERS]:
        yield f"read {name}", _may(connection, partial(_consume, name))


def _may(connection: Connection, act: Callable[[Any], None]) -> bool:
    """Whether the broker refuses `act` for another reason than the user's rights, or does it."""
    channel = connection.channel()
    try:
        act(channel)
        # An answer to come says that what was sent before was taken.
        channel.basic_qos(0, 1, False)
    except AccessRefused:
        return False
    except connection.channel_errors:
        return True
    channel.close()
    return True


def _declare(channel: Any) -> None:
    """A queue of this connection's own, which goes with it."""
    channel.queue_declare(f"{NOBODY}-{uuid.uuid4()}", exclusive=True)


def _publish(exchange: str, channel: Any) -> None:
    """A message that the broker does not take: it is in the name of somebody else."""
    where = "" if exchange == REPLIES else exchange
    channel.basic_publish(Message(b"", user_id=NOBODY), where, NOBODY)


def _consume(queue: str, channel: Any) -> None:
    """A consumer that the broker does not take: its priority is a word."""
    channel.basic_consume(queue, arguments={"x-priority": NOBODY})
