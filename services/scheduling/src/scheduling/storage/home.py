"""What the portal's home asks besides its lists, by one statement."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from sqlalchemy import exists, literal, select, true

from portal_chassis.authority.ownership import Client
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from scheduling.domain.summaries import SealedVersion
from scheduling.storage.bookable_services import is_open
from scheduling.storage.summaries import shared_last
from scheduling.storage.tables import chassis


@dataclass(frozen=True)
class Home:
    """What a client finds besides appointments and sessions.

    Attributes:
        can_book: there is a service that the client may book without the practice.
        latest: of the summaries that the client sees at present the one shared last.
        wrapped: the client's wrapped data key, which opens it; None once it was erased.
    """

    can_book: bool
    latest: SealedVersion | None
    wrapped: bytes | None = field(repr=False)


def of_client(tx: Transaction, client: Client) -> Home:
    """The same of one client. The key is as old as what it opens, and is not to be kept."""
    named = {"client_id": client.id, "practice_id": client.practice_id}
    row = run(tx, _HOME, named).all()[0]
    latest = None
    if row.id is not None:
        latest = SealedVersion(**{name: getattr(row, name) for name in _VERSION})
    return Home(row.can_book, latest, row.wrapped)


_VERSION = tuple(one.name for one in fields(SealedVersion))
_asked = select(literal(1)).subquery("asked")
_latest = shared_last().subquery("latest")
_key = chassis.data_key
_HOME = select(exists().where(is_open()).label("can_book"), _key.c.wrapped, *_latest.c).select_from(
    _asked.outerjoin(_latest, true()).outerjoin(_key, _key.c.owner_id == _latest.c.client_id)
)
