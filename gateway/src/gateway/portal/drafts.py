"""A client's draft of a form: opened, and saved a section at a time."""

from __future__ import annotations

from typing import Final, NamedTuple
from uuid import UUID

from msgspec.structs import replace

from gateway.web import form_answers
from gateway.web.request_context import RequestContext
from gateway.web.submitted import Submitted
from portal_contracts.calls import Nothing
from portal_contracts.errors import NotFound
from portal_contracts.forms.rpc.filling import (
    DRAFT_KEY,
    OPEN_FORM,
    SAVE_SECTION,
    ClientForm,
    OpenForm,
    SaveSection,
    SectionSaved,
)
from portal_contracts.forms.rpc.questions import RequestState, Section
from portal_contracts.identity_links.rpc.access import LIST_PRACTITIONERS

OPEN_STATES: Final = (RequestState.NOT_OPENED, RequestState.STARTED)


class SectionDraft(NamedTuple):
    """A section of a form as it stands; `number` counts sections from 1.

    `asked_numbers`: of the sections that are asked. What is required only now, `section` says.
    """

    form: ClientForm
    section: Section
    number: int
    asked_numbers: list[int]

    @property
    def asked(self) -> bool:
        """Whether anything of the section is asked."""
        return self.number in self.asked_numbers

    @property
    def step(self) -> int:
        """The how manieth section that is asked it is."""
        return sum(one <= self.number for one in self.asked_numbers)


def open_form(
    context: RequestContext, request_id: UUID, submission_id: UUID | None = None
) -> ClientForm:
    """The client's form with the answers so far, or as it was sent once.

    Raises:
        NotFound: there is no such form, or it is another client's.
        Conflict: ``not_submitted``: it was never sent.
    """
    command = OpenForm(request_id=request_id, submission_id=submission_id)
    return context.backend.ask(OPEN_FORM, command)


def draft_key(context: RequestContext) -> str:
    """What seals in the client's browser what is not saved yet; empty when it cannot be had."""
    found = context.backend.part(DRAFT_KEY, Nothing()).get()
    return found.key if found else ""


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
    section = sections[number - 1]
    questions = [
        replace(one, required=one.required or one.id in form.required) for one in section.questions
    ]
    return SectionDraft(form, replace(section, questions=questions), number, _asked_numbers(form))


def following(form: ClientForm, number: int) -> int | None:
    """The number of the next section that is asked; None when there is none."""
    return next((one for one in _asked_numbers(form) if one > number), None)


def appeared(sent: Submitted, saved: SectionSaved) -> str:
    """The id of the first question that is asked now and was not to be seen; empty for none."""
    unseen = sent.text("hidden").split()
    return next((one for one in unseen if one not in saved.hidden), "")


def first_incomplete(form: ClientForm) -> int | None:
    """The number of the first section with something left to do; None when there is none."""
    for number, section in enumerate(form.document.sections, start=1):
        if any(question.id in form.problems for question in section.questions):
            return number
    return None


def _asked_numbers(form: ClientForm) -> list[int]:
    return [number for number, _ in form_answers.asked_sections(form.document, form.hidden)]


def save_section(context: RequestContext, request_id: UUID, number: int) -> SectionSaved:
    """Save the section that was sent; it may be sent again.

    Raises:
        NotFound: no such form of this client, or no such section.
        Conflict: ``stale_revision``: another window changed the same section;
            ``already_submitted``, ``withdrawn``: it can no longer be filled in.
    """
    sent = context.form
    typed = form_answers.texts_of_form(sent)
    command = SaveSection(
        request_id=request_id,
        number=number,
        section=sent.text("section"),
        revision=sent.number("revision") or 0,
        typed={name.removeprefix(form_answers.PREFIX): text for name, text in typed.items()},
        keep=bool(sent.text("keep")),
    )
    return context.backend.ask(SAVE_SECTION, command)
