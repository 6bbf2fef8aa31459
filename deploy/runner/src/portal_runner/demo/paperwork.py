"""The forms of the demo practice, in every state, and the answers that came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from forms.operations import filling, review, saving, sending
from portal_chassis.authority.ownership import Client, Practitioner
from portal_chassis.database.transactions import Transaction
from portal_contracts.forms.rpc import filling as client_side
from portal_contracts.forms.rpc import requests
from portal_contracts.forms.rpc.questions import Answers
from portal_runner.demo import answers, people
from portal_runner.demo.answers import gad7, phq9
from portal_runner.demo.history import DAY, HOUR, ZONE, Past, at
from portal_runner.demo.people import Person

INTAKE: Final = "intake_en"
PHQ9: Final = "phq9_en"
GAD7: Final = "gad7_en"
LIBRARY: Final = (INTAKE, PHQ9, GAD7)
"""Templates of the practice, by their keys in the library: of its language alone."""


@dataclass(frozen=True)
class Sheet:
    """One form that was sent in the past.

    Attributes:
        person: the client.
        form: its key in the library.
        days_ago: when it was sent.
        answers: what the client has filled in; without any it was not opened.
        sent_back: the client has sent it.
        reviewed: the practitioner has seen the answers.
        withdrawn: it was taken back.
        due_after: days until it was due; None for no date.
    """

    person: Person
    form: str
    days_ago: int
    answers: Answers | None = None
    sent_back: bool = True
    reviewed: bool = True
    withdrawn: bool = False
    due_after: int | None = 7


SHEETS: Final = (
    Sheet(people.ANNA, INTAKE, 330, answers.ANNA),
    Sheet(people.ANNA, PHQ9, 328, phq9(2, 2, 3, 3, 1, 2, 2, 1, 0, difficulty=2)),
    Sheet(people.ANNA, PHQ9, 260, phq9(2, 2, 2, 2, 1, 2, 2, 1, 0, difficulty=2)),
    Sheet(people.ANNA, PHQ9, 190, phq9(1, 1, 2, 2, 1, 2, 1, 1, 0, difficulty=1)),
    Sheet(people.ANNA, PHQ9, 120, phq9(1, 1, 1, 2, 0, 1, 1, 0, 0, difficulty=1)),
    Sheet(people.ANNA, PHQ9, 30, phq9(0, 1, 1, 1, 0, 1, 0, 0, 0, difficulty=0)),
    Sheet(people.ANNA, GAD7, 327, gad7(2, 2, 3, 2, 1, 2, 1)),
    Sheet(people.ANNA, GAD7, 150, gad7(1, 1, 2, 1, 1, 1, 1)),
    Sheet(people.BEN, INTAKE, 290, answers.BEN),
    Sheet(people.BEN, PHQ9, 288, phq9(1, 1, 3, 2, 1, 1, 1, 0, 0, difficulty=1)),
    Sheet(people.BEN, PHQ9, 3, {"phq1": "several_days", "phq2": "not_at_all"}, sent_back=False),
    Sheet(people.CHIARA, INTAKE, 210, answers.CHIARA),
    Sheet(people.CHIARA, PHQ9, 208, phq9(2, 3, 2, 2, 2, 1, 2, 0, 0, difficulty=2)),
    Sheet(people.CHIARA, PHQ9, 90, phq9(1, 2, 1, 2, 1, 1, 1, 0, 0, difficulty=1)),
    Sheet(people.CHIARA, PHQ9, 2, phq9(1, 1, 1, 1, 1, 0, 1, 0, 0, difficulty=1), reviewed=False),
    Sheet(people.MIRA, INTAKE, 240, answers.MIRA),
    Sheet(people.DANIEL, INTAKE, 20, due_after=10),
    Sheet(people.EMMA, INTAKE, 200, answers.EMMA),
    Sheet(people.EMMA, GAD7, 198, gad7(3, 2, 2, 2, 1, 2, 3)),
    Sheet(people.EMMA, GAD7, 100, gad7(2, 2, 2, 1, 1, 1, 2)),
    Sheet(people.EMMA, GAD7, 4, gad7(1, 1, 2, 1, 1, 1, 1), reviewed=False),
    Sheet(people.FARID, INTAKE, 85, answers.FARID),
    Sheet(people.FARID, PHQ9, 84, phq9(2, 2, 2, 2, 1, 3, 1, 1, 0, difficulty=2)),
    Sheet(people.FARID, GAD7, 40, withdrawn=True, due_after=None),
    Sheet(people.FARID, PHQ9, 1, phq9(2, 2, 3, 2, 1, 3, 2, 1, 1, difficulty=2), reviewed=False),
)


def write_forms(past: Past, templates: dict[str, UUID], clients: dict[str, UUID]) -> None:
    """Send, fill in, review and withdraw the forms of the past year."""
    with past.transaction() as tx:
        for sheet in SHEETS:
            _write(tx, past, sheet, templates[sheet.form], clients[sheet.person.fields.email])


def _write(tx: Transaction, past: Past, sheet: Sheet, template_id: UUID, client_id: UUID) -> None:
    by, client = _people(past, client_id)
    sent_at = _sent_at(past, sheet)
    due_on = None
    if sheet.due_after is not None:
        due_on = (sent_at + timedelta(days=sheet.due_after)).date()
    command = requests.SendForm(client_id=client_id, template_id=template_id, due_on=due_on)
    call = past.call(requests.SEND_FORM, sent_at)
    request_id = sending.send_form(tx, command, call, client).request_id
    if sheet.withdrawn:
        call = past.call(requests.WITHDRAW_REQUEST, sent_at + DAY)
        withdraw = requests.GetRequest(request_id=request_id)
        sending.withdraw_request(tx, withdraw, call, by, past.sealer)
    if sheet.answers is not None:
        _fill_in(tx, past, sheet, sheet.answers, request_id, client)
    if sheet.answers is not None and sheet.sent_back and sheet.reviewed:
        call = past.call(requests.REVIEW_ANSWERS, sent_at + 2 * DAY)
        review.review_answers(tx, requests.ReviewAnswers(request_id=request_id), call, by)


def _sent_at(past: Past, sheet: Sheet) -> datetime:
    """In the morning of that day."""
    return at((past.now - sheet.days_ago * DAY).astimezone(ZONE).date(), 8, 40)


def _fill_in(
    tx: Transaction, past: Past, sheet: Sheet, given: Answers, request_id: UUID, client: Client
) -> None:
    opened_at = _sent_at(past, sheet) + 5 * HOUR
    saved_at = opened_at + timedelta(minutes=14)
    call = past.call(client_side.OPEN_FORM, opened_at, client.id)
    filling.open_form(tx, client_side.OpenForm(request_id=request_id), call, client, past.sealer)
    save = client_side.SaveAnswers(request_id=request_id, revision=0, answers=dict(given))
    call = past.call(client_side.SAVE_ANSWERS, saved_at, client.id)
    saved = saving.save_answers(tx, save, call, client, past.sealer)
    if sheet.sent_back:
        submit = client_side.SubmitForm(request_id=request_id, revision=saved.revision)
        call = past.call(client_side.SUBMIT_FORM, saved_at, client.id)
        filling.submit_form(tx, submit, call, client, past.sealer)


def _people(past: Past, client_id: UUID) -> tuple[Practitioner, Client]:
    actor = past.practitioner
    if actor.id is None or actor.practice_id is None:
        message = "A practitioner has an id and a practice."
        raise ValueError(message)
    return (
        Practitioner(id=actor.id, practice_id=actor.practice_id),
        Client(id=client_id, practice_id=actor.practice_id),
    )
