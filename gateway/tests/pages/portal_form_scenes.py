"""Scenes of a client's forms."""

from __future__ import annotations

from typing import Any

import fixtures as made
import msgspec
from scene import Scene, failed, portal

from gateway.web import form_answers
from gateway.web.live_rules import live_rules
from portal_contracts.forms.rpc.filling import ClientForm, Correction, SubmittedForm
from portal_contracts.forms.rpc.questions import RequestState, answered
from portal_contracts.forms.rpc.submissions import SentOnce
from tests.kit.gateway.made_forms import INTAKE, WHOLE
from tests.kit.gateway.made_kinds import NIGHTS, NIGHTS_ANSWERED

ID = made.number(120)
BASE = f"/forms/{ID}"
ASKER = "Dr. Miriam Rivera"
PROBLEMS = dict.fromkeys(("stress", "symptoms", "harm", "consent", "signed"), "required")


def form(**more: Any) -> ClientForm:
    fields = {
        "id": ID,
        "state": RequestState.STARTED,
        "sent_by": made.number(2),
        "sent_at": made.ago(days=2),
        "due_on": made.ahead(days=5).date(),
        "document": INTAKE,
        "answers": {},
        "revision": 4,
        "saved_at": made.ago(minutes=3),
        "percent": 40,
        "problems": {},
        "alert": False,
        "submitted_at": None,
    }
    return ClientForm(**(fields | more))


FRESH = form(state=RequestState.NOT_OPENED, saved_at=None, percent=0, problems=PROBLEMS)
HALF = form(answers={name: WHOLE[name] for name in ("called", "born", "sleep")}, problems=PROBLEMS)
READY = form(answers=WHOLE, percent=100)
ALARMED = form(answers={**WHOLE, "harm": "c2"}, percent=100, alert=True)
NIGHTS_READY = form(document=NIGHTS, answers=NIGHTS_ANSWERED, percent=100, required=["awake"])
NIGHTS_FRESH = form(document=NIGHTS, hidden=["awake"])
NIGHTS_WRONG = {
    "q_mail": "answer_email_invalid",
    "q_phone": "answer_phone_invalid",
    "q_home": "answer_address_incomplete",
    "q_learned": "answer_other_missing",
}
SENT = form(
    answers=WHOLE, percent=100, state=RequestState.SUBMITTED, submitted_at=made.ago(minutes=1)
)
OPTIONAL = msgspec.structs.replace(
    FRESH,
    document=msgspec.structs.replace(
        INTAKE,
        sections=[
            msgspec.structs.replace(
                one,
                questions=[msgspec.structs.replace(each, required=False) for each in one.questions],
            )
            for one in INTAKE.sections
        ],
    ),
    problems={},
)
GERMAN = msgspec.structs.replace(
    READY, document=msgspec.structs.replace(INTAKE, language="de", title="Fragebogen zum Beginn")
)


def section(name: str, number: int, opened: ClientForm, **more: Any) -> Scene:
    flash = more.pop("flash", None)
    shown = opened.document.sections[number - 1]
    context: dict[str, Any] = {
        "form": opened,
        "section": shown,
        "number": number,
        "step": number,
        "steps": len(opened.document.sections) + 1,
        "rules": live_rules(shown, opened),
        "typed": form_answers.texts_of_answers(shown, opened.answers),
        "errors": {},
        "revision": opened.revision,
        "origin": "",
        "saved": None,
        "answered": answered(shown, opened.answers),
        "draft_key": "",
    }
    path = f"{BASE}/{number}"
    return portal(name, path, template="form_section", flash=flash, **(context | more))


def check(name: str, opened: ClientForm, **more: Any) -> Scene:
    sections = form_answers.shown_sections(opened.document, opened.answers)
    problems = {
        field: code
        for each in sections
        for field, code in form_answers.field_errors(each.section, opened.problems).items()
    }
    context = {"form": opened, "sections": sections, "steps": 4, "problems": problems}
    context |= {"errors": {}, "asker": ASKER}
    return portal(name, f"{BASE}/check", template="form_check", **(context | more))


