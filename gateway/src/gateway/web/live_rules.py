"""What a section's page can say of its own questions at once; the service says it at each save.

Read by `static/js/asking`, which goes by the same rules as `forms.domain.asking`.
"""

from __future__ import annotations

from typing import Any

import msgspec

from portal_contracts.forms.rpc.conditions import Calculation, Condition
from portal_contracts.forms.rpc.filling import ClientForm
from portal_contracts.forms.rpc.questions import Answer, Question, QuestionKind, Section

_SAID = ("kind", "shown_when", "required_when", "calculation", "decimals")


def live_rules(section: Section, form: ClientForm) -> str:
    """JSON of the rules of a section; empty where nothing on its page may change.

    `questions`: by id the kind and the rules of each question on the page. `known`: by item the
    answers on other pages that the rules look at. `today`: the day that ages are counted until.
    """
    named = {name for question in section.questions for name in _named_by(question)}
    here = {question.id: question for question in section.questions}
    # Where the service alone knows why, it also says when.
    said_later = any(
        one.id in form.hidden or one.kind is QuestionKind.CALCULATED for one in here.values()
    )
    if not named and not said_later:
        return ""
    rules = {
        "questions": {name: _rules_of(question) for name, question in here.items()},
        "known": {
            name: _plain(form, name) for name in sorted(named) if _question_id(name) not in here
        },
        "today": form.today,
    }
    return msgspec.json.encode(rules).decode()


def _rules_of(question: Question) -> dict[str, Any]:
    said = {name: getattr(question, name) for name in _SAID}
    return {name: value for name, value in said.items() if value is not None}


def _plain(form: ClientForm, name: str) -> Answer | None:
    """What a condition compares of an answer; None where there is none, or it is not asked."""
    question_id, _, row = name.partition(".")
    answer = None if question_id in form.hidden else form.answers.get(question_id)
    if isinstance(answer, dict):
        return answer.get(row) if row else next(iter(answer), None)
    return answer


def _named_by(question: Question) -> list[str]:
    conditions = [one for one in (question.shown_when, question.required_when) if one is not None]
    return [name for one in conditions for name in _items(one)] + _terms(question.calculation)


def _items(condition: Condition) -> list[str]:
    own = [condition.item] if condition.item is not None else []
    return own + [name for one in condition.of for name in _items(one)]


def _terms(calculation: Calculation | None) -> list[str]:
    names: list[str] = []
    for term in calculation.of if calculation else ():
        names += [term] if isinstance(term, str) else []
        names += _terms(term) if isinstance(term, Calculation) else []
    return names


def _question_id(name: str) -> str:
    return name.partition(".")[0]
