"""A client's draft of a form: one section saved, whatever other windows do meanwhile.

A page carries the revision it was shown at and a mark of its section's
answers. Another window that changed another section is no conflict: the
section is saved on the newest revision. Only where both changed the same
section is the person asked.
"""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from gateway.web import form_answers
from gateway.web.request_context import RequestContext
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.forms.rpc.filling import (
    OPEN_FORM,
    SAVE_ANSWERS,
    AnswersSaved,
    ClientForm,
    OpenForm,
    SaveAnswers,
)
from portal_contracts.forms.rpc.questions import Answer, RequestState, Section
from portal_contracts.identity_links.rpc.access import LIST_PRACTITIONERS

OPEN_STATES: Final = (RequestState.NOT_OPENED, RequestState.STARTED)
STALE_REVISION: Final = "stale_revision"
SAVE_TRIES: Final = 3


class SectionDraft(NamedTuple):
    """A section of a form as it stands; `number` counts sections from 1."""

    form: ClientForm
    section: Section
    number: int

    @property
    def base(self) -> str:
        """The mark of this section's saved answers."""
        return form_answers.digest(self.section, self.form.answers)


class SavedSection(NamedTuple):
    """A section that was saved.

    Attributes:
        draft: the section as it was before.
        reply: what the service says of it.
        base: the mark of the section's answers as they are now.
        errors: field name to a code, for what could not be saved.
    """

    draft: SectionDraft
    reply: AnswersSaved
    base: str
    errors: dict[str, str]


def open_form(context: RequestContext, request_id: UUID) -> ClientForm:
    """The client's form with the answers so far.

    Raises:
        NotFound: there is no such form, or it is another client's.
    """
    return context.backend.ask(OPEN_FORM, OpenForm(request_id=request_id))


def is_open(form: ClientForm) -> bool:
    """Whether it waits to be filled in."""
    return form.state in OPEN_STATES


def sender_name(context: RequestContext, practitioner_id: UUID) -> str | None:
    """The name of the practitioner who sent a form; None when it cannot be had."""
    listed = context.backend.part(LIST_PRACTITIONERS, Nothing()).get()
    names = {card.id: card.name for card in listed.items} if listed else {}
    return names.get(practitioner_id)


def section_draft(form: ClientForm, number: int) -> SectionDraft:
    """Section `number` of a form.

    Raises:
        NotFound: it has no such section.
    """
    sections = form.document.sections
    if not 1 <= number <= len(sections):
        raise NotFound("not_found", "The form has no such section.")
    return SectionDraft(form, sections[number - 1], number)


def first_incomplete(form: ClientForm) -> int | None:
    """The number of the first section with something left to do; None when there is none."""
    for number, section in enumerate(form.document.sections, start=1):
        if any(question.id in form.problems for question in section.questions):
            return number
    return None


def save_section(
    context: RequestContext, request_id: UUID, number: int, opened: ClientForm | None = None
) -> SavedSection:
    """Save the section that was sent.

    What cannot be read is named and left as it was; the rest is saved.
    `opened` is the form, if it was opened already.

    Raises:
        NotFound: no such form of this client, or no such section.
        Conflict: ``stale_revision``: another window changed the same section.
    """
    for tries_left in reversed(range(SAVE_TRIES)):
        draft = section_draft(opened or open_form(context, request_id), number)
        opened = None
        read = _read_page(context, draft)
        _refuse_if_stale(context, draft, read.answers)
        try:
            return _save_what_is_accepted(context, draft, read)
        except Conflict as error:
            # Between the two calls another window was quicker: look again.
            if error.code != STALE_REVISION or not tries_left:
                raise
    raise AssertionError


def _read_page(context: RequestContext, draft: SectionDraft) -> form_answers.ReadAnswers:
    """What the page holds; nothing when it is not this section's page."""
    if context.form.text("section") != draft.section.id:
        return form_answers.ReadAnswers({}, {})
    typed = form_answers.texts_of_form(draft.section, context.form)
    return form_answers.read_answers(draft.section, typed)


def _refuse_if_stale(
    context: RequestContext, draft: SectionDraft, answers: dict[str, Answer | None]
) -> None:
    sent = context.form
    current = sent.number("revision") == draft.form.revision or sent.text("base") == draft.base
    same = form_answers.digest(draft.section, form_answers.merged(draft.form.answers, answers))
    if not (current or sent.text("keep") or same == draft.base):
        raise Conflict(STALE_REVISION, "Another window changed this section.")


def _save_what_is_accepted(
    context: RequestContext, draft: SectionDraft, read: form_answers.ReadAnswers
) -> SavedSection:
    """Save what the service takes; what it refuses is named, and the rest saved without it."""
    try:
        return _send_answers(context, draft, read.answers, read.errors)
    except Invalid as error:
        refused_answers = {name.rsplit(".", 1)[-1]: code for name, code in error.fields.items()}
        if not refused_answers.keys() & read.answers.keys():
            raise
    accepted = {name: each for name, each in read.answers.items() if name not in refused_answers}
    errors = read.errors | form_answers.field_errors(draft.section, refused_answers)
    return _send_answers(context, draft, accepted, errors)


def _send_answers(
    context: RequestContext,
    draft: SectionDraft,
    answers: dict[str, Answer | None],
    errors: dict[str, str],
) -> SavedSection:
    """One page saves often: the same answers on the same revision are the same act."""
    command = SaveAnswers(request_id=draft.form.id, revision=draft.form.revision, answers=answers)
    act = context.form.key().encode() + msgspec.json.encode(command, order="deterministic")
    key = hashlib.sha256(act).hexdigest()
    reply = context.backend.ask(SAVE_ANSWERS, command, idempotency_key=key)
    after = form_answers.merged(draft.form.answers, answers)
    return SavedSection(draft, reply, form_answers.digest(draft.section, after), errors)
