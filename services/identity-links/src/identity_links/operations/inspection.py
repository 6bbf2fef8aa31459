"""What the admin script shows: ids, times and states; names only where they are asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from identity_links.domain.device_labels import device_label
from identity_links.domain.email_addresses import email_key, normalise_email
from identity_links.domain.people import ClientRecord
from identity_links.messages import link_row
from identity_links.operations.access_log import verify_chains
from identity_links.operations.passwords import names_of
from identity_links.storage import (
    access_log,
    access_log_pages,
    api_tokens,
    caseloads,
    client_search,
    clients,
    devices,
    emergencies,
    links,
    practice_reach,
    practices,
)
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import Invalid, NotFound
from portal_contracts.identity_links.rpc.caseload import CaseloadKind
from portal_contracts.identity_links.rpc.clients import ClientSort
from portal_contracts.identity_links.rpc.practice import PracticeReach

Line = dict[str, Any]

_EMERGENCIES_LISTED = 200

_LISTED = (
    "name",
    "language",
    "timezone",
    "country",
    "link_days",
    "single_use",
    "entry",
    "second_check",
    "device_idle_minutes",
    "device_absolute_minutes",
    "second_factor_from",
)


def list_practices(tx: Transaction) -> list[Line]:
    """Every practice, oldest first."""
    return [
        {
            "id": one.practice.id,
            **{name: getattr(one.practice.fields, name) for name in _LISTED},
            "practitioners": one.practitioners,
            "clients": one.clients,
        }
        for one in practices.all_practices(tx)
    ]


def measure_practice(tx: Transaction, practice_id: UUID, now: datetime) -> PracticeReach:
    """How many clients, links and devices a change of the practice concerns."""
    return practice_reach.measure(tx, practice_id, now)


def list_practitioners(tx: Transaction, practice_id: UUID | None) -> list[Line]:
    """The practitioners of one practice, or of all."""
    return [
        {
            "id": row.id,
            "practice_id": row.practice_id,
            "name": row.name,
            "email": row.email,
            "role": row.role.value,
            "second_factor": row.second_factor_at is not None,
            "created_at": row.created_at.isoformat(timespec="seconds"),
            "active": row.active,
        }
        for row in practices.practitioners(tx, practice_id=practice_id)
    ]


def find_practitioner(tx: Transaction, email: str) -> UUID:
    """The id behind an e-mail address.

    Raises:
        NotFound: ``not_found``.
    """
    account = practices.practitioner_by_email(tx, email_key(normalise_email(email) or ""))
    if account is None:
        raise NotFound("not_found", "There is no practitioner with this address.")
    return account.practitioner.id


def list_caseload(tx: Transaction, email: str) -> list[Line]:
    """The clients in a practitioner's caseload, by ids, and how each came into it.

    Raises:
        NotFound: ``not_found``.
    """
    found = find_practitioner(tx, email)
    return [
        {"client_id": one, "kind": kind.value}
        for kind in CaseloadKind
        for one in caseloads.of_practitioner(tx, found, kind)
    ]


def list_emergencies(tx: Transaction, practice_id: UUID | None) -> list[Line]:
    """What owners opened in an emergency, in one practice or in all, the newest first."""
    return [
        {
            "id": one.id,
            "practice_id": one.practice_id,
            "client_id": one.client_id,
            "practitioner_id": one.practitioner_id,
            "opened_at": one.opened_at.isoformat(timespec="seconds"),
            "until": one.until.isoformat(timespec="seconds"),
            "closed_at": one.closed_at and one.closed_at.isoformat(timespec="seconds"),
        }
        for one in emergencies.newest(tx, practice_id, _EMERGENCIES_LISTED)
    ]


def known_names(tx: Transaction, practitioner_id: UUID) -> tuple[str, ...]:
    """What everybody knows of a practitioner, so that it is no password."""
    found = practices.practitioner_with_practice(tx, practitioner_id)
    return () if found is None else names_of(*found)


def name_of_practice(tx: Transaction, practice_id: UUID) -> str:
    """What a practice is called, or "" where there is no such one."""
    fields = practices.practice_fields(tx, practice_id)
    return "" if fields is None else fields.name


def list_clients(
    tx: Transaction, practice_id: UUID, *, search: str, names: bool, limit: int
) -> list[Line]:
    """A practice's clients of every status, by name; their names and addresses if wished."""
    found = clients.page(
        tx,
        client_search.matching(practice_id, search=search, status=None),
        practice_id=practice_id,
        sort=ClientSort.NAME,
        after=None,
        limit=limit,
    )
    return [_client_line(client, names=names) for client in found]


