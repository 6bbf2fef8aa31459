"""What of a form is asked, case by case: one table that the service and the page are held to.

`asking.json` holds questions of every kind and conditions on them, each with answers by which it
holds and by which it fails; and whole forms with what is hidden, required and calculated of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from portal_contracts.forms.rpc.questions import Answers, FormDocument

TABLE = json.loads((Path(__file__).parent / "asking.json").read_text(encoding="utf-8"))
TODAY = "2026-12-01"


@dataclass(frozen=True)
class Case:
    """A form and answers to it, and what has to follow from them."""

    name: str
    document: FormDocument
    answers: Answers
    today: date
    hidden: list[str] = field(default_factory=list)
    required: list[str] = field(default_factory=list)
    calculated: dict[str, float] = field(default_factory=dict)


def cases() -> list[Case]:
    """All of them, in the table's order."""
    return [*_of_conditions(), *_of_forms()]


def _of_conditions() -> Iterator[Case]:
    """A question that the condition shows, and one that it makes required."""
    for one in TABLE["conditions"]:
        rules = {"kind": "text", "text": "?", "required": False}
        shown = rules | {"id": "shown", "shown_when": one["condition"]}
        needed = rules | {"id": "needed", "required_when": one["condition"]}
        section = {"id": "s", "title": "S", "questions": [*TABLE["asked"], shown, needed]}
        document = _document({"title": "A condition", "sections": [section]})
        for told in ("holds", "fails"):
            for at, answers in enumerate(one[told], start=1):
                yield Case(
                    f"{one['says']}: {told} {at}",
                    document,
                    answers,
                    date.fromisoformat(TODAY),
                    hidden=["shown"] if told == "fails" else [],
                    required=["needed"] if told == "holds" else [],
                )


def _of_forms() -> Iterator[Case]:
    for one in TABLE["cases"]:
        expected = {name: one[name] for name in ("hidden", "required", "calculated") if name in one}
        today = date.fromisoformat(one.get("today", TODAY))
        document = _document(TABLE["forms"][one["form"]])
        yield Case(one["name"], document, one["answers"], today, **expected)


def _document(plain: dict[str, Any]) -> FormDocument:
    return msgspec.convert(plain, FormDocument)