ERRORS = {
    "q_called": "answer_required",
    "q_born": "answer_date_unreadable",
    "q_sleep": "answer_number_unreadable",
    "q_before": "answer_required",
}
JUNK = {"q_born.day": "31", "q_born.month": "2", "q_born.year": "1990", "q_sleep": "abc"}
SUBMITTED = msgspec.structs.replace(
    made.FORMS,
    submitted=[
        SubmittedForm(id=made.number(125), title="GAD-7", submitted_at=made.ago(days=9)),
        SubmittedForm(id=made.number(126), title="PHQ-9", submitted_at=made.ago(days=40)),
    ],
)

CORRECTED = msgspec.structs.replace(
    HALF,
    correction=Correction(
        unlocked_by=made.number(2), unlocked_at=made.ago(hours=1), submitted_at=made.ago(days=2),
        reason="Please look at the dose again.\nIt seems too high.",
    ),
    submissions=[SentOnce(id=made.number(127), submitted_at=made.ago(days=2))],
)  # fmt: skip
TWICE = [*CORRECTED.submissions, SentOnce(id=made.number(128), submitted_at=made.ago(minutes=1))]
SENT_AGAIN = msgspec.structs.replace(SENT, submission_id=made.number(128), submissions=TWICE)
BEFORE = msgspec.structs.replace(
    SENT_AGAIN, submission_id=made.number(127), submitted_at=made.ago(days=2)
)
OPENED_AGAIN = msgspec.structs.replace(
    BEFORE, state=RequestState.STARTED, submissions=CORRECTED.submissions
)


def answers(name: str, form: ClientForm) -> Scene:
    return portal(
        name, BASE, template="form_answers", form=form, asker=ASKER,
        sections=form_answers.shown_sections(INTAKE, WHOLE),
    )  # fmt: skip


SCENES: list[Scene] = [
    portal("forms-sent", "/forms", template="forms", forms=SUBMITTED),
    portal("form-start", BASE, template="form_start", form=FRESH, asker=ASKER, onwards=f"{BASE}/1"),
    portal("form-goon", BASE, template="form_start", form=HALF, asker=None, onwards=f"{BASE}/2"),
    portal(
        "form-to-correct", BASE, template="form_start", form=CORRECTED, asker=ASKER,
        unlocked_by=ASKER, onwards=f"{BASE}/1",
    ),
    section("form-section", 1, HALF),
    section("form-section-wrong", 1, FRESH, typed=JUNK, errors=ERRORS),
    section("form-section-optional", 1, OPTIONAL),
    section("form-section-kinds", 2, READY),
    section("form-section-reach", 1, NIGHTS_READY),
    section("form-section-reach-wrong", 1, NIGHTS_FRESH, errors=NIGHTS_WRONG),
    section("form-section-nights", 2, NIGHTS_READY),
    section("form-section-nights-hidden", 2, NIGHTS_FRESH),
    check("form-check-nights", NIGHTS_READY),
    section("form-section-empty", 2, FRESH, origin="check"),
    section("form-section-alert", 2, ALARMED),
    section("form-section-consent", 3, FRESH),
    section(
        "form-section-consent-wrong",
        3,
        FRESH,
        errors={"q_consent": "answer_must_be_agreed", "q_signed": "answer_signature_required"},
    ),
    section(
        "form-section-stale",
        1,
        HALF,
        saved=form_answers.answers_that_differ(INTAKE.sections[0], WHOLE, {"q_called": "Mine"}),
        flash=failed("This form was changed in another window."),
    ),
    check("form-check", READY),
    check("form-check-open", HALF),
    check(
        "form-check-wrong",
        HALF,
        errors={f"q_{name}": "answer_required" for name in PROBLEMS},
    ),
    check("form-check-alert", ALARMED, asker=None),
    portal("form-sent", f"{BASE}/sent", template="form_sent", form=SENT, asker=ASKER),
    answers("form-answers", SENT),
    answers("form-answers-again", SENT_AGAIN),
    answers("form-answers-before", BEFORE),
    answers("form-answers-unlocked", OPENED_AGAIN),
    portal(
        "form-german", f"{BASE}/check", template="form_check", form=GERMAN,
        sections=form_answers.shown_sections(GERMAN.document, WHOLE), steps=4, problems={},
        errors={}, asker=ASKER,
    ),
    portal("form-withdrawn", BASE, template="form_withdrawn", form=FRESH),
]  # fmt: skip
