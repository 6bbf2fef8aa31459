"""Scenes of templates, requests, answers."""

from __future__ import annotations

from typing import Any

import fixtures as made
import msgspec
from scene import Scene, console, failed

from gateway.console.forms.score_chart import draw
from gateway.console.forms.sent_forms import STAGES, Narrowed
from gateway.console.forms.shown_scores import ShownScore
from gateway.console.forms.usage import Usage
from gateway.web import form_answers
from portal_contracts.actor import Role
from portal_contracts.forms.rpc.exports import ExportBegun
from portal_contracts.forms.rpc.questions import RequestState, Score
from portal_contracts.forms.rpc.requests import (
    AnswerSheet,
    RequestPage,
    RequestRow,
    ScorePoint,
    Scores,
)
from portal_contracts.forms.rpc.submissions import Submission
from portal_contracts.forms.rpc.templates import (
    Library,
    LibraryForm,
    Template,
    TemplateRow,
    Templates,
)
from tests.kit.gateway.made_forms import INTAKE, WHOLE
from tests.kit.gateway.made_kinds import NIGHTS, NIGHTS_ANSWERED

TEMPLATE_ID = made.number(300)
FORMS, TEMPLATES = "/console/forms", "/console/forms/templates"
CLIENT = f"/console/clients/{made.CLIENT.id}"
ASSISTANT = msgspec.structs.replace(
    made.CONSOLE_DEVICE,
    actor=msgspec.structs.replace(made.CONSOLE_DEVICE.actor, role=Role.ASSISTANT),
)


def row(key: int, state: str, client: int = 10, **more: Any) -> RequestRow:
    fields: dict[str, Any] = {
        "id": made.number(key),
        "client_id": made.number(client),
        "template_id": TEMPLATE_ID,
        "title": "Intake questionnaire",
        "state": RequestState(state),
        "percent": 0,
        "due_on": None,
        "sent_by": made.number(2),
        "sent_at": made.ago(days=4),
        "opened_at": None,
        "submitted_at": None,
        "reviewed_at": None,
        "alert": False,
    }
    return RequestRow(**(fields | more))


ALARM = row(
    401, "submitted", 13, title="Patient Health Questionnaire (PHQ-9)", percent=100, alert=True,
    opened_at=made.ago(hours=3), submitted_at=made.ago(hours=2),
)  # fmt: skip
NEW = row(400, "submitted", percent=100, opened_at=made.ago(days=2), submitted_at=made.ago(hours=5))
OVERDUE = row(402, "not_opened", 11, due_on=made.ago(days=1).date())
STARTED = row(
    403, "started", 12, percent=40, due_on=made.ahead(days=3).date(), opened_at=made.ago(days=1)
)
READ = row(
    404, "reviewed", title="Consent to treatment", percent=100, opened_at=made.ago(days=9),
    submitted_at=made.ago(days=9), reviewed_at=made.ago(days=8),
)  # fmt: skip
GONE = row(405, "withdrawn", 14)
SENT = RequestPage(items=[NEW, ALARM, OVERDUE, STARTED, READ, GONE], next_cursor="Mg")
NOTHING = RequestPage(items=[], next_cursor=None)
UNLOCKED = msgspec.structs.replace(STARTED, percent=80, unlocked_at=made.ago(hours=1))
FIRST = Submission(
    id=made.number(501), number=1, submitted_at=made.ago(days=3), revealed=False,
    reviewed_at=made.ago(days=2), reviewed_by=made.number(2), unlocked_at=made.ago(hours=1),
    unlocked_by=made.number(2), reason="Please look at the dose again.\nIt seems too high.",
)  # fmt: skip
SECOND = Submission(
    id=made.number(502), number=2, submitted_at=made.ago(hours=5), revealed=False,
    reviewed_at=None, reviewed_by=None,
)  # fmt: skip
COUNTS = {
    "": 86, "overdue": 1, "not_opened": 4, "started": 3, "submitted": 2, "reviewed": 76,
    "withdrawn": 1,
}  # fmt: skip
BEGUN = ExportBegun(
    template_id=TEMPLATE_ID, title="Intake questionnaire", columns=[], versions=[], total=14
)


