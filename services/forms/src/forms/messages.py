"""Between the wire and the domain."""

from __future__ import annotations

from forms.domain.requests import FormRequest, FormsOverview
from portal_contracts.forms.rpc import FormToDo, PortalForms


def forms_to_wire(overview: FormsOverview) -> PortalForms:
    """A client's forms at a glance, as the contract has it."""
    return PortalForms(
        to_do=[_to_do(one) for one in overview.to_do],
        submitted_total=overview.submitted_total,
    )


def _to_do(request: FormRequest) -> FormToDo:
    return FormToDo(
        id=request.id,
        title=request.title,
        minutes=request.minutes,
        percent=request.percent,
        due_on=request.due_on,
        sent_at=request.sent_at,
    )
