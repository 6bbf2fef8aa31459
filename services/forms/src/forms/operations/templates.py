"""Templates: work on them, freeze them as versions, copy them from the library."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import structs

from forms.domain import templates as domain
from forms.domain.documents import check_document
from forms.domain.order import cycle
from forms.domain.template_changes import open_problems
from forms.messages import template_to_wire
from forms.storage import library, templates
from portal_chassis.authority.ownership import Practitioner
from portal_chassis.database.transactions import Transaction
from portal_contracts.changes import changed, held
from portal_contracts.cleaning import cleaned
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.forms.rpc.questions import FormDocument
from portal_contracts.forms.rpc.templates import (
    AddFromLibrary,
    ArchiveTemplate,
    DocumentChanges,
    Library,
    LibraryForm,
    Published,
    PublishTemplate,
    SaveTemplate,
    Template,
    TemplateChanged,
    Templates,
)


def list_templates(tx: Transaction, practice_id: UUID, *, with_archived: bool) -> Templates:
    """A practice's templates in order of their titles."""
    found = templates.listed(tx, practice_id, with_archived=with_archived)
    return Templates(items=[template_to_wire(one) for one in found])


def get_template(tx: Transaction, by: Practitioner, template_id: UUID) -> Template:
    """One template as it is worked on.

    Raises:
        NotFound: ``template_not_found``, also for another practice's.
    """
    found = templates.find(tx, template_id, by.practice_id)
    if found is None:
        raise template_not_found()
    return Template(
        row=template_to_wire(found),
        revision=found.template.revision,
        document=found.template.document,
        archived=found.template.archived_at is not None,
        problems=open_problems(check_document(found.template.document)),
        undoable=found.template.undoable,
    )


def save_template(
    tx: Transaction, command: SaveTemplate, by: Practitioner, *, now: datetime
) -> TemplateChanged:
    """Save a template at its next revision, or add one at revision 1.

    Raises:
        Invalid: ``document_invalid``, with every place and its code.
        NotFound: ``template_not_found``, also for another practice's.
        Conflict: ``stale_revision``: it was saved elsewhere since it was read.
    """
    if command.template_id is None:
        document = cleaned(_whole(command.document))
        require_sound(document)
        added = templates.add(tx, by.practice_id, document, now=now)
        if added is None:
            message = "A template that is no copy of the library's meets no other."
            raise RuntimeError(message)
        return TemplateChanged(template_id=added, revision=1)
    template = require_template(tx, command.template_id, by)
    document = cleaned(changed(template.document, command.document))
    require_sound(document)
    require_revision(template, command.revision)
    revision = template.revision + 1
    templates.save(tx, template.id, document, revision=revision, now=now)
    return TemplateChanged(template_id=template.id, revision=revision)


def publish_template(
    tx: Transaction, command: PublishTemplate, by: Practitioner, *, now: datetime
) -> Published:
    """Freeze the template as its next version; the newest one's number when it is the same.

    Raises:
        NotFound: ``template_not_found``, also for another practice's.
        Conflict: ``stale_revision``: it was saved elsewhere since it was looked at.
        Invalid: ``document_invalid``: it is still in work, or was saved under laxer rules.
    """
    template = require_template(tx, command.template_id, by)
    if command.revision is not None:
        require_revision(template, command.revision)
    return _publish(tx, template.id, template.document, by, now=now)


def archive_template(
    tx: Transaction, command: ArchiveTemplate, by: Practitioner, *, now: datetime
) -> TemplateChanged:
    """Take a template out of what can be sent, or bring it back; what was sent stays.

    Raises:
        NotFound: ``template_not_found``, also for another practice's.
    """
    template = require_template(tx, command.template_id, by)
    if command.archived != (template.archived_at is not None):
        templates.set_archived(tx, template.id, now if command.archived else None)
    return TemplateChanged(template_id=template.id, revision=template.revision)


def shipped() -> dict[str, FormDocument]:
    """The forms that ship, by key."""
    return library.forms()


def list_library(tx: Transaction, by: Practitioner) -> Library:
    """The forms that ship, and which of them the practice has."""
    there = templates.library_keys(tx, by.practice_id)
    return Library(
        items=[
            LibraryForm(key=key, document=document, added=key in there)
            for key, document in library.forms().items()
        ]
    )


def add_from_library(
    tx: Transaction, command: AddFromLibrary, by: Practitioner, *, now: datetime
) -> Published:
    """Copy a form of the library into the practice and publish it.

    A practice has each of them once: one that is there answers as it is, and
    comes back when it was archived.

    Raises:
        NotFound: ``library_form_not_found``.
    """
    document = library.find(command.key)
    if document is None:
        raise NotFound("library_form_not_found", "The library has no such form.")
    added = templates.add(tx, by.practice_id, document, library_key=command.key, now=now)
    if added is not None:
        return _publish(tx, added, document, by, now=now)
    template = templates.lock_library_form(tx, by.practice_id, command.key)
    if template.archived_at is not None:
        templates.set_archived(tx, template.id, None)
    newest = templates.newest_version(tx, template.id)
    if newest is None:
        return _publish(tx, template.id, template.document, by, now=now)
    return Published(template_id=template.id, number=newest.number)


def import_template(
    tx: Transaction, document: FormDocument, by: Practitioner, *, now: datetime
) -> Published:
    """Add a template from elsewhere and publish it.

    Raises:
        Invalid: ``document_invalid``.
    """
    changed = save_template(tx, SaveTemplate(document=document), by, now=now)
    command = PublishTemplate(template_id=changed.template_id)
    return publish_template(tx, command, by, now=now)


def _whole(document: DocumentChanges) -> FormDocument:
    """A document of which nothing is left out that a new one needs."""
    members = held(document)
    needed = {field.name for field in structs.fields(FormDocument) if field.required}
    if missing := needed - members.keys():
        wrong = dict.fromkeys(sorted(missing), "required")
        raise Invalid("document_invalid", "Something is missing.", fields=wrong)
    return FormDocument(**members)


def _publish(
    tx: Transaction, template_id: UUID, document: FormDocument, by: Practitioner, *, now: datetime
) -> Published:
    require_sound(document)
    newest = templates.newest_version(tx, template_id)
    if newest is not None and newest.document == document:
        return Published(template_id=template_id, number=newest.number)
    number = 1 if newest is None else newest.number + 1
    templates.add_version(tx, template_id, document, number=number, by=by, now=now)
    return Published(template_id=template_id, number=number)


def require_sound(document: FormDocument) -> None:
    """Refuse a document that does not hold together.

    Raises:
        Invalid: ``document_invalid``, with every place and its code; a circle is told from place
            to place.
    """
    wrong = check_document(document)
    if not wrong:
        return
    message = "The form does not hold together."
    if circle := cycle(document):
        message += f" Each of these follows from the next: {' → '.join(circle)}."
    raise Invalid("document_invalid", message, fields=wrong)


def require_template(tx: Transaction, template_id: UUID, by: Practitioner) -> domain.Template:
    """A template of the practice, kept from changing until the transaction ends.

    Raises:
        NotFound: ``template_not_found``, also for another practice's.
    """
    template = templates.lock(tx, template_id, by.practice_id)
    if template is None:
        raise template_not_found()
    return template


def require_revision(template: domain.Template, revision: int) -> None:
    """Refuse to change a template that was read at another revision.

    Raises:
        Conflict: ``stale_revision``.
    """
    if template.revision != revision:
        raise Conflict("stale_revision", "The template was saved elsewhere.")


def template_not_found() -> NotFound:
    """The refusal of a template that is not there, or not this practice's."""
    return NotFound("template_not_found", "There is no such template.")
