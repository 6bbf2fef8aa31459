"""What keeps a form from being sent, and how far it has come."""

from __future__ import annotations

from forms.domain.asking import Asked
from forms.domain.question_kinds import kind_of
from portal_contracts.forms.rpc.questions import Answer, Question

COMPLETE = 100


def problems(form: Asked) -> dict[str, str]:
    """What is still wrong with what is asked, question id to code, in the document's order.

    Codes: ``required``, ``must_be_agreed``, ``too_small``, ``too_large``, ``not_whole``,
    ``too_long``, ``email_invalid``, ``phone_invalid``, ``other_missing``, ``row_missing``,
    ``address_incomplete``. The answers hold nothing that `check_answers` refuses. Empty once the
    form may be sent.
    """
    return {
        question.id: code
        for question in form.questions()
        if (code := _problem(question, form.answers.get(question.id)))
    }


def percent(form: Asked) -> int:
    """How far the required questions that are asked are answered rightly, 0 to 100.

    100 means that nothing keeps the form from being sent, and only that.
    """
    wrong = problems(form)
    if not wrong:
        return COMPLETE
    required = [question.id for question in form.questions() if question.required]
    right = sum(1 for question_id in required if question_id not in wrong)
    return min(right * COMPLETE // max(len(required), 1), COMPLETE - 1)


def _problem(question: Question, answer: Answer | None) -> str | None:
    kind = kind_of(question)
    if answer is None:
        return kind.missing if question.required else None
    return kind.problem(question, answer)
