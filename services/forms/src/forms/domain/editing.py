"""Acts on the document of a template: from a document to the next one.

A document in work need not hold together; `documents.check_document` names what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from forms.domain.items import items_of
from forms.domain.new_questions import new_question, of_another_kind
from forms.domain.scoring_rules import reach
from portal_contracts.errors import Invalid
from portal_contracts.forms.rpc import editing
from portal_contracts.forms.rpc.questions import (
    MOST_CHOICES,
    MOST_QUESTIONS,
    MOST_SECTIONS,
    FormDocument,
    Question,
    Scoring,
    Section,
)

T = TypeVar("T")

_NUMBERED: Final = re.compile("(section|question)_([0-9]{1,9})")


def apply(document: FormDocument, act: editing.Act, taken: Collection[str] = ()) -> FormDocument:
    """`document` after `act`.

    Args:
        document: as it is.
        act: what is to happen to it.
        taken: ids that new parts may not bear, of versions that were published.

    Raises:
        Invalid: ``edit_invalid``: the act names what is not there, or adds one too many; `fields`
            say of what.
    """
    return _ACTS[type(act)](document, act, {*ids_of(document), *taken})


def blank(language: str) -> FormDocument:
    """A form with one section that waits for its first question."""
    return FormDocument(
        title="", language=language, sections=[Section(id="section_1", title="", questions=[])]
    )


def ids_of(document: FormDocument) -> list[str]:
    """The ids of all sections and questions."""
    return [
        *(section.id for section in document.sections),
        *(question.id for section in document.sections for question in section.questions),
    ]


def with_maxima(document: FormDocument) -> FormDocument:
    """The document with each score's highest total, where what counts tells it."""
    items = items_of(document)

    def told(scoring: Scoring) -> Scoring:
        counted = [items.get(name) for name in scoring.questions]
        if not counted or not all(one is not None and one.has_score for one in counted):
            return scoring
        return replace(scoring, maximum=reach(scoring, items)[1])

    return replace(
        document,
        scoring=told(document.scoring) if document.scoring else None,
        subscales=[told(one) for one in document.subscales],
    )


# --- the form ------------------------------------------------------------------------


def _change_form(document: FormDocument, act: editing.ChangeForm, _taken: set[str]) -> FormDocument:
    return replace(
        document,
        title=act.title,
        language=act.language,
        minutes=act.minutes,
        intro=act.intro,
        source=act.source,
    )


def _change_scoring(
    document: FormDocument, act: editing.ChangeScoring, _taken: set[str]
) -> FormDocument:
    return replace(document, scoring=act.scoring, subscales=act.subscales)


def _change_alerts(
    document: FormDocument, act: editing.ChangeAlerts, _taken: set[str]
) -> FormDocument:
    return replace(document, alerts=act.alerts)


# --- sections ------------------------------------------------------------------------


def _add_section(document: FormDocument, act: editing.AddSection, taken: set[str]) -> FormDocument:
    if len(document.sections) >= MOST_SECTIONS:
        raise _invalid("section", "form_full")
    added = Section(id=_new_id("section", taken), title=act.title, text=act.text, questions=[])
    return replace(document, sections=_inserted(document.sections, added, act.at))


def _change_section(
    document: FormDocument, act: editing.ChangeSection, _taken: set[str]
) -> FormDocument:
    return _with_section(
        document,
        act.section,
        lambda one: replace(one, title=act.title, text=act.text, shown_when=act.shown_when),
    )


def _move_section(
    document: FormDocument, act: editing.MoveSection, _taken: set[str]
) -> FormDocument:
    moved = _section(document, act.section)
    others = [one for one in document.sections if one is not moved]
    return replace(document, sections=_inserted(others, moved, act.to))


def _remove_section(
    document: FormDocument, act: editing.RemoveSection, _taken: set[str]
) -> FormDocument:
    gone = _section(document, act.section)
    return replace(document, sections=[one for one in document.sections if one is not gone])


# --- questions -----------------------------------------------------------------------


def _add_question(
    document: FormDocument, act: editing.AddQuestion, taken: set[str]
) -> FormDocument:
    _require_room(document)
    question_id = _new_id("question", taken)
    if act.content is None:
        added = new_question(question_id, act.kind)
    else:
        added = replace(act.content, id=question_id)
    return _with_section(document, act.section, lambda one: _with(one, added, act.at))


