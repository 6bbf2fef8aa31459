"""From domain values to the structs of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from forms.domain.asking import Asked
from forms.domain.problems import problems
from forms.domain.questions import answerable, around, require_section
from forms.domain.requests import FormRequest
from forms.domain.responses import KeptResponse
from forms.domain.templates import TemplateOverview
from portal_contracts.forms.rpc.filling import (
    FormFacts,
    FormToDo,
    PortalForms,
    SectionSaved,
    SubmittedForm,
)
from portal_contracts.forms.rpc.questions import answered
from portal_contracts.forms.rpc.requests import RequestRow
from portal_contracts.forms.rpc.submissions import Submission
from portal_contracts.forms.rpc.templates import TemplateRow


def portal_to_wire(
    to_do: Iterable[FormRequest], submitted: Iterable[FormRequest], *, submitted_total: int
) -> PortalForms:
    """A client's forms at a glance: those that wait, and those that were sent."""
    return PortalForms(
        to_do=[to_do_to_wire(one) for one in to_do],
        submitted=[
            SubmittedForm(id=one.id, title=one.title, submitted_at=one.submitted_at)
            for one in submitted
            if one.submitted_at is not None
        ],
        submitted_total=submitted_total,
    )


def to_do_to_wire(request: FormRequest) -> FormToDo:
    """A form that waits."""
    return FormToDo(
        id=request.id,
        title=request.title,
        minutes=request.minutes,
        percent=request.percent,
        due_on=request.due_on,
        sent_at=request.sent_at,
        unlocked_at=request.unlocked_at,
    )


def request_to_wire(request: FormRequest, *, clinical: bool = True) -> RequestRow:
    """A form that was sent, as the console lists it.

    `clinical`: what is said in it is shown; that an answer asks for attention is told then only.
    """
    return RequestRow(
        id=request.id,
        client_id=request.client_id,
        template_id=request.template_id,
        title=request.title,
        state=request.state,
        percent=request.percent,
        due_on=request.due_on,
        sent_by=request.sent_by,
        sent_at=request.sent_at,
        opened_at=request.opened_at,
        submitted_at=request.submitted_at,
        reviewed_at=request.reviewed_at,
        alert=clinical and request.alert_at is not None,
        alert_at=request.alert_at if clinical else None,
        alert_open=clinical and request.alert_open,
        submitted_revealed=request.submitted_revealed,
        unlocked_at=request.unlocked_at,
    )


def facts_to_wire(request: FormRequest) -> FormFacts:
    """What a mail about a form is written from."""
    return FormFacts(
        practice_id=request.practice_id,
        client_id=request.client_id,
        sent_by=request.sent_by,
        state=request.state,
        due_on=request.due_on,
        minutes=request.minutes,
        submitted_at=request.submitted_at,
        unlocked_at=request.unlocked_at,
    )


def submissions_to_wire(kept: Sequence[KeptResponse], request: FormRequest) -> list[Submission]:
    """What came back of a request, from `kept` in the order of time; the latest first.

    Of the current one the request says whether it was reviewed.
    """
    return [
        Submission(
            id=one.id,
            number=number,
            submitted_at=one.submitted_at,
            revealed=one.revealed if one.superseded_at else request.submitted_revealed,
            reviewed_at=one.reviewed_at if one.superseded_at else request.reviewed_at,
            reviewed_by=one.reviewed_by if one.superseded_at else request.reviewed_by,
            unlocked_at=one.superseded_at,
            unlocked_by=one.unlocked_by,
            reason=one.reason,
        )
        for number, one in reversed(list(enumerate(kept, start=1)))
    ]


def template_to_wire(overview: TemplateOverview) -> TemplateRow:
    """A template, as the list of templates shows it."""
    document = overview.template.document
    return TemplateRow(
        id=overview.template.id,
        title=document.title,
        minutes=document.minutes,
        questions=sum(1 for _ in answerable(document)),
        language=document.language,
        published=None if overview.newest is None else overview.newest.number,
        changed=overview.changed,
        archived=overview.template.archived_at is not None,
        sent=overview.sent,
    )


def section_to_wire(
    form: Asked,
    number: int,
    *,
    refused: Mapping[str, str],
    revision: int,
    saved_at: datetime,
    alert: bool,
) -> SectionSaved:
    """What the page of section `number` is told, which counts from 1, once it is saved."""
    section = require_section(form.document, number)
    wrong = problems(form)
    previous, following = around(form, number)
    return SectionSaved(
        revision=revision,
        saved_at=saved_at,
        alert=alert,
        # What is not asked keeps nobody from going on, whatever stands in its field.
        refused={name: code for name, code in refused.items() if name not in form.hidden},
        problems={one.id: wrong[one.id] for one in section.questions if one.id in wrong},
        last=not following,
        answered=answered(section, form.answers, form.hidden),
        previous=previous,
        following=following,
        hidden=form.hidden_in_order(),
        calculated=form.calculated(),
    )
