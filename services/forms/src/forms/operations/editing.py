"""A practice makes and changes a form; nothing of it reaches a client before it is published."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from typing import Final

import msgspec

from forms.domain import editing as domain
from forms.domain.answers import merged, read_section
from forms.domain.asking import asked
from forms.domain.documents import check_document
from forms.domain.problems import problems
from forms.domain.questions import for_client
from forms.domain.scoring import alerts, score, subscales
from forms.domain.template_changes import changes, open_problems
from forms.operations.templates import (
    require_revision,
    require_sound,
    require_template,
    template_not_found,
)
from forms.storage import library, templates
from portal_chassis.authority.ownership import Practitioner
from portal_chassis.database.transactions import Transaction
from portal_contracts.cleaning import cleaned
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.forms.rpc.editing import EditTemplate, StartTemplate, TemplateEdited, UndoEdit
from portal_contracts.forms.rpc.questions import Answers, FormDocument
from portal_contracts.forms.rpc.reviewing import (
    ReviewTemplate,
    TemplateReview,
    TriedTemplate,
    TryTemplate,
)

LARGEST_DOCUMENT: Final = 2_000_000
"""Bytes of JSON; what a form within its limits never comes near in practice."""


def start_template(
    tx: Transaction, command: StartTemplate, by: Practitioner, *, now: datetime
) -> TemplateEdited:
    """Add a template to work on: blank with one section, or a copy under a title of its own.

    Raises:
        NotFound: ``template_not_found``, also for another practice's;
            ``library_form_not_found``.
    """
    document = cleaned(msgspec.structs.replace(_source(tx, command, by), title=command.title))
    _require_fitting(document)
    added = templates.add(tx, by.practice_id, document, now=now)
    if added is None:
        message = "A template that is no copy of the library's meets no other."
        raise RuntimeError(message)
    return TemplateEdited(template_id=added, revision=1)


def edit_template(
    tx: Transaction, command: EditTemplate, by: Practitioner, *, now: datetime
) -> TemplateEdited:
    """Change a template act by act, all or none; what changes nothing keeps the revision.

    Raises:
        NotFound: ``template_not_found``, also for another practice's.
        Conflict: ``stale_revision``: it was saved elsewhere since it was read.
        Invalid: ``edit_invalid``: an act names what is not there, or adds one too many.
    """
    template = require_template(tx, command.template_id, by)
    require_revision(template, command.revision)
    taken = templates.published_ids(tx, template.id)
    changed = reduce(
        lambda held, act: domain.apply(held, act, taken), command.acts, template.document
    )
    document = domain.with_maxima(cleaned(changed))
    _require_fitting(document)
    before = set(domain.ids_of(template.document))
    added = [one for one in domain.ids_of(document) if one not in before]
    revision = template.revision
    if document != template.document:
        revision += 1
        templates.save(tx, template.id, document, revision=revision, now=now)
    return TemplateEdited(
        template_id=template.id, revision=revision, added=added[-1] if added else None
    )


def undo_edit(
    tx: Transaction, command: UndoEdit, by: Practitioner, *, now: datetime
) -> TemplateEdited:
    """Have a template hold what it held before its last change; once more brings that back.

    Raises:
        NotFound: ``template_not_found``, also for another practice's.
        Conflict: ``stale_revision``; ``nothing_to_undo``.
    """
    template = require_template(tx, command.template_id, by)
    require_revision(template, command.revision)
    former = templates.former_document(tx, template.id)
    if former is None:
        raise Conflict("nothing_to_undo", "The template was never changed.")
    revision = template.revision + 1
    templates.save(tx, template.id, former, revision=revision, now=now)
    return TemplateEdited(template_id=template.id, revision=revision)


def review_template(tx: Transaction, command: ReviewTemplate, by: Practitioner) -> TemplateReview:
    """What publishing a template would change, for whom, and what keeps it from being published.

    Raises:
        NotFound: ``template_not_found``, also for another practice's.
    """
    found = templates.find(tx, command.template_id, by.practice_id)
    if found is None:
        raise template_not_found()
    document, newest = found.template.document, found.newest
    return TemplateReview(
        template_id=found.template.id,
        revision=found.template.revision,
        number=newest.number + 1 if newest else 1,
        problems=open_problems(check_document(document)),
        changes=changes(newest.document if newest else None, document),
        open_requests=templates.count_open(tx, found.template.id),
        sent=found.sent,
    )


def try_template(
    tx: Transaction, command: TryTemplate, by: Practitioner, *, now: datetime
) -> TriedTemplate:
    """What would become of answers to a template; nothing of it is stored anywhere.

    Raises:
        NotFound: ``template_not_found``, also for another practice's.
        Invalid: ``document_invalid``: the form does not hold together yet.
    """
    found = templates.find(tx, command.template_id, by.practice_id)
    if found is None:
        raise template_not_found()
    document = found.template.document
    require_sound(document)
    given: Answers = {}
    refused: dict[str, str] = {}
    for section in document.sections:
        typed = read_section(document, section, command.typed)
        refused |= typed.refused
        given = merged(document, given, typed.answers)
    form = asked(document, given, now.date())
    own = score(form)
    return TriedTemplate(
        document=for_client(document),
        answers=form.answers,
        refused={name: code for name, code in refused.items() if name not in form.hidden},
        problems=problems(form),
        scores=[*([own] if own else []), *subscales(form)],
        alerts=alerts(form),
        hidden=form.hidden_in_order(),
    )


def _source(tx: Transaction, command: StartTemplate, by: Practitioner) -> FormDocument:
    if command.template_id is not None:
        found = templates.find(tx, command.template_id, by.practice_id)
        if found is None:
            raise template_not_found()
        return found.template.document
    if command.library_key:
        document = library.find(command.library_key)
        if document is None:
            raise NotFound("library_form_not_found", "The library has no such form.")
        return document
    return domain.blank(command.language)


def _require_fitting(document: FormDocument) -> None:
    """A form in work may be incomplete, but it stays of a size that every page can show."""
    if len(msgspec.json.encode(document)) > LARGEST_DOCUMENT:
        raise Invalid("edit_invalid", "The form is too large.", fields={"form": "form_too_large"})
