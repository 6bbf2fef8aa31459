"""The fields of what holds for a whole form."""

from __future__ import annotations

from typing import Final

from gateway.console.form_fields import FormField
from gateway.console.forms.builder.typed_parts import PREFIX, Reader, Texts
from gateway.words.extraction import _
from portal_contracts.forms.rpc.editing import ChangeForm
from portal_contracts.forms.rpc.questions import LONGEST_PARAGRAPHS, LONGEST_TITLE, FormDocument

LANGUAGE_FIELD: Final = FormField(name=f"{PREFIX}language", label=_("Language"), kind="language")

ROWS: Final = (
    (FormField(name=f"{PREFIX}title", label=_("Title"), required=True),),
    (
        LANGUAGE_FIELD,
        FormField(
            name=f"{PREFIX}minutes", label=_("Minutes it takes"), kind="number", required=True
        ),
    ),
    (
        FormField(
            name=f"{PREFIX}intro",
            label=_("Introduction"),
            hint=_("The client reads it before the first page."),
            kind="lines",
            optional=True,
        ),
    ),
    (
        FormField(
            name=f"{PREFIX}source",
            label=_("Source"),
            hint=_("Where a published scale comes from."),
            kind="lines",
            optional=True,
        ),
    ),
)
"""Row by row; two of a row stand side by side."""


def texts_of_form(document: FormDocument) -> Texts:
    """The fields as the form stands."""
    return {
        "title": document.title,
        "language": document.language,
        "minutes": str(document.minutes),
        "intro": document.intro,
        "source": document.source,
    }


def read_form(reader: Reader) -> ChangeForm:
    """What was typed."""
    minutes = reader.whole("minutes")
    if minutes is None:
        reader.errors.setdefault("minutes", "number_missing")
    return ChangeForm(
        title=reader.line("title", LONGEST_TITLE),
        language=reader.line("language", 10),
        minutes=minutes or 0,
        intro=reader.lines("intro", LONGEST_PARAGRAPHS),
        source=reader.lines("source", LONGEST_PARAGRAPHS),
    )
