"""The access log as it is read: pages of it, with names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, FromClause, and_, func, or_, select, tuple_

from identity_links.domain.access import FOLDED_ACTS, DetailedRow, NamedRow, Outcome
from identity_links.storage import caseloads
from identity_links.storage.revealed import revealed_by
from identity_links.storage.tables import access_log, api_token, client, practitioner
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.permissions import Permission, sees_every_client

_SHOWN = tuple(
    access_log.c[name]
    for name in (
        "seq",
        "occurred_at",
        "actor_kind",
        "actor_id",
        "actor_token_id",
        "act",
        "outcome",
        "address",
        "revealed_link",
        "thing_kind",
        "thing_title",
        "thing_at",
    )
)
_ALIKE = (
    "actor_kind",
    "actor_id",
    "actor_service",
    "actor_token_id",
    "revealed_link",
    "outcome",
    "client_id",
    "subject_id",
    "reason",
    "detail",
    "address",
)
"""What rows of one act have to share to be the same done again."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Which rows of a chain.

    Attributes:
        client_id: of this client alone, if given.
        without_acts_on: leaves out acts on one kind of thing: ``note`` all of ``note.opened``.
        folded: of looks and saves that come again within so long, all but the last are left out.
        without_own: leaves out what clients did of themselves.
        shown_to: leaves out what concerns clients who are hidden from this practitioner.
    """

    client_id: UUID | None = None
    without_acts_on: str | None = None
    folded: timedelta | None = None
    without_own: bool = False
    shown_to: Actor | None = None


def page(
    tx: Transaction, chain_id: UUID, which: Rows, *, before_seq: int | None, limit: int
) -> list[NamedRow]:
    """Rows of a chain, newest first, with the names of actor, token and client in that practice.

    Args:
        tx: the transaction.
        chain_id: which chain.
        which: which of its rows.
        before_seq: older than the row of this number.
        limit: how many at most.
    """
    asked = client.alias("asked")
    concerned = client.alias("concerned")
    columns = (
        *_SHOWN,
        func.coalesce(practitioner.c.name, asked.c.name, "").label("actor_name"),
        func.coalesce(api_token.c.name, "").label("token_name"),
        concerned.c.id.label("client_id"),
        func.coalesce(concerned.c.name, "").label("client_name"),
        revealed_by(access_log.c.revealed_link).label("revealed_by"),
    )
    query = (
        select(*columns)
        .select_from(access_log)
        .outerjoin(practitioner, _in_practice(practitioner, access_log.c.actor_id))
        .outerjoin(
            api_token,
            and_(
                api_token.c.id == access_log.c.actor_token_id,
                api_token.c.practitioner_id == practitioner.c.id,
            ),
        )
        .outerjoin(asked, _in_practice(asked, access_log.c.actor_id))
        .outerjoin(concerned, _in_practice(concerned, access_log.c.client_id))
        .where(access_log.c.chain_id == chain_id)
        .order_by(access_log.c.seq.desc())
        .limit(limit)
    )
    if before_seq is not None:
        query = query.where(access_log.c.seq < before_seq)
    query = query.where(*_conditions(which))
    return [NamedRow(**row) for row in tx.execute(query).mappings()]


def _conditions(which: Rows) -> list[ColumnElement[bool]]:
    concerns, conditions = access_log.c.client_id, []
    if which.client_id is not None:
        conditions.append(concerns == which.client_id)
    if which.folded is not None:
        conditions.append(~_is_done_again(which.folded))
    shown_to = which.shown_to
    if shown_to is not None and not sees_every_client(shown_to, Permission.ACCESS_LOG_READ):
        shown = caseloads.visible(concerns, shown_to, Permission.ACCESS_LOG_READ)
        conditions.append(or_(concerns.is_(None), shown))
    if which.without_own:
        conditions.append(~_IS_OWN)
    if which.without_acts_on is not None:
        act = f"{which.without_acts_on}."
        conditions.append(~access_log.c.act.startswith(act, autoescape=True))
    return conditions


_IS_OWN = and_(
    access_log.c.actor_kind == ActorKind.CLIENT,
    access_log.c.actor_id == access_log.c.client_id,
    access_log.c.revealed_link.is_(None),
)
"""What a client did with the client's own, on a device that no link let in which a practice saw."""


def _is_done_again(within: timedelta) -> ColumnElement[bool]:
    """Whether the same is done once more soon after a row: that one stands for both."""
    again = access_log.alias("again")
    return (
        select(again.c.seq)
        .where(
            or_(*(access_log.c.act.endswith(end) for end in FOLDED_ACTS)),
            access_log.c.outcome == Outcome.DONE,
            again.c.chain_id == access_log.c.chain_id,
            again.c.act == access_log.c.act,
            again.c.occurred_at >= access_log.c.occurred_at,
            again.c.occurred_at <= access_log.c.occurred_at + within,
            tuple_(again.c.occurred_at, again.c.seq)
            > tuple_(access_log.c.occurred_at, access_log.c.seq),
            *(again.c[name].is_not_distinct_from(access_log.c[name]) for name in _ALIKE),
        )
        .correlate(access_log)
        .exists()
    )


def details_of(
    tx: Transaction, chain_id: UUID, act: str, subject: str, *, limit: int
) -> list[DetailedRow]:
    """The newest rows of one act whose detail begins with ``<subject>: ``, with who did it."""
    query = (
        select(
            access_log.c.occurred_at,
            access_log.c.detail,
            func.coalesce(practitioner.c.name, "").label("actor_name"),
        )
        .select_from(access_log)
        .outerjoin(practitioner, _in_practice(practitioner, access_log.c.actor_id))
        .where(
            access_log.c.chain_id == chain_id,
            access_log.c.act == act,
            access_log.c.outcome == Outcome.DONE,
            access_log.c.detail.startswith(f"{subject}: ", autoescape=True),
        )
        .order_by(access_log.c.occurred_at.desc(), access_log.c.seq.desc())
        .limit(limit)
    )
    return [DetailedRow(**row) for row in tx.execute(query).mappings()]


def own_acts(
    tx: Transaction, chain_id: UUID, client_id: UUID, *, before_seq: int | None, limit: int
) -> list[tuple[int, datetime]]:
    """Number and instant of what a client did of itself, newest first."""
    query = (
        select(access_log.c.seq, access_log.c.occurred_at)
        .where(
            access_log.c.chain_id == chain_id,
            access_log.c.client_id == client_id,
            access_log.c.outcome == Outcome.DONE,
            _IS_OWN,
        )
        .order_by(access_log.c.seq.desc())
        .limit(limit)
    )
    if before_seq is not None:
        query = query.where(access_log.c.seq < before_seq)
    return [(row.seq, row.occurred_at) for row in tx.execute(query)]


def _in_practice(people: FromClause, named: Column[Any]) -> ColumnElement[bool]:
    """Whoever a row names, in the practice whose chain it is."""
    return and_(people.c.id == named, people.c.practice_id == access_log.c.chain_id)
