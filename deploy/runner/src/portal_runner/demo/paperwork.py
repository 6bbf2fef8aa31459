"""The forms of the demo practice, in every state, and the answers that came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from uuid import UUID

from forms.operations import filling, review, saving, sending
from portal_chassis.authority.ownership import Client, Practitioner
from portal_chassis.database.transactions import Transaction
from portal_contracts.forms.rpc import filling as client_side
from portal_contracts.forms.rpc import requests
from portal_contracts.forms.rpc.questions import (
    Answer,
    Answers,
    FormDocument,
    Question,
    QuestionKind,
)
from portal_runner.demo.history import DAY, HOUR, ZONE, Past, at

LIBRARY = ("intake_en", "intake_de", "phq9_en", "phq9_de", "gad7_en")


@dataclass(frozen=True)
class Sheet:
    """One form that was sent in the past.

    Attributes:
        email: of the client.
        form: its key in the library.
        days_ago: when it was sent.
        scores: of the scored questions, one after the other; empty for a form without.
        share: how much of it the client filled in, from 0 to 1; 1 is sent back.
        reviewed: the practitioner has seen the answers.
        withdrawn: it was taken back.
        due_after: days until it was due; None for no date.
    """

    email: str
    form: str
    days_ago: int
    scores: tuple[int, ...] = ()
    share: float = 1
    reviewed: bool = True
    withdrawn: bool = False
    due_after: int | None = 7


SHEETS = (
    Sheet("anna.berg@example.org", "intake_en", 330),
    Sheet("anna.berg@example.org", "phq9_en", 320, (2, 2, 2, 2, 1, 2, 2, 1, 0)),
    Sheet("anna.berg@example.org", "phq9_en", 220, (2, 1, 2, 1, 1, 1, 2, 1, 0)),
    Sheet("anna.berg@example.org", "phq9_en", 120, (1, 1, 1, 1, 1, 1, 1, 1, 0)),
    Sheet("anna.berg@example.org", "phq9_en", 30, (1, 1, 1, 1, 0, 1, 0, 0, 0)),
    Sheet("ben.okafor@example.org", "intake_en", 300),
    Sheet("ben.okafor@example.org", "phq9_en", 3, (1, 1, 1), share=0.4),
    Sheet("chiara.rossi@example.org", "phq9_de", 2, (1, 2, 1, 1, 1, 1, 1, 0, 0), reviewed=False),
    Sheet("daniel.novak@example.org", "intake_en", 20, share=0, due_after=10),
    Sheet("emma.lindqvist@example.org", "gad7_en", 4, (2, 1, 2, 1, 1, 1, 1), reviewed=False),
    Sheet("farid.haddad@example.org", "phq9_de", 2, (2, 2, 3, 2, 1, 2, 2, 1, 1), reviewed=False),
    Sheet("farid.haddad@example.org", "intake_de", 40, share=0, withdrawn=True, due_after=None),
)

_WORDS = (
    "Work has been a lot since the summer, and I want to find a calmer way through the week.",
    "A good friend, and my sister when she is in town.",
    "Mostly in the mornings.",
)
_WORDS_DE = (
    "Seit dem Sommer ist die Arbeit viel, und ich suche einen ruhigeren Weg durch die Woche.",
    "Eine gute Freundin, und meine Schwester, wenn sie da ist.",
    "Meist am Morgen.",
)


def write_forms(past: Past, templates: dict[str, UUID], clients: dict[str, UUID]) -> None:
    """Send, fill in, review and withdraw the forms of the past year."""
    with past.transaction() as tx:
        for sheet in SHEETS:
            _write(tx, past, sheet, templates[sheet.form], clients[sheet.email])


def _write(tx: Transaction, past: Past, sheet: Sheet, template_id: UUID, client_id: UUID) -> None:
    by, client = _people(past, client_id)
    sent_at = _sent_at(past, sheet)
    due_on = None
    if sheet.due_after is not None:
        due_on = (sent_at + timedelta(days=sheet.due_after)).date()
    command = requests.SendForm(client_id=client_id, template_id=template_id, due_on=due_on)
    call = past.call(requests.SEND_FORM, sent_at)
    request_id = sending.send_form(tx, command, call, client).request_id
    one = requests.GetRequest(request_id=request_id)
    if sheet.withdrawn:
        call = past.call(requests.WITHDRAW_REQUEST, sent_at + DAY)
        sending.withdraw_request(tx, one, call, by)
    if sheet.share:
        _fill_in(tx, past, sheet, request_id, client)
    if sheet.share == 1 and sheet.reviewed:
        call = past.call(requests.REVIEW_ANSWERS, sent_at + 2 * DAY)
        answers = requests.ReviewAnswers(request_id=request_id)
        review.review_answers(tx, answers, call, by)


def _sent_at(past: Past, sheet: Sheet) -> datetime:
    """In the morning of that day."""
    return at((past.now - sheet.days_ago * DAY).astimezone(ZONE).date(), 8, 40)


def _fill_in(tx: Transaction, past: Past, sheet: Sheet, request_id: UUID, client: Client) -> None:
    sent_at = _sent_at(past, sheet)
    call = past.call(client_side.OPEN_FORM, sent_at + 5 * HOUR, client.id)
    form = filling.open_form(
        tx, client_side.OpenForm(request_id=request_id), call, client, past.sealer
    )
    answers = answers_to(form.document, sheet.scores)
    kept = list(answers.items())[: max(1, round(len(answers) * sheet.share))]
    save = client_side.SaveAnswers(request_id=request_id, revision=0, answers=dict(kept))
    call = past.call(client_side.SAVE_ANSWERS, sent_at + 6 * HOUR, client.id)
    saved = saving.save_answers(tx, save, call, client, past.sealer)
    if sheet.share == 1:
        submit = client_side.SubmitForm(request_id=request_id, revision=saved.revision)
        call = past.call(client_side.SUBMIT_FORM, sent_at + 6 * HOUR, client.id)
        filling.submit_form(tx, submit, call, client, past.sealer)


def answers_to(document: FormDocument, scores: tuple[int, ...]) -> Answers:
    """An answer to each question that asks for one; scored ones by `scores`, in their order."""
    words = cycle(_WORDS_DE if document.language == "de" else _WORDS)
    wanted = iter(scores)
    answers: Answers = {}
    for section in document.sections:
        for question in section.questions:
            if question.choices and question.choices[0].score is not None and scores:
                score = next(wanted, 0)
                fitting = [one.code for one in question.choices if one.score == score]
                answers[question.id] = fitting[0]
            elif question.kind is not QuestionKind.INFO:
                answers[question.id] = _answer(question, next(words))
    return answers


def _answer(question: Question, words: str) -> Answer:
    middle = ((question.minimum or 0) + (question.maximum or 10)) // 2
    by_kind: dict[QuestionKind, Answer] = {
        QuestionKind.TEXT: words.split(",", maxsplit=1)[0][: question.max_length or 60],
        QuestionKind.LONG_TEXT: words,
        QuestionKind.NUMBER: int(middle),
        QuestionKind.DATE: "1988-04-12",
        QuestionKind.YES_NO: False,
        QuestionKind.SCALE: int(middle),
        QuestionKind.CONSENT: True,
        QuestionKind.SIGNATURE: "Anna Berg",
    }
    if question.kind is QuestionKind.CHOICE:
        return question.choices[0].code
    if question.kind is QuestionKind.CHOICES:
        return [question.choices[0].code]
    return by_kind[question.kind]


def _people(past: Past, client_id: UUID) -> tuple[Practitioner, Client]:
    actor = past.practitioner
    if actor.id is None or actor.practice_id is None:
        message = "A practitioner has an id and a practice."
        raise ValueError(message)
    return (
        Practitioner(id=actor.id, practice_id=actor.practice_id),
        Client(id=client_id, practice_id=actor.practice_id),
    )
