"""Finding clients by what is known of them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, update

from identity_links.domain.client_search import Term, phone_word, search_terms
from identity_links.domain.email_addresses import email_key
from identity_links.domain.folding import FOLDING_RULE
from identity_links.domain.people import ClientRecord
from identity_links.domain.phone_numbers import read_phone
from identity_links.storage.client_rows import folded, stored_client
from identity_links.storage.tables import caseload, client
from portal_chassis.database.transactions import Transaction
from portal_contracts.identity_links.rpc.clients import ClientFields, ClientStatus


def matching(
    practice_id: UUID,
    *,
    search: str,
    status: ClientStatus | None,
    address_waits: bool = False,
    shown: ColumnElement[bool] | None = None,
    held_by: UUID | None = None,
) -> ColumnElement[bool]:
    """Clients of the practice who have all that `search` asks for.

    Args:
        practice_id: whose clients.
        search: words as somebody types them.
        status: only these.
        address_waits: only those whose address waits to be confirmed.
        shown: which of them are shown to whoever asks, see `caseloads.visible`.
        held_by: only those in this practitioner's caseload.
    """
    wanted = [client.c.practice_id == practice_id]
    if shown is not None:
        wanted.append(shown)
    wanted += [_has(term) for term in search_terms(search)]
    if status is not None:
        wanted.append(client.c.status == status)
    if address_waits:
        wanted.append(client.c.confirmed_email.is_not(None))
    if held_by is not None:
        held = select(caseload.c.client_id).where(caseload.c.practitioner_id == held_by)
        wanted.append(client.c.id.in_(held))
    return and_(*wanted)


def with_likeness(
    tx: Transaction,
    practice_id: UUID,
    fields: ClientFields,
    shown: ColumnElement[bool],
    *,
    limit: int,
) -> list[ClientRecord]:
    """Clients of the practice with the same address, phone number or date of birth.

    Of those alone that are `shown` to whoever asks, see `caseloads.visible`.
    """
    same: list[ColumnElement[bool]] = []
    if fields.email:
        same.append(client.c.email_key == email_key(fields.email))
    if fields.date_of_birth is not None:
        same.append(client.c.date_of_birth == fields.date_of_birth)
    number = read_phone(fields.phone)
    if number is not None and number.national:
        words = client.c.search.concat(" ")
        same.append(words.contains(f" {phone_word(number)} ", autoescape=True))
    if not same:
        return []
    query = (
        select(client)
        .where(client.c.practice_id == practice_id, shown, or_(*same))
        .order_by(client.c.created_at, client.c.id)
        .limit(limit)
    )
    return [stored_client(row) for row in tx.execute(query).mappings()]


def fold_anew(tx: Transaction, limit: int) -> int:
    """Make names and words anew of clients whose were made by an older rule; how many they were.

    Rows that somebody holds are passed over: another replica has them, or they are being changed.
    """
    older = (
        select(client)
        .where(client.c.folding_rule < FOLDING_RULE)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = [stored_client(row) for row in tx.execute(older).mappings()]
    for one in found:
        change = update(client).where(client.c.id == one.id)
        tx.execute(change.values(**folded(one.fields)))
    return len(found)


def _has(term: Term) -> ColumnElement[bool]:
    ways = [and_(*(_begins(word) for word in way)) for way in term.ways]
    return or_(*ways)


def _begins(word: str) -> ColumnElement[bool]:
    return client.c.search.contains(f" {word}", autoescape=True)
