"""The users of the broker: one for each process, with the least that its work needs.

| a process may | what |
|---|---|
| configure | a service: the queue of its calls |
| write | the exchanges of the calls it makes; a service: its events and its replies besides |
| read | a service: its calls and the events it takes |

Everything else is declared beforehand by the owner, who is no process. Replies go through
the broker's own exchange, which leads to every queue: so whoever takes a message looks at
its `user_id` besides, which the broker lets nobody write but that user.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from portal_contracts.calls import GATEWAY
from portal_contracts.catalogue import (
    PROCESSES,
    SUBSCRIPTIONS,
    call_exchange,
    call_queue,
    called_by,
    event_exchange,
)
from portal_contracts.queues import subscriber_of, withdrawn_queues

OWNER: Final = "latchkey"
"""The user that declares exchanges and queues, where nobody chose another name."""

USERS: Final = "latchkey-{process}"
"""What the users of the processes are called, where nobody chose something else."""

REPLIES: Final = "amq.default"
"""The broker's own exchange, as its permissions name it."""


@dataclass(frozen=True)
class Rights:
    """What one user may do, by the names of exchanges and queues."""

    configure: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    read: tuple[str, ...] = ()

    @property
    def patterns(self) -> dict[str, str]:
        """The same as the broker's permissions."""
        return {
            "configure": _pattern(self.configure),
            "write": _pattern(self.write),
            "read": _pattern(self.read),
        }


def _rights_of(process: str) -> Rights:
    calls = tuple(map(call_exchange, called_by(process)))
    if process == GATEWAY:
        return Rights(write=calls)
    queue = call_queue(process)
    events = tuple(one.queue for one in SUBSCRIPTIONS if one.subscriber == process)
    # A process of the former release, which still takes from them, has to come back after a fault.
    withdrawn = tuple(one for one in withdrawn_queues() if subscriber_of(one) == process)
    return Rights(
        configure=(queue,),
        # Whoever binds a queue to an exchange writes to the one and reads from the other.
        write=(*calls, event_exchange(process), REPLIES, queue),
        read=(queue, call_exchange(process), *events, *withdrawn),
    )


RIGHTS: Final = {process: _rights_of(process) for process in PROCESSES}


def user_of(process: str, users: str = USERS) -> str:
    """The user of a process, where users are called like `users`."""
    return users.replace("{process}", process)


def permissions(virtual_host: str, users: str = USERS) -> list[dict[str, str]]:
    """What each process's user may do, as in RabbitMQ's definitions."""
    return [
        {"user": user_of(process, users), "vhost": virtual_host} | rights.patterns
        for process, rights in RIGHTS.items()
    ]


def _pattern(names: Iterable[str]) -> str:
    """A pattern of exactly these names; of none for none."""
    listed = "|".join(name.replace(".", r"\.") for name in names)
    return f"^({listed})$" if listed else "^$"
