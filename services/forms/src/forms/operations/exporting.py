"""A template's answers leave as pages of a file; each client among them stands in the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from forms.domain.export_columns import cells_of, columns_of, scores_of
from forms.operations.access_log import record_export
from forms.storage import exports, templates
from forms.storage.exports import Place, ResponseRow
from forms.storage.request_lists import Shown
from portal_chassis.authority.ownership import require_practitioner
from portal_chassis.authority.seen import Seen
from portal_chassis.call import Call
from portal_chassis.database.cursors import (
    TimeCursor,
    cursor_invalid,
    decode_time_cursor,
)
from portal_chassis.database.sealed import KeyErased, Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, Caller, service_actor
from portal_contracts.errors import NotFound
from portal_contracts.forms.rpc.exports import (
    BeginExport,
    ExportAnswers,
    ExportBegun,
    ExportedPage,
    ExportedResponse,
    ExportedVersion,
)
from portal_contracts.forms.rpc.questions import FormDocument
from portal_contracts.permissions import Permission


@dataclass(frozen=True)
class Exporting:
    """Whoever exports, of which practice, and the clients whose answers they are shown."""

    by: Caller
    practice_id: UUID
    shown: Shown


@dataclass(frozen=True)
class ByAdmin:
    """The admin script, as the access log names it."""

    actor: Actor
    request_id: str = ""
    address: str = ""


BY_ADMIN = ByAdmin(service_actor("forms-admin"))


def begin_export(tx: Transaction, command: BeginExport, exporting: Exporting) -> ExportBegun:
    """The columns and versions of a template's answers, and how many of them are shown.

    Raises:
        NotFound: ``template_not_found``, also for another practice's.
    """
    practice_id = exporting.practice_id
    template = templates.find(tx, command.template_id, practice_id)
    if template is None:
        raise _template_not_found()
    versions = exports.versions_of(tx, command.template_id, practice_id)
    return ExportBegun(
        template_id=command.template_id,
        title=template.template.document.title,
        columns=columns_of(versions.values()),
        versions=[
            ExportedVersion(number=number, document=document)
            for number, document in versions.items()
        ],
        total=exports.count(tx, command.template_id, practice_id, exporting.shown),
    )


def export_answers(
    tx: Transaction,
    command: ExportAnswers,
    exporting: Exporting,
    sealer: Sealer,
    *,
    now: datetime,
) -> ExportedPage:
    """A page of a template's answers; ``answers.exported`` is recorded of each client in it.

    Raises:
        NotFound: ``template_not_found``, also for another practice's.
        Invalid: ``cursor_invalid``.
    """
    template_id, practice_id = command.template_id, exporting.practice_id
    after = _decode(command.cursor)
    if templates.find(tx, template_id, practice_id) is None:
        raise _template_not_found()
    versions = exports.versions_of(tx, template_id, practice_id)
    rows, more = exports.page(tx, template_id, practice_id, exporting.shown, after=after)
    items: list[ExportedResponse] = []
    # A cursor is what whoever asks says it is: what was told before it counts for nothing.
    told: UUID | None = None
    for row in rows:
        exported = _exported(tx, row, versions[row.version], sealer)
        if exported is None:
            continue
        if row.place.client_id != told:
            told = row.place.client_id
            record_export(
                tx,
                exporting.by,
                practice_id=practice_id,
                client_id=told,
                template_id=template_id,
                title=row.title,
                now=now,
            )
        items.append(exported)
    return ExportedPage(items=items, next_cursor=_encode(rows[-1].place) if more else None)


def by_practitioner(call: Call, seen: Seen) -> Exporting:
    """What a practitioner may export.

    Raises:
        Forbidden: ``not_allowed``.
    """
    by = require_practitioner(seen.actor, Permission.ANSWERS_READ)
    return Exporting(call, by.practice_id, _shown(seen))


def _exported(
    tx: Transaction, row: ResponseRow, document: FormDocument, sealer: Sealer
) -> ExportedResponse | None:
    """What was submitted; None where the client was erased."""
    try:
        sheet = exports.open_sheet(tx, row, sealer)
    except KeyErased:
        return None
    scores = scores_of(document, sheet, row.place.submitted_at.date())
    return ExportedResponse(
        request_id=row.request_id,
        client_id=row.place.client_id,
        version=row.version,
        submission=row.number,
        current=row.current,
        submitted_at=row.place.submitted_at,
        reviewed_at=row.reviewed_at,
        scores=scores,
        answers=sheet.answers,
        cells=cells_of(document, sheet, scores),
    )


def _shown(seen: Seen) -> Shown:
    return lambda client_id: seen.condition(client_id, Permission.ANSWERS_READ)


def _encode(last: Place) -> str:
    return f"{last.client_id.hex}.{TimeCursor(last.submitted_at, last.id).encode()}"


def _decode(text: str | None) -> Place | None:
    if text is None:
        return None
    client, _, time = text.partition(".")
    cursor = decode_time_cursor(time)
    try:
        client_id = UUID(hex=client)
    except ValueError:
        raise cursor_invalid() from None
    return None if cursor is None else Place(client_id, cursor.at, cursor.id)


def _template_not_found() -> NotFound:
    return NotFound("template_not_found", "There is no such template.")
