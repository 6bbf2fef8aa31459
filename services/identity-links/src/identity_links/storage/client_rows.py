"""Clients as rows: what is written into their columns, and what is read from them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping

from identity_links.domain.address_changes import WaitingAddress
from identity_links.domain.client_search import search_text
from identity_links.domain.email_addresses import email_key
from identity_links.domain.folding import FOLDING_RULE, sort_key
from identity_links.domain.people import ClientRecord
from portal_contracts.identity_links.rpc.clients import ClientFields, ClientStatus

_FIELD_COLUMNS = tuple(name for name in ClientFields.__struct_fields__ if name != "remark")


def stored_client(row: RowMapping) -> ClientRecord:
    """A client from its row."""
    return ClientRecord(
        id=row["id"],
        practice_id=row["practice_id"],
        version=row["version"],
        status=ClientStatus(row["status"]),
        fields=ClientFields(**{name: row[name] for name in _FIELD_COLUMNS}),
        sealed_remark=row["remark"],
        sort_name=row["sort_name"],
        created_at=row["created_at"],
        last_visit_at=row["last_visit_at"],
        waiting=None
        if row["confirmed_email"] is None
        else WaitingAddress(
            confirmed_email=row["confirmed_email"],
            changed_by=row["email_changed_by"],
            changed_at=row["email_changed_at"],
        ),
    )


def columns(fields: ClientFields) -> dict[str, Any]:
    """All that is said of a client, with what is made of it."""
    return {
        **{name: getattr(fields, name) for name in _FIELD_COLUMNS},
        "email_key": email_key(fields.email),
        **folded(fields),
    }


def folded(fields: ClientFields) -> dict[str, Any]:
    """What a client is found and ordered by, and the rule it was made by."""
    return {
        "sort_name": sort_key(fields.name),
        "search": search_text(fields),
        "folding_rule": FOLDING_RULE,
    }


def waiting_columns(waiting: WaitingAddress | None) -> dict[str, Any]:
    """That an address waits to be confirmed, or that none does."""
    return {
        "confirmed_email": waiting.confirmed_email if waiting else None,
        "email_changed_by": waiting.changed_by if waiting else None,
        "email_changed_at": waiting.changed_at if waiting else None,
    }
