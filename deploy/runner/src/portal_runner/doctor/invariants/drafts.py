"""I4: every acknowledged save of a draft is stored byte for byte, its revisions without gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from forms.domain.drafts import Sheet
from forms.storage.tables import draft, response
from portal_chassis.database.sealed import KeyErased, Sealer, Unsealable
from portal_chassis.database.transactions import Transaction
from portal_runner.doctor.invariants.context import Context
from portal_runner.doctor.invariants.journal import Act, Entry, Outcome
from portal_runner.doctor.invariants.verdict import Verdict


class Stored(msgspec.Struct, frozen=True):
    """The answers of one form request as they lie there, opened."""

    revision: int
    answers: dict[str, Any]


def check(context: Context) -> Verdict:
    """Open what is sealed, and compare it with what a test was told is saved."""
    verdict = Verdict("I4", "every answer that was saved is there, byte for byte")
    saves = [save for save in context.journal or [] if save.entry.act is Act.SAVE]
    if context.sealer is None:
        verdict.left_out.append("the master key is not known, so nothing can be opened")
        return verdict
    with context.look_into("forms") as tx:
        stored = _open_all(tx, context.sealer, verdict)
    verdict.counted["saves in the journal"] = len(saves)
    if context.journal is None:
        verdict.left_out.append("no journal of a test was given")
    by_request: dict[UUID, list[Entry]] = defaultdict(list)
    for save in saves:
        if save.contradictions:
            verdict.wrong.append(f"a save under key {save.entry.key} was answered in two ways")
        if save.entry.id is not None:
            by_request[save.entry.id].append(save.entry)
        if save.entry.outcome is Outcome.ACKNOWLEDGED and None in (
            save.entry.id,
            save.entry.revision,
        ):
            verdict.wrong.append(f"{_name(save.entry)} was acknowledged as no revision of it")
    for request_id, entries in by_request.items():
        verdict.wrong += [
            f"form request {request_id}: {sentence}"
            for sentence in _compare(entries, stored.get(request_id))
        ]
    return verdict


def _name(entry: Entry) -> str:
    of = f"of form request {entry.id}" if entry.id else "of some form request"
    return f"a save {of}" + (f" (key {entry.key})" if entry.key else "")


def _open_all(tx: Transaction, sealer: Sealer, verdict: Verdict) -> dict[UUID, Stored]:
    """Every draft and every current response, opened; those of erased clients are counted."""
    stored: dict[UUID, Stored] = {}
    erased = 0
    for table, row_id in ((draft, draft.c.request_id), (response, response.c.id)):
        query = select(
            row_id.label("row"),
            table.c.request_id,
            table.c.client_id,
            table.c.revision,
            table.c.answers,
        )
        if table is response:
            query = query.where(response.c.superseded_at.is_(None))
        for row in tx.execute(query).all():
            place = {"table": table.name, "column": "answers", "row": row.row}
            try:
                text = sealer.open(tx, row.client_id, bytes(row.answers), **place)
                sheet = msgspec.json.decode(text, type=Sheet)
            except KeyErased:
                erased += 1
            except (Unsealable, msgspec.MsgspecError):
                verdict.wrong.append(f"{table.name} of form request {row.request_id} does not open")
            else:
                stored[row.request_id] = Stored(row.revision, dict(sheet.answers))
    verdict.counted = {"sheets opened": len(stored), "erased": erased}
    return stored


def _compare(entries: list[Entry], stored: Stored | None) -> Iterator[str]:
    """What one form's saves say against what is stored."""
    made: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.outcome is Outcome.ACKNOWLEDGED and entry.revision is not None:
            made[entry.revision].append(entry)
    unknown = [entry for entry in entries if entry.outcome is Outcome.UNKNOWN]
    if not made:
        return
    yield from _compare_revisions(made, len(unknown))
    last = max(made)
    if stored is None:
        yield f"revision {last} was acknowledged and nothing is stored"
    elif not last <= stored.revision <= last + len(unknown):
        yield f"revision {last} was acknowledged and {stored.revision} is stored"
    else:
        unsure = {question for entry in unknown for question in entry.answers or {}}
        told: dict[str, Any] = {}
        for revision in sorted(made):
            told |= made[revision][0].answers or {}
        yield from (
            f"the answer to {question} is not the one that was acknowledged"
            for question, answer in sorted(told.items())
            if question not in unsure and _bytes(answer) != _bytes(stored.answers.get(question))
        )


def _compare_revisions(made: Mapping[int, list[Entry]], unknown: int) -> Iterator[str]:
    """Revisions that were given twice, or left out more often than saves went unanswered."""
    for revision, several in sorted(made.items()):
        if len({msgspec.json.encode(one.answers) for one in several}) > 1:
            yield f"revision {revision} was acknowledged for different answers"
    first, last = min(made), max(made)
    missing = (last - first + 1) - len(made)
    if missing > unknown:
        yield f"{missing} revision(s) between {first} and {last} were never acknowledged"


def _bytes(answer: Any) -> bytes:
    return msgspec.json.encode(answer, order="deterministic")
