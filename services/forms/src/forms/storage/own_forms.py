"""A client's own form: the request, the draft so far, and what opens it, read as one."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from forms.domain.requests import FormRequest
from forms.storage.answers import SealedDraft
from forms.storage.requests import having, lock_named, request_of, select_requests
from forms.storage.tables import chassis, draft, form_request
from portal_chassis.authority.ownership import Client
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction


@dataclass(frozen=True)
class OwnForm:
    """A form as its client left it.

    Attributes:
        request: the form that was sent, locked.
        sealed: the draft; None before the first save.
        wrapped: the client's wrapped data key, for this transaction alone; None before anything
            was sealed, and once the client was erased.
    """

    request: FormRequest
    sealed: SealedDraft | None
    wrapped: bytes | None = field(repr=False)


def find_locked(tx: Transaction, request_id: UUID, client: Client) -> OwnForm | None:
    """The client's own form, kept from changing until the transaction ends.

    Two statements: the second sees what the former holder of the lock has saved.
    """
    named = {"id": request_id, "practice_id": client.practice_id, "client_id": client.id}
    lock_named(tx, named)
    row = run(tx, _OWN, named).one_or_none()
    if row is None:
        return None
    sealed = None
    if row.draft_answers is not None:
        sealed = SealedDraft(
            bytes(row.draft_answers), row.draft_revision, row.draft_saved_at, row.draft_percent
        )
    return OwnForm(request_of(row), sealed, row.wrapped)


_key = chassis.data_key
_OWN = (
    select_requests()
    .add_columns(
        _key.c.wrapped,
        *(
            draft.c[name].label(f"draft_{name}")
            for name in ("answers", "revision", "saved_at", "percent")
        ),
    )
    .outerjoin(_key, _key.c.owner_id == form_request.c.client_id)
    .where(*having(("id", "practice_id", "client_id")))
)
