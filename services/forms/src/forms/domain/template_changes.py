"""What publishing a template would change: the differences of two documents, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from forms.domain.documents import Wrong
from portal_contracts.forms.rpc.questions import FormDocument, Question
from portal_contracts.forms.rpc.reviewing import FormPart, Happened, TemplateChange

_APART = frozenset({"sections", "scoring", "alerts", "questions", "id"})
"""Members that are told as parts of their own."""


def changes(former: FormDocument | None, document: FormDocument) -> list[TemplateChange]:
    """The differences, in the order of the form; what is gone comes last.

    Without a `former` one everything is new, and each section and question is named.
    """
    found = list(_of_form(former, document)) if former else []
    before = former or FormDocument(title="", sections=[])
    found += _of_sections(before, document)
    found += _of_questions(before, document)
    return found


def open_problems(wrong: Wrong) -> Wrong:
    """Problems in the order of the form rather than of the checks."""
    return dict(sorted(wrong.items(), key=lambda item: _in_order(item[0])))


def _in_order(place: str) -> list[tuple[int, int, str]]:
    """Sections after the form's own, numbers as numbers."""
    first = {"sections": 1, "scoring": 2, "scores": 2, "alerts": 3}
    parts = place.split(".")
    return [
        (first.get(parts[0], 0), 0, parts[0]),
        *((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts[1:]),
    ]


def _of_form(former: FormDocument, document: FormDocument) -> Iterator[TemplateChange]:
    members = _members(former, document)
    if members:
        yield TemplateChange(part=FormPart.FORM, happened=Happened.CHANGED, members=members)
    for part, before, after in (
        (FormPart.SCORING, former.scoring, document.scoring),
        (FormPart.ALERTS, former.alerts, document.alerts),
    ):
        if before != after:
            happened = Happened.CHANGED if before and after else _came_or_went(bool(after))
            yield TemplateChange(part=part, happened=happened)


def _of_sections(former: FormDocument, document: FormDocument) -> Iterator[TemplateChange]:
    before = {one.id: one for one in former.sections}
    after = {one.id: one for one in document.sections}
    moved = _moved(list(before), list(after))
    for section_id, section in after.items():
        old = before.get(section_id)
        members = _members(old, section) if old else []
        yield from _told(FormPart.SECTION, section_id, section.title, old, members, moved)
    for section_id, section in before.items():
        if section_id not in after:
            yield _gone(FormPart.SECTION, section_id, section.title)


def _of_questions(former: FormDocument, document: FormDocument) -> Iterator[TemplateChange]:
    before, after = _questions(former), _questions(document)
    moved = {
        question_id
        for section in document.sections
        for question_id in _moved(
            [key for key, (where, _) in before.items() if where == section.id],
            [one.id for one in section.questions if one.id in before],
        )
    }
    moved |= {key for key, (where, _) in after.items() if key in before and before[key][0] != where}
    for question_id, (_, question) in after.items():
        old = before[question_id][1] if question_id in before else None
        members = _members(old, question) if old else []
        yield from _told(FormPart.QUESTION, question_id, question.text, old, members, moved)
    for question_id, (_, question) in before.items():
        if question_id not in after:
            yield _gone(FormPart.QUESTION, question_id, question.text)


def _told(
    part: FormPart,
    part_id: str,
    text: str,
    old: object,
    members: list[str],
    moved: set[str],
) -> Iterator[TemplateChange]:
    if old is None:
        yield TemplateChange(part=part, happened=Happened.ADDED, id=part_id, text=text)
    elif members:
        yield TemplateChange(
            part=part, happened=Happened.CHANGED, id=part_id, text=text, members=members
        )
    if old is not None and part_id in moved:
        yield TemplateChange(part=part, happened=Happened.MOVED, id=part_id, text=text)


def _gone(part: FormPart, part_id: str, text: str) -> TemplateChange:
    return TemplateChange(part=part, happened=Happened.REMOVED, id=part_id, text=text)


def _came_or_went(there: bool) -> Happened:  # noqa: FBT001 - whether it is there now
    return Happened.ADDED if there else Happened.REMOVED


def _questions(document: FormDocument) -> Mapping[str, tuple[str, Question]]:
    return {
        question.id: (section.id, question)
        for section in document.sections
        for question in section.questions
    }


def _members(old: Struct, new: Struct) -> list[str]:
    names = (name for name in new.__struct_fields__ if name not in _APART)
    return [name for name in names if getattr(old, name) != getattr(new, name)]


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Those that stand otherwise among the ones that are in both; the fewest that tell it."""
    both = set(before) & set(after)
    order = {one: at for at, one in enumerate(one for one in before if one in both)}
    places = [order[one] for one in after if one in both]
    stayed = set(_longest_rising(places))
    return {one for one, at in order.items() if at not in stayed}


def _longest_rising(numbers: Sequence[int]) -> list[int]:
    """The longest part of `numbers` that rises from one to the next."""
    best: list[list[int]] = []
    for at, number in enumerate(numbers):
        before = [best[one] for one in range(at) if numbers[one] < number]
        best.append([*max(before, key=len, default=[]), number])
    return max(best, key=len, default=[])
