"""Queries on templates and their frozen versions. Every query is bound to a practice."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

from forms.domain.templates import Template, TemplateOverview, TemplateVersion
from forms.storage.tables import form_request, template, template_version
from portal_chassis.authority.ownership import Practitioner
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.forms.rpc.questions import FormDocument


def listed(tx: Transaction, practice_id: UUID, *, with_archived: bool) -> list[TemplateOverview]:
    """The practice's templates by title, each with its newest version and how often it was sent."""
    query = _templates().where(template.c.practice_id == practice_id)
    if not with_archived:
        query = query.where(template.c.archived_at.is_(None))
    rows = tx.execute(query.order_by(func.lower(template.c.title), template.c.id))
    return [_overview(row) for row in rows]


def find(tx: Transaction, template_id: UUID, practice_id: UUID) -> TemplateOverview | None:
    """One template, with its newest version and how often it was sent."""
    row = tx.execute(
        _templates().where(template.c.id == template_id, template.c.practice_id == practice_id)
    ).one_or_none()
    return None if row is None else _overview(row)


def lock(tx: Transaction, template_id: UUID, practice_id: UUID) -> Template | None:
    """One template as it is, kept from changing until the transaction ends."""
    row = tx.execute(
        select(template)
        .where(template.c.id == template_id, template.c.practice_id == practice_id)
        .with_for_update()
    ).one_or_none()
    return None if row is None else _template(row)


def add(
    tx: Transaction,
    practice_id: UUID,
    document: FormDocument,
    *,
    library_key: str | None = None,
    now: datetime,
) -> UUID | None:
    """Store a new template at revision 1; None when the practice has this library form already."""
    return tx.execute(
        insert(template)
        .values(
            id=new_id(),
            practice_id=practice_id,
            title=document.title,
            document=msgspec.to_builtins(document),
            created_at=now,
            updated_at=now,
            revision=1,
            library_key=library_key,
        )
        .on_conflict_do_nothing(index_elements=["practice_id", "library_key"])
        .returning(template.c.id)
    ).scalar_one_or_none()


def lock_library_form(tx: Transaction, practice_id: UUID, key: str) -> Template:
    """The practice's copy of a library form that is known to be there, kept from changing."""
    row = tx.execute(
        select(template)
        .where(template.c.practice_id == practice_id, template.c.library_key == key)
        .with_for_update()
    ).one()
    return _template(row)


def library_keys(tx: Transaction, practice_id: UUID) -> frozenset[str]:
    """Which forms of the library the practice has."""
    query = select(template.c.library_key).where(
        template.c.practice_id == practice_id, template.c.library_key.is_not(None)
    )
    return frozenset(tx.execute(query).scalars())


def save(
    tx: Transaction, template_id: UUID, document: FormDocument, *, revision: int, now: datetime
) -> None:
    """Store the document of a locked template under its new revision, beside the one before."""
    tx.execute(
        update(template)
        .where(template.c.id == template_id)
        .values(
            title=document.title,
            document=msgspec.to_builtins(document),
            former_document=template.c.document,
            revision=revision,
            updated_at=now,
        )
    )


def former_document(tx: Transaction, template_id: UUID) -> FormDocument | None:
    """What a template held before its last change; None when it was never changed."""
    query = select(template.c.former_document).where(template.c.id == template_id)
    stored = tx.execute(query).scalar_one()
    return None if stored is None else _document(stored)


def published_ids(tx: Transaction, template_id: UUID) -> set[str]:
    """The ids of all sections and questions that any version of a template holds."""
    query = select(template_version.c.document).where(template_version.c.template_id == template_id)
    found = set()
    for stored in tx.execute(query).scalars():
        for section in stored.get("sections", ()):
            found |= {section["id"], *(one["id"] for one in section["questions"])}
    return found


def count_open(tx: Transaction, template_id: UUID) -> int:
    """How many forms of a template's versions wait for a client."""
    query = (
        select(func.count())
        .select_from(
            form_request.join(
                template_version, template_version.c.id == form_request.c.template_version_id
            )
        )
        .where(
            template_version.c.template_id == template_id,
            form_request.c.state.in_(("not_opened", "started")),
        )
    )
    return tx.execute(query).scalar_one()


def set_archived(tx: Transaction, template_id: UUID, archived_at: datetime | None) -> None:
    """Take a locked template out of what can be sent, or bring it back."""
    tx.execute(update(template).where(template.c.id == template_id).values(archived_at=archived_at))


def newest_version(tx: Transaction, template_id: UUID) -> TemplateVersion | None:
    """The version published last."""
    row = tx.execute(
        select(template_version)
        .where(template_version.c.template_id == template_id)
        .order_by(template_version.c.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return TemplateVersion(id=row.id, number=row.number, document=_document(row.document))


def add_version(
    tx: Transaction,
    template_id: UUID,
    document: FormDocument,
    *,
    number: int,
    by: Practitioner,
    now: datetime,
) -> None:
    """Freeze a document as a version."""
    tx.execute(
        insert(template_version).values(
            id=new_id(),
            practice_id=by.practice_id,
            template_id=template_id,
            number=number,
            title=document.title,
            minutes=document.minutes,
            document=msgspec.to_builtins(document),
            published_by=by.id,
            published_at=now,
        )
    )


def _templates() -> Select[Any]:
    newest = (
        select(template_version.c.id, template_version.c.number, template_version.c.document)
        .where(template_version.c.template_id == template.c.id)
        .order_by(template_version.c.number.desc())
        .limit(1)
        .lateral("newest")
    )
    sent = (
        select(func.count())
        .select_from(
            form_request.join(
                template_version, template_version.c.id == form_request.c.template_version_id
            )
        )
        .where(template_version.c.template_id == template.c.id)
        .correlate(template)
        .scalar_subquery()
    )
    return select(
        template,
        newest.c.id.label("published_id"),
        newest.c.number.label("published"),
        newest.c.document.label("published_document"),
        sent.label("sent"),
    ).select_from(template.outerjoin(newest, newest.c.number.is_not(None)))


def _overview(row: Row[Any]) -> TemplateOverview:
    newest = None
    if row.published is not None:
        newest = TemplateVersion(
            id=row.published_id,
            number=row.published,
            document=_document(row.published_document),
        )
    return TemplateOverview(template=_template(row), newest=newest, sent=row.sent)


def _template(row: Row[Any]) -> Template:
    return Template(
        id=row.id,
        document=_document(row.document),
        revision=row.revision,
        archived_at=row.archived_at,
        undoable=row.former_document is not None,
    )


def _document(stored: Any) -> FormDocument:
    return msgspec.convert(stored, FormDocument)
