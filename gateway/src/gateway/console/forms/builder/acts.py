"""What a button of the builder does: its value is a verb and what it is about.

Whichever button is pressed, what was typed into the open part is saved with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gateway.console.forms.builder.conditions import changed_condition
from gateway.console.forms.builder.open_part import without_alert, without_score
from gateway.console.forms.builder.parts import (
    ALERT,
    QUESTION,
    SCORE,
    SECTION,
    Part,
    find_question,
    find_section,
    read_part,
)
from gateway.console.forms.builder.rows import ROWS, changed_rows
from gateway.console.forms.builder.typed_parts import Texts
from gateway.web.submitted import Submitted
from portal_contracts.forms.rpc import editing
from portal_contracts.forms.rpc.questions import FormDocument, QuestionKind

EDITOR: Final = "editor"
"""Stands for the first field of whatever is open."""

ADDED: Final = "added"
"""Stands for the part that an act adds, whose id the service gives."""


@dataclass(frozen=True)
class Step:
    """What a button does.

    Attributes:
        acts: on the form, after what was typed.
        opens: the part that is open then; None for none.
        focus: id of the element that has the focus then.
        texts: what was typed, with its rows moved or taken away.
        more: the condition that then shows one row more, or with ``group`` behind it a group.
    """

    acts: list[editing.Act] = field(default_factory=list)
    opens: Part | None = None
    focus: str = ""
    texts: Texts | None = None
    more: str = ""


@dataclass(frozen=True)
class Pressed:
    """A button that was pressed.

    Attributes:
        form: what was sent.
        document: the form that is worked on.
        texts: what was typed into the open part.
        opened: that part; None for none.
        about: what the button is about.
    """

    form: Submitted
    document: FormDocument
    texts: Texts
    opened: Part | None
    about: str


def step_of(pressed: Pressed, verb: str) -> Step:
    """What the button with `verb` does; one that is unknown saves."""
    return _VERBS.get(verb, _save)(pressed)


def _save(pressed: Pressed) -> Step:
    return Step(focus=f"open-{pressed.opened}" if pressed.opened else "")


def _open(pressed: Pressed) -> Step:
    return Step(opens=read_part(pressed.about), focus=EDITOR)


def _refresh(pressed: Pressed) -> Step:
    """Have a row show what goes with the question that was chosen in it."""
    return Step(opens=pressed.opened, focus=f"field-f.{pressed.about}")


def _move(pressed: Pressed, by: int) -> Step:
    part = read_part(pressed.about)
    way = "up" if by < 0 else "down"
    acts: list[editing.Act] = []
    if part.kind == SECTION and (section := find_section(pressed.document, part.which)):
        to = section[0] + by
        if 0 <= to < len(pressed.document.sections):
            acts.append(editing.MoveSection(section=part.which, to=to))
    elif part.kind == QUESTION:
        acts += _move_question(pressed.document, part.which, by)
    return Step(acts, opens=pressed.opened, focus=f"{way}-{part}")


def _move_question(document: FormDocument, question_id: str, by: int) -> list[editing.Act]:
    """One place on; from the end of a section to the next one's beginning, and back."""
    found = find_question(document, question_id)
    if found is None:
        return []
    to, section = found.at + by, found.section
    if not 0 <= to < len(section.questions):
        at = found.section_at + by
        if not 0 <= at < len(document.sections):
            return []
        section = document.sections[at]
        to = len(section.questions) if by < 0 else 0
    return [editing.MoveQuestion(question=question_id, section=section.id, to=to)]


def _drop(pressed: Pressed) -> Step:
    """A question that was dragged: ``question.q before section.s 2``."""
    name, _, rest = pressed.about.partition(" ")
    section, _, to = rest.partition(" ")
    part = read_part(name)
    if part.kind != QUESTION or not to.isascii() or not to.isdigit():
        return Step(opens=pressed.opened)
    act = editing.MoveQuestion(question=part.which, section=section, to=min(int(to), 999))
    return Step([act], opens=pressed.opened, focus=f"up-{part}")


def _copy(pressed: Pressed) -> Step:
    part = read_part(pressed.about)
    acts: list[editing.Act] = [editing.CopyQuestion(question=part.which)]
    return Step(acts, opens=Part(QUESTION, ADDED), focus=EDITOR)


