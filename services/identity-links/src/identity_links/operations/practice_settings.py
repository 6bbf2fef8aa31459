"""What is set of a practice: read, change, and who changed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as replaced
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec.structs import asdict, replace

from identity_links.domain.access import Access, Act, detailed, note
from identity_links.domain.attribution import BY_ADMIN
from identity_links.domain.people import Practice
from identity_links.domain.practice_changes import changed_sections, read_detail, written
from identity_links.domain.practice_fields import check_practice_fields
from identity_links.operations.authority import not_found, require_in_person, require_practice
from identity_links.storage import access_log, access_log_pages, practice_reach, practices
from portal_chassis.authority.ownership import own_practice
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import ActorKind, Caller
from portal_contracts.changes import held
from portal_contracts.errors import Conflict
from portal_contracts.identity_links.rpc.practice import (
    EditPractice,
    ListPracticeChanges,
    PracticeChange,
    PracticeChanged,
    PracticeDetails,
    PracticeFields,
    PracticeHistory,
    PracticeReach,
)
from portal_contracts.permissions import Permission, require_kind

_IN_PERSON: Final = ("second_factor_from",)
"""What a practitioner changes in person, not by an API token."""


def read_practice(tx: Transaction, caller: Caller) -> PracticeDetails:
    """All that is set of the actor's practice, for everybody who works there.

    Raises:
        Forbidden: ``not_allowed``: the actor is no practitioner.
    """
    require_kind(caller.actor, ActorKind.PRACTITIONER)
    practice = _found(practices.find(tx, own_practice(caller.actor)))
    return PracticeDetails(version=practice.version, **asdict(practice.fields))


def edit_practice(
    tx: Transaction, command: EditPractice, caller: Caller, *, now: datetime
) -> PracticeChanged:
    """Change some fields of the actor's practice; see `change_practice`.

    Who needs a second factor is an owner's to say in person: no API token takes it from everybody.

    Raises:
        Forbidden: ``not_allowed``.
        Invalid: ``practice_fields``.
        Conflict: ``stale_version``: someone else changed the practice meanwhile.
    """
    practice_id = require_practice(caller.actor, Permission.PRACTICE_WRITE)
    changes = held(command.fields)
    present = practices.practice_fields(tx, practice_id)
    if present is not None and _says_otherwise(changes, present, *_IN_PERSON):
        require_in_person(caller.actor)
    changed = change_practice(tx, practice_id, changes, caller, version=command.version, now=now)
    return PracticeChanged(version=changed.version)


def change_practice(
    tx: Transaction,
    practice_id: UUID,
    changes: Mapping[str, Any],
    caller: Caller = BY_ADMIN,
    *,
    version: int | None = None,
    now: datetime,
) -> Practice:
    """Change some fields of a practice; the practice as it is then.

    Devices that are signed in keep the limits they came in with; links keep
    their day of expiry. Everything else holds at once. Logged as ``practice.changed``, once for
    each section in which something is other than before; without one nothing is stored.

    Args:
        tx: the transaction.
        practice_id: which practice.
        changes: names of `PracticeFields` to new values.
        caller: who asks.
        version: the one that was read; None: whatever it is.
        now: aware UTC.

    Raises:
        NotFound: ``not_found``.
        Invalid: ``practice_fields``.
        Conflict: ``stale_version``.
    """
    before = _found(practices.find(tx, practice_id, lock=True))
    fields = check_practice_fields(replace(before.fields, **changes), before.fields, now=now)
    if version not in {None, before.version}:
        raise Conflict("stale_version", "Someone else changed it meanwhile.")
    sections = changed_sections(before.fields, fields)
    if not sections:
        return before
    after = replaced(before, fields=fields, version=before.version + 1)
    practices.update_practice(tx, practice_id, fields, version=after.version)
    changed = note(caller, Act.PRACTICE_CHANGED, practice_id, now)
    rows: list[Access] = [
        detailed(changed, written(section, names, fields)) for section, names in sections.items()
    ]
    access_log.append(tx, *rows)
    return after


def measure_practice(tx: Transaction, caller: Caller, *, now: datetime) -> PracticeReach:
    """How many clients, links and devices a change of the practice concerns.

    Raises:
        Forbidden: ``not_allowed``.
    """
    practice_id = require_practice(caller.actor, Permission.PRACTICE_WRITE)
    return practice_reach.measure(tx, practice_id, now)


def list_practice_changes(
    tx: Transaction, command: ListPracticeChanges, caller: Caller
) -> PracticeHistory:
    """Who changed what in a section, newest first, as the access log tells it.

    Raises:
        Forbidden: ``not_allowed``.
    """
    practice_id = require_practice(caller.actor, Permission.PRACTICE_WRITE)
    rows = access_log_pages.details_of(
        tx, practice_id, Act.PRACTICE_CHANGED, command.section, limit=command.limit
    )
    return PracticeHistory(
        items=[
            PracticeChange(at=row.occurred_at, by=row.actor_name, fields=read_detail(row.detail))
            for row in rows
        ]
    )


def _says_otherwise(changes: Mapping[str, Any], present: PracticeFields, *names: str) -> bool:
    return any(
        changes.get(name, getattr(present, name)) != getattr(present, name) for name in names
    )


def _found(practice: Practice | None) -> Practice:
    if practice is None:
        raise not_found()
    return practice
