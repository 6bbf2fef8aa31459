"""The part of a form that is open on the page: its fields as they stand or were typed, and back.

A part that is read gives the acts that change it; what cannot be read is told by its field.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.console.forms.builder import form_editor
from gateway.console.forms.builder.conditions import read_condition, texts_of_condition
from gateway.console.forms.builder.items import (
    Item,
    all_items,
    counted_items,
    items_before,
    items_named,
)
from gateway.console.forms.builder.parts import (
    ALERT,
    FORM,
    QUESTION,
    SCORE,
    SECTION,
    Part,
    find_question,
    find_section,
    scores_of,
)
from gateway.console.forms.builder.question_editor import read_question, texts_of_question
from gateway.console.forms.builder.score_editor import read_score, texts_of_score
from gateway.console.forms.builder.typed_parts import Reader, Texts
from portal_contracts.forms.rpc import editing
from portal_contracts.forms.rpc.conditions import Condition, ConditionOperator
from portal_contracts.forms.rpc.questions import (
    LONGEST_PARAGRAPHS,
    LONGEST_TITLE,
    AlertRule,
    FormDocument,
    Scoring,
)


@dataclass(frozen=True)
class Typed:
    """What was read of an open part.

    Attributes:
        acts: what changes it to what was typed.
        errors: field name, without its prefix, to a code; no act is to be done then.
    """

    acts: list[editing.Act] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


def texts_of_part(document: FormDocument, part: Part) -> Texts:
    """The fields of a part as the form stands; empty ones of what is only begun."""
    if part.kind == QUESTION and (found := find_question(document, part.which)):
        return texts_of_question(found.question)
    if part.kind == SECTION and (section := find_section(document, part.which)):
        one = section[1]
        shown = texts_of_condition("shown_when", one.shown_when)
        return {"title": one.title, "text": one.text} | shown
    if part.kind == SCORE:
        scores = scores_of(document)
        return texts_of_score(scores[part.number] if part.number < len(scores) else None)
    if part.kind == ALERT:
        rules = document.alerts
        if part.number < len(rules):
            return texts_of_condition("when", _condition_of(rules[part.number]))
        return {"when.join": "any", "when.0.item": ""}
    return form_editor.texts_of_form(document)


def items_of_part(document: FormDocument, part: Part, texts: Texts) -> list[Item]:
    """What the conditions of a part may look at, and what its fields name beside that."""
    if part.kind == SCORE:
        return items_named(document, counted_items(document), _counted(texts))
    items = all_items(document) if part.kind == ALERT else items_before(document, part)
    named = [text for name, text in texts.items() if name.endswith((".item", ".for"))]
    return items_named(document, items, named)


def read_part(document: FormDocument, part: Part, texts: Texts) -> Typed:
    """The acts that change a part to what was typed; none of a part that is not there."""
    reader = Reader(texts)
    items = items_of_part(document, part, texts)
    acts: list[editing.Act] = []
    if part.kind == QUESTION and (found := find_question(document, part.which)):
        question = read_question(reader, found.question, items)
        acts.append(editing.ChangeQuestion(question=question))
    elif part.kind == SECTION and find_section(document, part.which):
        acts.append(_section(reader, part.which, items))
    elif part.kind == FORM:
        acts.append(form_editor.read_form(reader))
    elif part.kind == SCORE:
        acts += _scores(reader, document, part.number, items)
    elif part.kind == ALERT:
        acts += _alerts(reader, document, part.number, items)
    return Typed([] if reader.errors else acts, reader.errors)


def is_saved(document: FormDocument, part: Part, texts: Texts) -> bool:
    """Whether what was typed into a part is what the form holds."""
    return read_part(document, part, texts) == read_part(
        document, part, texts_of_part(document, part)
    )


def without_score(document: FormDocument, number: int) -> editing.ChangeScoring:
    """The scores of a form but one of them."""
    return _as_act([one for at, one in enumerate(scores_of(document)) if at != number])


def without_alert(document: FormDocument, number: int) -> editing.ChangeAlerts:
    """The alerts of a form but one of them."""
    return editing.ChangeAlerts(
        alerts=[one for at, one in enumerate(document.alerts) if at != number]
    )


def _section(reader: Reader, section_id: str, items: list[Item]) -> editing.ChangeSection:
    return editing.ChangeSection(
        section=section_id,
        title=reader.line("title", LONGEST_TITLE),
        text=reader.lines("text", LONGEST_PARAGRAPHS),
        shown_when=read_condition(reader, "shown_when", items),
    )


def _scores(
    reader: Reader, document: FormDocument, number: int, items: list[Item]
) -> list[editing.Act]:
    """One that was begun and says nothing yet is none."""
    scores = scores_of(document)
    former = scores[number] if number < len(scores) else None
    used = {one.id for one in scores}
    free = (name for name in ("score", *(f"score_{at}" for at in range(2, 99))) if name not in used)
    score = read_score(reader, former, next(free), items)
    if former is None and not (score.title or score.questions or score.bands):
        return []
    return [_as_act([*scores[:number], score, *scores[number + 1 :]])]


def _as_act(scores: list[Scoring]) -> editing.ChangeScoring:
    return editing.ChangeScoring(scoring=scores[0] if scores else None, subscales=scores[1:])


def _alerts(
    reader: Reader, document: FormDocument, number: int, items: list[Item]
) -> list[editing.Act]:
    when = read_condition(reader, "when", items)
    if when is None and number >= len(document.alerts):
        return []
    rules = [*document.alerts[:number], AlertRule(when=when), *document.alerts[number + 1 :]]
    return [editing.ChangeAlerts(alerts=rules)]


def _condition_of(rule: AlertRule) -> Condition | None:
    """A rule by its shorter form is one by a condition."""
    if rule.when is not None or rule.question is None:
        return rule.when
    return Condition(
        operator=ConditionOperator.AT_LEAST, item=rule.question, values=[rule.above + 1]
    )


def _counted(texts: Texts) -> list[str]:
    return [name.removeprefix("counts.") for name in texts if name.startswith("counts.")]