def _change_question(
    document: FormDocument, act: editing.ChangeQuestion, _taken: set[str]
) -> FormDocument:
    if len(act.question.choices) > MOST_CHOICES:
        raise _invalid("choices", "form_full")
    section, former = _question(document, act.question.id)
    changed = _with_its_own_code(former, act.question)
    questions = [changed if one is former else one for one in section.questions]
    return _with_section(document, section.id, lambda one: replace(one, questions=questions))


def _change_kind(document: FormDocument, act: editing.ChangeKind, _taken: set[str]) -> FormDocument:
    section, former = _question(document, act.question)
    other = of_another_kind(former, act.kind)
    questions = [other if one is former else one for one in section.questions]
    return _with_section(document, section.id, lambda one: replace(one, questions=questions))


def _move_question(
    document: FormDocument, act: editing.MoveQuestion, _taken: set[str]
) -> FormDocument:
    _section(document, act.section)
    section, moved = _question(document, act.question)
    without = _with_section(document, section.id, lambda one: _without(one, moved))
    return _with_section(without, act.section, lambda one: _with(one, moved, act.to))


def _copy_question(
    document: FormDocument, act: editing.CopyQuestion, taken: set[str]
) -> FormDocument:
    _require_room(document)
    section, source = _question(document, act.question)
    copy = replace(source, id=_new_id("question", taken))
    at = section.questions.index(source) + 1
    return _with_section(document, section.id, lambda one: _with(one, copy, at))


def _remove_question(
    document: FormDocument, act: editing.RemoveQuestion, _taken: set[str]
) -> FormDocument:
    section, gone = _question(document, act.question)
    return _with_section(document, section.id, lambda one: _without(one, gone))


def _with_its_own_code(former: Question, question: Question) -> Question:
    """A LOINC code stands for these words and answers; with others it would tell an untruth."""
    same = (former.kind, former.text) == (question.kind, question.text) and [
        (one.text, one.score) for one in former.choices
    ] == [(one.text, one.score) for one in question.choices]
    return question if same or question.loinc != former.loinc else replace(question, loinc="")


# --- parts ---------------------------------------------------------------------------


def _new_id(kind: str, taken: set[str]) -> str:
    """A number beyond all that were ever seen, so that no id comes to mean something else."""
    numbers = [
        int(found[2]) for one in taken if (found := _NUMBERED.fullmatch(one)) and found[1] == kind
    ]
    return f"{kind}_{max(numbers, default=0) + 1}"


def _section(document: FormDocument, section_id: str) -> Section:
    for section in document.sections:
        if section.id == section_id:
            return section
    raise _invalid("section", "part_gone")


def _question(document: FormDocument, question_id: str) -> tuple[Section, Question]:
    for section in document.sections:
        for question in section.questions:
            if question.id == question_id:
                return section, question
    raise _invalid("question", "part_gone")


def _with_section(
    document: FormDocument, section_id: str, change: Callable[[Section], Section]
) -> FormDocument:
    found = _section(document, section_id)
    sections = [change(one) if one is found else one for one in document.sections]
    return replace(document, sections=sections)


def _with(section: Section, question: Question, at: int | None) -> Section:
    return replace(section, questions=_inserted(section.questions, question, at))


def _without(section: Section, question: Question) -> Section:
    return replace(section, questions=[one for one in section.questions if one is not question])


def _inserted(those: Sequence[T], one: T, at: int | None) -> list[T]:
    place = len(those) if at is None else at
    return [*those[:place], one, *those[place:]]


def _require_room(document: FormDocument) -> None:
    if sum(len(section.questions) for section in document.sections) >= MOST_QUESTIONS:
        raise _invalid("question", "form_full")


def _invalid(what: str, code: str) -> Invalid:
    return Invalid("edit_invalid", "The act does not fit the form.", fields={what: code})


_ACTS: Final[dict[type, Callable[[FormDocument, Any, set[str]], FormDocument]]] = {
    editing.ChangeForm: _change_form,
    editing.AddSection: _add_section,
    editing.ChangeSection: _change_section,
    editing.MoveSection: _move_section,
    editing.RemoveSection: _remove_section,
    editing.AddQuestion: _add_question,
    editing.ChangeQuestion: _change_question,
    editing.ChangeKind: _change_kind,
    editing.MoveQuestion: _move_question,
    editing.CopyQuestion: _copy_question,
    editing.RemoveQuestion: _remove_question,
    editing.ChangeScoring: _change_scoring,
    editing.ChangeAlerts: _change_alerts,
}
