"""What keeps a form from being sent, and how far it has come."""

from __future__ import annotations

from forms.domain.question_kinds import kind_of
from forms.domain.questions import answerable
from portal_contracts.forms.rpc.questions import Answer, Answers, FormDocument, Question

COMPLETE = 100


def problems(document: FormDocument, answers: Answers) -> dict[str, str]:
    """What is still wrong, question id to code, in the document's order.

    Codes: ``required``, ``must_be_agreed``, ``too_small``, ``too_large``,
    ``not_whole``, ``too_long``. `answers` hold nothing that `check_answers`
    refuses. Empty once the form may be sent.
    """
    by_question = {}
    for question in answerable(document):
        code = _problem(question, answers.get(question.id))
        if code:
            by_question[question.id] = code
    return by_question


def percent(document: FormDocument, answers: Answers) -> int:
    """How far the required questions are answered rightly, 0 to 100.

    100 means that nothing keeps the form from being sent, and only that.
    """
    wrong = problems(document, answers)
    if not wrong:
        return COMPLETE
    required = [question.id for question in answerable(document) if question.required]
    right = sum(1 for question_id in required if question_id not in wrong)
    return min(right * COMPLETE // max(len(required), 1), COMPLETE - 1)


def _problem(question: Question, answer: Answer | None) -> str | None:
    kind = kind_of(question)
    if answer is None:
        return kind.missing if question.required else None
    return kind.problem(question, answer)
