"""Operations on templates, forms that were sent, and answers; the preview of a client's portal."""

from __future__ import annotations

from typing import Final

from gateway.api.changing import Changing
from gateway.api.headings import Heading
from gateway.api.operation import Operation
from gateway.web.routing import Owner
from portal_contracts.forms.rpc import (
    exports,
    filling,
    requests,
    reviewing,
    submissions,
    templates,
)
from portal_contracts.forms.rpc.questions import FormDocument
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import overview

_TEMPLATES: Final = Heading("Form templates", Owner.PRACTITIONER)
_REQUESTS: Final = Heading("Forms sent", Owner.PRACTITIONER)
_PREVIEW: Final = Heading("Clients", Owner.PRACTITIONER)
_TEMPLATE: Final = "/form-templates/{template_id}"
_REQUEST: Final = "/form-requests/{request_id}"

_TEMPLATE_OPERATIONS: Final = (
    _TEMPLATES.call(
        "GET /form-templates",
        templates.LIST_TEMPLATES,
        "The practice's templates.",
        Permission.FORMS_READ,
    ),
    _TEMPLATES.call(
        "POST /form-templates",
        templates.SAVE_TEMPLATE,
        "Add a template.",
        Permission.TEMPLATES_WRITE,
        name="add_template",
        body="document",
        body_type=FormDocument,
        hidden=("template_id", "revision"),
        etag="revision",
        created="/form-templates/{template_id}",
    ),
    _TEMPLATES.call(
        f"GET {_TEMPLATE}",
        templates.GET_TEMPLATE,
        "One template as it is worked on.",
        Permission.FORMS_READ,
        etag="revision",
    ),
    *_TEMPLATES.changes(
        _TEMPLATE,
        Changing(
            ids=("template_id",),
            read=templates.GET_TEMPLATE,
            edit=templates.SAVE_TEMPLATE,
            body="document",
            later=frozenset({"loinc", "subscales"}),
            states=(templates.ARCHIVE_TEMPLATE,),
        ),
        "Change a template.",
        Permission.TEMPLATES_WRITE,
        name="template",
        note="What was published or sent stays as it is. Archived, it cannot be sent.",
    ),
    _TEMPLATES.call(
        f"POST {_TEMPLATE}/publish",
        templates.PUBLISH_TEMPLATE,
        "Freeze the template as its next version.",
        Permission.TEMPLATES_WRITE,
        hidden=("revision",),
    ),
    _TEMPLATES.call(
        f"GET {_TEMPLATE}/review",
        reviewing.REVIEW_TEMPLATE,
        "What publishing the template would change, and what keeps it from being published.",
        Permission.TEMPLATES_WRITE,
        etag="revision",
    ),
    _TEMPLATES.call(
        f"GET {_TEMPLATE}/answers",
        exports.EXPORT_ANSWERS,
        "What came back of a template, client by client; each is written to the access log.",
        Permission.ANSWERS_READ,
    ),
    _TEMPLATES.call(
        f"GET {_TEMPLATE}/answers/columns",
        exports.BEGIN_EXPORT,
        "The columns and versions of a template's answers, and how many there are.",
        Permission.ANSWERS_READ,
    ),
    _TEMPLATES.call(
        "GET /form-library",
        templates.LIST_LIBRARY,
        "The forms that ship.",
        Permission.FORMS_READ,
    ),
    _TEMPLATES.call(
        "POST /form-library/{key}/add",
        templates.ADD_FROM_LIBRARY,
        "Copy a form of the library into the practice, and publish it.",
        Permission.TEMPLATES_WRITE,
        created="/form-templates/{template_id}",
    ),
)

_REQUEST_OPERATIONS: Final = (
    _REQUESTS.call(
        "GET /form-requests",
        requests.LIST_REQUESTS,
        "Forms that were sent: the practice's or one client's, the latest first.",
        Permission.FORMS_READ,
        hidden=("client_ids",),
    ),
    _REQUESTS.call(
        "GET /form-requests/counts",
        requests.COUNT_REQUESTS,
        "How many forms were sent, by state; how many are overdue.",
        Permission.FORMS_READ,
        hidden=("client_ids",),
    ),
    _REQUESTS.call(
        "POST /clients/{client_id}/form-requests",
        requests.SEND_FORM,
        "Send the newest published version of a template to a client.",
        Permission.FORMS_SEND,
        created="/form-requests/{request_id}",
    ),
    _REQUESTS.call(
        f"GET {_REQUEST}",
        requests.GET_REQUEST,
        "One form that was sent.",
        Permission.FORMS_READ,
    ),
    _REQUESTS.call(
        f"POST {_REQUEST}/withdraw",
        requests.WITHDRAW_REQUEST,
        "Take a form back before it is submitted, or an unlocking.",
        Permission.FORMS_SEND,
    ),
    _REQUESTS.call(
        f"POST {_REQUEST}/resend",
        requests.RESEND_FORM,
        "Mail the client once more that a form waits.",
        Permission.FORMS_SEND,
    ),
    _REQUESTS.call(
        f"POST {_REQUEST}/due-day",
        requests.CHANGE_DUE_DAY,
        "Ask for a form by another day.",
        Permission.FORMS_SEND,
    ),
    _REQUESTS.call(
        f"POST {_REQUEST}/unlock",
        submissions.UNLOCK_FORM,
        "Let the client correct what was submitted, which stays as it was, with a mail.",
        Permission.ANSWERS_REVIEW,
    ),
    _REQUESTS.call(
        f"GET {_REQUEST}/answers",
        requests.OPEN_ANSWERS,
        "What a client submitted last, or an earlier submission; written to the access log.",
        Permission.ANSWERS_READ,
        also=(409,),
    ),
    _REQUESTS.call(
        f"POST {_REQUEST}/review",
        requests.REVIEW_ANSWERS,
        "Mark a submitted form as reviewed, or the alert of one that is not sent back.",
        Permission.ANSWERS_REVIEW,
    ),
    _REQUESTS.call(
        f"GET {_REQUEST}/scores",
        requests.LIST_SCORES,
        "The scores of this client in this form over time; written to the access log.",
        Permission.ANSWERS_READ,
        also=(409,),
    ),
)

_PREVIEW_OPERATIONS: Final = (
    _PREVIEW.call(
        "GET /clients/{client_id}/portal/schedule",
        overview.PORTAL_SCHEDULE,
        "A client's appointments and sessions as the client's portal shows them; no read receipt.",
        Permission.CLIENTS_READ,
    ),
    _PREVIEW.call(
        "GET /clients/{client_id}/portal/forms",
        filling.PORTAL_FORMS,
        "A client's forms as the client's portal shows them.",
        Permission.CLIENTS_READ,
        name="preview_portal_forms",
    ),
)

OPERATIONS: Final[tuple[Operation, ...]] = (
    *_TEMPLATE_OPERATIONS,
    *_REQUEST_OPERATIONS,
    *_PREVIEW_OPERATIONS,
)
