"""The builder's page: what is shown of a form in work, and of the part that is open."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import falcon
from msgspec.structs import replace

from gateway.console.forms.builder import form_editor
from gateway.console.forms.builder.calculations import counted
from gateway.console.forms.builder.conditions import (
    ShownRow,
    changed_condition,
    shown_condition,
)
from gateway.console.forms.builder.items import Item
from gateway.console.forms.builder.open_part import items_of_part, read_part, texts_of_part
from gateway.console.forms.builder.parts import (
    FORM,
    QUESTION,
    Part,
    find_question,
    is_there,
    problems_by_part,
    scores_of,
    section_of,
    unready,
)
from gateway.console.forms.builder.parts import read_part as part_named
from gateway.console.forms.builder.question_editor import Widget, widgets_of
from gateway.console.forms.builder.typed_parts import PREFIX, Reader, Texts
from gateway.web.field_errors import told
from gateway.web.question_kinds import KINDS
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource
from gateway.words.language import LANGUAGES
from portal_contracts.forms.rpc.editing import ChangeQuestion, ChangeSection
from portal_contracts.forms.rpc.questions import FormDocument, Question, QuestionKind, Section
from portal_contracts.forms.rpc.templates import Template

_REFUSED: Final = (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.BAD_REQUEST)

FEWEST_ROWS: Final = 3
"""A list of choices begins with room for as many."""


@dataclass(frozen=True)
class Editor:
    """The part that is open, as its fields stand.

    Attributes:
        part: which.
        typed: field name, prefixed, to the text in it.
        errors: field name, prefixed, to a code.
        items: what its conditions, its score or its calculation may look at.
        question: the one that is open, for its kind; None for another part.
        widgets: its fields in order.
        conditions: by their names, as they are shown.
    """

    part: Part
    typed: Texts
    errors: dict[str, str]
    items: list[Item]
    question: Question | None
    widgets: list[Widget]
    conditions: dict[str, ShownRow]

    def rows(self, name: str) -> list[int]:
        """The numbers of the rows called `name`, with an empty one below, or more at first."""
        there = Reader({one.removeprefix(PREFIX): "" for one in self.typed}).row_numbers(name)
        first = max(there, default=-1) + 1
        wanted = max(FEWEST_ROWS - len(there), 1)
        return [*there, *range(first, first + wanted)]

    @property
    def counted(self) -> list[Item]:
        """The items that a calculation can take."""
        return counted(self.items)


def editor_of(
    template: Template,
    part: Part,
    *,
    typed: Texts | None = None,
    errors: dict[str, str] | None = None,
    more: str = "",
) -> Editor:
    """The open part of a form; `typed` and `errors` where it came back refused.

    `more` names a condition that shows one row more.
    """
    document = template.document
    texts = texts_of_part(document, part) if typed is None else typed
    if more:
        name, _, group = more.partition(" ")
        texts = changed_condition(texts, name, group or "row")
    items = items_of_part(document, part, texts)
    found = find_question(document, part.which) if part.kind == QUESTION else None
    if errors is None:
        errors = _problems(template, part, texts)
    names = ("shown_when", "required_when", "when")
    return Editor(
        part=part,
        typed={f"{PREFIX}{name}": text for name, text in texts.items()},
        errors={f"{PREFIX}{name}": code for name, code in errors.items()},
        items=items,
        question=found.question if found else None,
        widgets=widgets_of(found.question) if found else [],
        conditions={
            name: shown_condition(texts, name, items)
            for name in names
            if any(one.startswith(f"{name}.") for one in texts)
        },
    )


def _problems(template: Template, part: Part, texts: Texts) -> dict[str, str]:
    """What is wrong with a part, once something was written into it."""
    if not any(texts.get(name) for name in ("text", "title")) and part.kind != FORM:
        return {}
    return problems_by_part(template.document, template.problems).get(str(part), {})


def show_builder(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    template: Template,
    *,
    editor: Editor | None,
    status: HTTPStatus = HTTPStatus.OK,
    error: str | None = None,
    **more: Any,
) -> None:
    """Answer with the builder."""
    context = context_of(req)
    if editor:
        errors = told(editor.errors, context.form, context.language)
        editor = dataclasses.replace(editor, errors=errors)
    resource.show(
        req,
        resp,
        "console/builder.html",
        status=status,
        error=error,
        device=practitioner_of(req),
        **_shown_errors(editor, status) | builder_values(template, editor, context.language) | more,
    )


def _shown_errors(editor: Editor | None, status: HTTPStatus) -> dict[str, Any]:
    return {"errors": editor.errors} if editor and status in _REFUSED else {}


def builder_values(template: Template, editor: Editor | None, language: str) -> dict[str, Any]:
    """What the builder's template is given of a form and of the part that is open."""
    document = template.document
    number = section_of(document, editor.part) if editor else 0
    return {
        "form_template": template,
        "editor": editor,
        "opened": str(editor.part) if editor else "",
        "problems": problems_by_part(document, template.problems),
        "scores": scores_of(document),
        "kinds": [(kind.value, KINDS[kind].name) for kind in QuestionKind],
        "form_rows": form_editor.ROWS,
        "languages": LANGUAGES,
        "section_shown": _section_at(document, number),
        "unready": unready(document),
        "number": number + 1,
        "tongue": document.language if document.language != language else "",
    }


def show_preview(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    template: Template,
    part: Part | None,
    texts: Texts,
) -> None:
    """Answer with what the client would see of the open part, as it is typed by now."""
    document = as_typed(template.document, part, texts)
    number = section_of(document, part) if part else 0
    resource.show(
        req,
        resp,
        "console/builder.html",
        block="preview",
        device=practitioner_of(req),
        form_template=replace(template, document=document),
        section_shown=_section_at(document, number),
        unready=unready(document),
        number=number + 1,
    )


def as_typed(document: FormDocument, part: Part | None, texts: Texts) -> FormDocument:
    """The document with what is typed into its open part; what cannot be read stays as it is."""
    acts = read_part(document, part, texts).acts if part else []
    sections = document.sections
    for act in acts:
        if isinstance(act, ChangeQuestion):
            sections = [_with_question(one, act.question) for one in sections]
        elif isinstance(act, ChangeSection):
            sections = [
                replace(one, title=act.title, text=act.text) if one.id == act.section else one
                for one in sections
            ]
    return replace(document, sections=sections)


def opened_part(template: Template, text: str) -> Part | None:
    """The part that an address asks to open, where the form has it."""
    part = part_named(text)
    return part if text and is_there(template.document, part) else None


def _with_question(section: Section, question: Question) -> Section:
    questions = [question if one.id == question.id else one for one in section.questions]
    return replace(section, questions=questions)


def _section_at(document: FormDocument, number: int) -> Section | None:
    return document.sections[number] if number < len(document.sections) else None