def _remove(pressed: Pressed) -> Step:
    part, document = read_part(pressed.about), pressed.document
    acts: dict[str, Callable[[], editing.Act]] = {
        QUESTION: lambda: editing.RemoveQuestion(question=part.which),
        SECTION: lambda: editing.RemoveSection(section=part.which),
        SCORE: lambda: without_score(document, part.number),
        ALERT: lambda: without_alert(document, part.number),
    }
    act = acts[part.kind]() if part.kind in acts else None
    opens = None if pressed.opened == part else pressed.opened
    return Step([act] if act else [], opens=opens, focus="undo")


def _add_question(pressed: Pressed) -> Step:
    """At the end of a section, of the kind that is chosen there."""
    try:
        kind = QuestionKind(pressed.form.text(f"kind.{pressed.about}"))
    except ValueError:
        kind = QuestionKind.TEXT
    act = editing.AddQuestion(section=pressed.about, kind=kind)
    return Step([act], opens=Part(QUESTION, ADDED), focus=EDITOR)


def _next(pressed: Pressed) -> Step:
    """One more of the same kind after the open question."""
    found = pressed.opened and find_question(pressed.document, pressed.opened.which)
    if not found:
        return _save(pressed)
    act = editing.AddQuestion(section=found.section.id, kind=found.question.kind, at=found.at + 1)
    return Step([act], opens=Part(QUESTION, ADDED), focus=EDITOR)


def _kind(pressed: Pressed) -> Step:
    """Another kind for the open question."""
    try:
        kind = QuestionKind(pressed.form.text("kind"))
    except ValueError:
        return Step(opens=pressed.opened, focus=EDITOR)
    act = editing.ChangeKind(question=pressed.opened.which if pressed.opened else "", kind=kind)
    return Step([act], opens=pressed.opened, focus=EDITOR)


def _add_section(_pressed: Pressed) -> Step:
    return Step([editing.AddSection()], opens=Part(SECTION, ADDED), focus=EDITOR)


def _row(pressed: Pressed, act: str) -> Step:
    """One row more, or a row moved or taken away: ``choices 2``."""
    name, _, at = pressed.about.partition(" ")
    number = int(at) if at.isascii() and at.isdigit() else -1
    rows = name in (*ROWS, "bands", "calculation")
    texts = changed_rows(pressed.texts, name, act, number) if rows else pressed.texts
    last = number + {"up": -1, "down": 1}.get(act, 0)
    focus = f"row-{act}-{name}-{max(last, 0)}"
    return Step(opens=pressed.opened, focus=focus, texts=texts)


def _more(pressed: Pressed) -> Step:
    """The page shows an empty row below those that are filled in; this saves those."""
    return Step(opens=pressed.opened, focus=f"new-{pressed.about}")


def _add_condition(pressed: Pressed, group: str = "") -> Step:
    name = pressed.about
    more = f"{name} {group}".strip()
    return Step(opens=pressed.opened, focus=f"condition-{name}", more=more)


def _remove_condition(pressed: Pressed) -> Step:
    texts = changed_condition(pressed.texts, pressed.about, "remove")
    top = pressed.about.partition(".")[0]
    return Step(opens=pressed.opened, focus=f"condition-{top}", texts=texts)


_VERBS: Final[dict[str, Callable[[Pressed], Step]]] = {
    "save": _save,
    "open": _open,
    "refresh": _refresh,
    "up": lambda pressed: _move(pressed, -1),
    "down": lambda pressed: _move(pressed, 1),
    "drop": _drop,
    "copy": _copy,
    "remove": _remove,
    "add-question": _add_question,
    "add-section": _add_section,
    "next": _next,
    "kind": _kind,
    "row-up": lambda pressed: _row(pressed, "up"),
    "row-down": lambda pressed: _row(pressed, "down"),
    "row-remove": lambda pressed: _row(pressed, "remove"),
    "row-add": _more,
    "condition-row": _add_condition,
    "condition-group": lambda pressed: _add_condition(pressed, "group"),
    "condition-remove": _remove_condition,
}