def list_links(tx: Transaction, client_id: UUID, practice_id: UUID, now: datetime) -> list[Line]:
    """A client's links, newest first."""
    client = clients.find(tx, client_id, practice_id)
    if client is None:
        return []
    stands: dict[str, Any] = {"client_active": client.active, "email": client.fields.email}
    shown = [
        link_row(row, **stands, now=now) for row in links.of_client(tx, client_id, practice_id)
    ]
    return [
        {
            "id": link.id,
            "cause": link.cause.value,
            "state": link.state.value,
            "created_at": link.created_at.isoformat(timespec="seconds"),
            "expires_at": link.expires_at.isoformat(timespec="seconds"),
            "opens": link.opens,
            "scans": link.scans,
        }
        for link in shown
    ]


def list_devices(tx: Transaction, practice_id: UUID, now: datetime) -> list[Line]:
    """A practice's devices that are signed in, last used first."""
    return [
        {
            "id": row.id,
            "kind": row.kind.value,
            "owner_id": row.owner_id,
            "label": device_label(row.user_agent),
            "created_at": row.created_at.isoformat(timespec="seconds"),
            "last_seen_at": row.last_seen_at.isoformat(timespec="seconds"),
        }
        for row in devices.live_of_practice(tx, practice_id, now)
    ]


def list_tokens(tx: Transaction, practice_id: UUID | None, now: datetime) -> list[Line]:
    """The API tokens of one practice, or of all, that work, without their names."""
    return [
        {
            "id": row.id,
            "practitioner_id": row.practitioner_id,
            "scopes": " ".join(row.scopes),
            "created_at": row.created_at.isoformat(timespec="seconds"),
            "expires_at": row.expires_at.isoformat(timespec="seconds"),
            "last_used_at": row.last_used_at.isoformat(timespec="seconds")
            if row.last_used_at
            else None,
        }
        for row in api_tokens.live_of_practice(tx, practice_id, now)
    ]


def list_access(tx: Transaction, chain_id: UUID, *, limit: int) -> list[Line]:
    """The newest rows of a chain, by ids."""
    rows = access_log_pages.page(
        tx, chain_id, access_log_pages.Rows(), before_seq=None, limit=limit
    )
    return [
        {
            "seq": row.seq,
            "occurred_at": row.occurred_at.isoformat(timespec="seconds"),
            "actor_kind": row.actor_kind,
            "actor_id": row.actor_id,
            "token_id": row.actor_token_id,
            "act": row.act,
            "outcome": row.outcome,
            "client_id": row.client_id,
            "address": row.address,
        }
        for row in rows
    ]


def verify_access_log(tx: Transaction, known: list[str]) -> tuple[list[Line], list[str]]:
    """Each chain with its head and its first fault; and a line for each fault.

    Args:
        tx: a transaction that has not begun to read.
        known: heads noted down earlier, ``chain:row:hash``. Who rewrites a
            whole chain can make it agree with itself again, but not with a
            hash that lies outside this database.

    Raises:
        Invalid: ``head_invalid``: a known head is not written like that.
    """
    reports = verify_chains(tx)
    rows = [
        {
            "chain": chain_id,
            "rows": report.rows,
            "head": report.head.hex(),
            "fault": report.fault.value if report.fault else None,
            "at_row": report.fault_seq,
        }
        for chain_id, report in reports.items()
    ]
    faults = [f"{row['chain']} row {row['at_row']} {row['fault']}" for row in rows if row["fault"]]
    for head in known:
        chain_id, seq, digest = _parsed_head(head)
        if access_log.hash_at(tx, chain_id, seq) != digest:
            faults.append(f"{chain_id} row {seq} is not the one that was noted down")
    return rows, faults


def _parsed_head(text: str) -> tuple[UUID, int, bytes]:
    try:
        chain_id, seq, digest = text.split(":")
        return UUID(chain_id), int(seq), bytes.fromhex(digest)
    except ValueError as error:
        raise Invalid("head_invalid", "A head is written CHAIN:ROW:HASH.") from error


def _client_line(client: ClientRecord, *, names: bool) -> Line:
    personal = {"name": client.fields.name, "email": client.fields.email} if names else {}
    visit = client.last_visit_at
    return {
        "id": client.id,
        **personal,
        "status": client.status,
        "created_at": client.created_at.isoformat(timespec="seconds"),
        "last_visit_at": visit.isoformat(timespec="seconds") if visit else None,
    }