def template(key: int, title: str, **more: Any) -> TemplateRow:
    fields: dict[str, Any] = {
        "id": made.number(key), "title": title, "minutes": 12, "questions": 11, "language": "en",
        "published": 2, "changed": False, "archived": False, "sent": 14,
    }  # fmt: skip
    return TemplateRow(**(fields | more))


OWN = template(300, "Intake questionnaire")
PHQ = template(301, "Patient Health Questionnaire (PHQ-9)", minutes=3, questions=10)
ALL = [
    OWN,
    template(302, "Fragebogen zum Beginn", language="de", changed=True, sent=3),
    PHQ,
    template(303, "Sleep diary", published=None, sent=0),
    template(304, "Old intake", archived=True, sent=80),
]
LIBRARY = Library(
    items=[
        LibraryForm(key="intake_en", document=INTAKE, added=True),
        LibraryForm(
            key="intake_de",
            document=msgspec.structs.replace(
                INTAKE, language="de", title="Fragebogen zum Beginn", intro="Er hilft uns."
            ),
            added=False,
        ),
        LibraryForm(
            key="phq9_en",
            document=msgspec.structs.replace(
                INTAKE,
                title="Patient Health Questionnaire (PHQ-9)",
                source="Developed by Drs. Spitzer, Williams, Kroenke and colleagues.",
            ),
            added=False,
        ),
    ]
)
SCORES = Scores(
    maximum=27,
    items=[
        ScorePoint(
            request_id=made.number(key),
            submitted_at=made.ago(days=days),
            total=total,
            band=band,
        )
        for key, days, total, band in (
            (406, 84, 19, "moderately severe"),
            (407, 56, 14, "moderate"),
            (408, 28, 15, "moderately severe"),
            (401, 0, 9, "mild"),
        )
    ],
)


def sheet(
    of: RequestRow,
    *submissions: Submission,
    total: int | None = 9,
    alerts: tuple[str, ...] = (),
    shown: Submission | None = None,
) -> AnswerSheet:
    score = None if total is None else Score(total=total, maximum=27, band="mild")
    answers = WHOLE if not alerts else {**WHOLE, "harm": "c1"}
    return AnswerSheet(
        row=of, document=INTAKE, answers=answers, score=score, alerts=list(alerts),
        reviewed_by=made.number(2) if of.reviewed_at else None,
        submission_id=shown.id if shown else None, submissions=[*submissions],
    )  # fmt: skip


BURDEN = ShownScore(
    "burden", "Burden", Score(total=1.5, maximum=2, band="high", id="burden", title="Burden"), None
)
NIGHTS_SHEET = msgspec.structs.replace(sheet(NEW), document=NIGHTS, answers=NIGHTS_ANSWERED)


def request(name: str, of: RequestRow, given: AnswerSheet | None = None, **more: Any) -> Scene:
    context = {
        "request": of,
        "client_name": "Anna Bergmann",
        "people": {made.number(2): "Dr. Miriam Rivera"},
        "sheet": given,
        "submission": None,
        "sections": form_answers.shown_sections(given.document, given.answers) if given else [],
        "scores": [],
    }
    if given and given.document.scoring:
        context["scores"] = [ShownScore("score", "", given.score, more.pop("chart", None))]
    return console(name, "request", f"{FORMS}/requests/{of.id}", **(context | more))


def sent(name: str, **more: Any) -> Scene:
    context = {"to_review": [ALARM, NEW], "requests": SENT, "names": made.NAMES}
    context |= {"which": which(), "stages": STAGES, "counts": COUNTS}
    return console(name, "forms", FORMS, **(context | more))


def which(stage: str = "", client: str = "", *, more: bool = False) -> Narrowed:
    ids = [made.number(10)] if client else None
    return Narrowed(stage, client, ids, more, None, made.ago(days=0).date())


def tab(name: str, requests: RequestPage | None) -> Scene:
    return console(
        name, "client", f"{CLIENT}/forms", client=made.CLIENT, tab="forms", requests=requests,
        cursor=None, links=made.LINKS, link_mails=made.LINK_MAILS, devices=made.DEVICES,
    )  # fmt: skip


