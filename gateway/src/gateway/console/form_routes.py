"""The addresses of templates, forms that were sent, and answers."""

from __future__ import annotations

from typing import Final

from gateway.console import answers, forms, send_form, templates
from gateway.routing import Route, practitioner
from portal_contracts.permissions import Permission

_CLIENT = "/console/clients/{client_id:uuid}/forms"
_TEMPLATE = "/console/forms/templates/{template_id:uuid}"
_REQUEST = "/console/forms/requests/{request_id:uuid}"

ROUTES: Final[tuple[Route, ...]] = (
    practitioner("/console/forms", forms.FormsPage, Permission.FORMS_READ),
    practitioner("/console/forms/templates", templates.TemplatesPage, Permission.FORMS_READ),
    practitioner(_TEMPLATE, templates.TemplatePage, Permission.FORMS_READ),
    practitioner(f"{_TEMPLATE}/publish", templates.PublishTemplatePage, Permission.TEMPLATES_WRITE),
    practitioner(f"{_TEMPLATE}/archive", templates.ArchiveTemplatePage, Permission.TEMPLATES_WRITE),
    practitioner("/console/forms/library", templates.LibraryPage, Permission.FORMS_READ),
    practitioner(
        "/console/forms/library/add", templates.AddFromLibraryPage, Permission.TEMPLATES_WRITE
    ),
    practitioner(_CLIENT, forms.ClientFormsPage, Permission.FORMS_READ),
    practitioner(f"{_CLIENT}/send", send_form.SendFormPage, Permission.FORMS_SEND),
    practitioner(_REQUEST, answers.RequestPage, Permission.FORMS_READ),
    practitioner(f"{_REQUEST}/review", answers.ReviewPage, Permission.ANSWERS_REVIEW),
    practitioner(f"{_REQUEST}/withdraw", answers.WithdrawPage, Permission.FORMS_SEND),
)
