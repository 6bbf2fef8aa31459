"""What became of appointments: a row for each time, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from portal_chassis.database.prepared import given, run
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.scheduling.rpc.appointments import AppointmentChange, ChangeKind
from scheduling.domain.appointments import Appointment
from scheduling.storage.tables import appointment_change

_TOLD = (
    "kind",
    "at",
    "practitioner_id",
    "by_program",
    "revealed",
    "starts_at",
    "previous_starts_at",
    "without_mail",
)


def add(
    tx: Transaction,
    kind: ChangeKind,
    appointment: Appointment,
    actor: Actor,
    *,
    previous_starts_at: datetime | None = None,
    without_mail: bool = False,
    now: datetime,
) -> None:
    """Write down what `actor` made of an appointment, which stands as it is from now on."""
    changed = [(appointment.id, appointment.starts_at, previous_starts_at)]
    add_all(tx, kind, changed, actor, without_mail=without_mail, now=now)


def add_all(
    tx: Transaction,
    kind: ChangeKind,
    changed: Sequence[tuple[UUID, datetime, datetime | None]],
    actor: Actor,
    *,
    without_mail: bool = False,
    now: datetime,
) -> None:
    """The same of several appointments at once: the id, the start from now on, and the former."""
    by_practice = actor.kind is ActorKind.PRACTITIONER
    same = {
        "kind": kind,
        "at": now,
        "actor_kind": actor.kind,
        "practitioner_id": actor.id if by_practice else None,
        "by_program": actor.token_id is not None,
        "revealed": actor.revealed,
        "without_mail": without_mail,
    }
    rows = [
        {
            "id": new_id(),
            "appointment_id": appointment_id,
            "starts_at": starts_at,
            "previous_starts_at": previous_starts_at,
            **same,
        }
        for appointment_id, starts_at, previous_starts_at in changed
    ]
    if len(rows) == 1:
        run(tx, _ADD, rows[0])
    else:
        tx.execute(_ADD, rows)


_ADD = insert(appointment_change).values(
    given(*(appointment_change.c[name] for name in ("id", "appointment_id", "actor_kind", *_TOLD)))
)


def of(tx: Transaction, appointment_id: UUID) -> list[AppointmentChange]:
    """What became of an appointment, the latest first."""
    columns = [appointment_change.c[name] for name in _TOLD]
    query = (
        select(*columns, appointment_change.c.actor_kind.label("by"))
        .where(appointment_change.c.appointment_id == appointment_id)
        .order_by(appointment_change.c.at.desc(), appointment_change.c.id.desc())
    )
    return [
        AppointmentChange(**{**row, "kind": ChangeKind(row["kind"]), "by": ActorKind(row["by"])})
        for row in tx.execute(query).mappings()
    ]