def send(name: str, **more: Any) -> Scene:
    context: dict[str, Any] = {
        "client": made.CLIENT, "templates": ALL[:3], "errors": {},
        "fields": {"template": str(PHQ.id), "due_on": ""}, "still_open": False, "choice": None,
    }  # fmt: skip
    return console(name, "send_form", f"{CLIENT}/forms/send", **(context | more))


def shown(name: str, of: TemplateRow) -> Scene:
    whole = Template(row=of, revision=3, document=INTAKE)
    return console(
        name,
        "template",
        f"{TEMPLATES}/{of.id}",
        form_template=whole,
        unready=set(),
        usage=Usage(waiting=of.sent, services=[]),
    )


OWN_SENT = RequestPage(items=[NEW, READ], next_cursor=None)
SCENES: list[Scene] = [
    sent("forms"),
    sent("forms-started", to_review=[], requests=NOTHING, which=which("started")),
    sent("forms-of-client", to_review=[], which=which("overdue", "Anna", more=True)),
    sent("forms-of-nobody", to_review=[], requests=NOTHING, which=which("", "Nobody")),
    sent("forms-none", to_review=[], requests=NOTHING),
    sent("forms-down", to_review=None, requests=None, names={}, counts={}),
    tab("client-forms", OWN_SENT),
    tab("client-forms-none", NOTHING),
    send("send-form"),
    send(
        "send-form-wrong",
        fields={"template": "", "due_on": "2026-12-24"},
        errors={"template": "template_missing", "due_on": "due_on_invalid"},
    ),
    send("send-form-refused", flash=failed("This form is archived. Restore it, then send it.")),
    send("send-form-empty", templates=[]),
    send("send-form-again", still_open=True),
    console("export", "export", f"{TEMPLATES}/{TEMPLATE_ID}/export", begun=BEGUN),
    console(
        "export-nothing",
        "export",
        f"{TEMPLATES}/{TEMPLATE_ID}/export",
        begun=msgspec.structs.replace(BEGUN, total=0),
    ),
    console(
        "unlock-form",
        "unlock_form",
        f"{FORMS}/requests/400/unlock",
        request=NEW,
        client_name="Anna Bergmann",
        reason="",
        errors={},
    ),
    console(
        "unlock-form-wrong",
        "unlock_form",
        f"{FORMS}/requests/400/unlock",
        request=NEW,
        client_name="Anna Bergmann",
        reason="x" * 1001,
        errors={"reason": "correction_too_long"},
    ),
    request(
        "form-unlocked",
        UNLOCKED,
        sheet(UNLOCKED, FIRST, total=None, shown=FIRST),
        submission=FIRST,
    ),
    request("form-corrected", NEW, sheet(NEW, SECOND, FIRST, shown=SECOND), submission=SECOND),
    request("form-earlier", NEW, sheet(NEW, SECOND, FIRST, shown=FIRST), submission=FIRST),
    request("form-due-wrong", OVERDUE, errors={"due_on": "due_on_past"}, due_typed="2020-01-01"),
    send("send-form-unaddressed", client=msgspec.structs.replace(made.CLIENT, email="")),
    console("templates", "templates", TEMPLATES, templates=Templates(items=ALL)),
    console("templates-none", "templates", TEMPLATES, templates=Templates(items=[])),
    shown("template", OWN),
    shown("template-changed", ALL[1]),
    shown("template-archived", ALL[4]),
    console("form-library", "library", f"{FORMS}/library", library=LIBRARY),
    console("form-library-down", "library", f"{FORMS}/library", library=None),
    request("form-started", STARTED),
    request("form-started-alert", msgspec.structs.replace(STARTED, alert=True)),
    request("form-withdrawn", GONE),
    request("form-answers", NEW, sheet(NEW)),
    request(
        "form-answers-alert",
        ALARM,
        sheet(ALARM, alerts=("harm",)),
        chart=draw(SCORES, ALARM.id),
    ),
    request("form-answers-nights", NEW, NIGHTS_SHEET, scores=[BURDEN]),
    request("form-answers-scoreless", READ, sheet(READ, total=None)),
    request("form-answers-locked", ALARM, device=ASSISTANT),
]
