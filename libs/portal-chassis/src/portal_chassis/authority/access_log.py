"""What the access log is told of a service: who did what on whom, and who was refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_contracts.accesses import Thing
from portal_contracts.actor import Caller
from portal_contracts.envelope import EventData
from portal_contracts.errors import PortalError

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class AccessLog:
    """Tells the access log, which identity-links keeps, of one service's acts; by ids alone.

    Attributes:
        event: what is published: an `AccessData`.
        aggregate: the kind of thing that such events are about.
        subjects: arguments that name the thing a call is about, the likeliest first.
    """

    event: Callable[..., EventData]
    aggregate: str
    subjects: tuple[str, ...]

    def record(  # noqa: PLR0913 - what a row of the log says
        self,
        tx: Transaction,
        caller: Caller,
        act: str,
        *,
        practice_id: UUID,
        client_id: UUID | None,
        subject_id: UUID | None,
        thing: Thing | None = None,
        outcome: str = "done",
        now: datetime,
    ) -> None:
        """Publish that somebody did `act`.

        Args:
            tx: of the act itself: a read that cannot be written down is refused.
            caller: who did it.
            act: a code like ``summary.opened``.
            practice_id: in which practice.
            client_id: whom it concerns, if anyone.
            subject_id: the thing itself, if any.
            thing: what it is called now, where it was done to one.
            outcome: ``done`` or ``denied``.
            now: aware UTC instant.
        """
        about = subject_id or client_id or practice_id
        data = self.event(
            act=act,
            outcome=outcome,
            client_id=client_id,
            subject_id=subject_id,
            address=caller.address,
            thing=thing,
        )
        outbox.record_all(
            tx,
            [self.told(data, about)],
            practice_id=practice_id,
            actor=caller.actor,
            request_id=caller.request_id,
            now=now,
        )

    def told(self, data: EventData, about: UUID) -> outbox.Told:
        """The event that tells the access log `data` about a thing, to be recorded with others."""
        return outbox.Told(data, (self.aggregate, about))

    def record_refusal(self, tx: Transaction, call: Call, error: PortalError) -> None:
        """Publish that a client or a practitioner was refused.

        Nobody and services belong to no practice, so no practice's log has a
        place for them: they are told of in the process's own.
        """
        if call.actor.practice_id is None:
            log.warning(
                "refused",
                method=call.method.address,
                actor=call.actor.label,
                code=error.code,
                request_id=call.request_id,
            )
            return
        named = (getattr(call.arguments, name, None) for name in self.subjects)
        self.record(
            tx,
            call,
            f"{call.method.name}.{error.code}",
            practice_id=call.actor.practice_id,
            client_id=getattr(call.arguments, "client_id", None),
            subject_id=next((one for one in named if one is not None), None),
            outcome="denied",
            now=call.now,
        )
