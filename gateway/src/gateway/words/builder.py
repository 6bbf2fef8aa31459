"""What the builder of forms says: what is wrong with a form in work, and what its parts are called.

`gateway.words.tables` and `gateway.words.errors` take them in.
"""

from __future__ import annotations

from typing import Final

from gateway.words.extraction import _

RULES: Final = ("shown_when", "required_when", "when_of")
"""Members that are conditions; whatever is missing in one is said of the whole."""

_FINISH_CONDITION = _("Finish this condition: choose what it is compared with.")

DOCUMENT_PROBLEMS: dict[str, str] = {
    "document_required": _("This is missing."),
    "document_required.text": _("Write down what is asked or said here."),
    "document_required.title": _("Give it a title."),
    "document_required.questions": _("Add a question to this section."),
    "document_required.sections": _("Add a section."),
    "document_required.choices": _("Write down at least two answers."),
    "document_required.choices.text": _("Write down this answer."),
    "document_required.rows": _("Write down at least one row."),
    "document_required.calculation": _("Say what is calculated."),
    "document_required.minimum": _("Enter the smallest number."),
    "document_required.maximum": _("Enter the largest number."),
    "document_required.bands": _("Say what the totals mean: add a band."),
    "document_required.when": _("Say which answers ask for attention."),
    **dict.fromkeys(
        (f"document_{code}.{rule}" for code in ("required", "too_few") for rule in RULES),
        _FINISH_CONDITION,
    ),
    "document_too_few": _("Write down at least two answers."),
    "document_too_few.sections": _("Ask for at least one answer."),
    "document_too_many": _("That is more than a form can hold."),
    "document_too_many.maximum": _("A scale has at most eleven steps."),
    "document_too_long": _("This text is too long."),
    "document_too_deep": _("These conditions stand too deep within each other."),
    "document_bad_id": _("This was not made here and cannot be published."),
    "document_not_unique": _("This is there twice."),
    "document_unknown_language": _("Choose a language from the list."),
    "document_out_of_range": _("This number is too small or too large."),
    "document_not_expected": _("This does not belong to a question of this kind."),
    "document_not_whole": _("Enter a whole number, for example 12."),
    "document_not_a_number": _("Enter a number, for example 12."),
    "document_not_a_date": _("Enter a real date, for example 27 3 1985."),
    "document_not_a_time": _("Enter a time, for example 09:30."),
    "document_below_minimum": _("The largest number has to be above the smallest."),
    "document_unknown_question": _("This looks at a question that is no longer there."),
    "document_unknown_choice": _("This looks at an answer that is no longer there."),
    "document_no_score": _("Give each answer of this question a score first."),
    "document_wrong_maximum": _("The highest total has changed. Save this score once more."),
    "document_has_gaps": _(
        "The bands leave a gap. They have to reach from the lowest total to the highest."
    ),
    "document_cycle": _("These conditions go round in a circle: each waits for the other."),
    "document_does_not_fit": _("This comparison does not fit the question."),
    "document_wrong_type": _FINISH_CONDITION,
}
"""``document_`` and a code of `document_invalid`, with the member it is about if that matters."""

CHANGED_MEMBERS: dict[str, str] = {
    "title": _("title"),
    "text": _("text"),
    "language": _("language"),
    "minutes": _("minutes"),
    "intro": _("introduction"),
    "source": _("source"),
    "kind": _("kind"),
    "help": _("help"),
    "required": _("whether it must be answered"),
    "required_when": _("when it must be answered"),
    "shown_when": _("when it is asked"),
    "choices": _("answers"),
    "rows": _("rows"),
    "minimum": _("smallest number"),
    "maximum": _("largest number"),
    "whole": _("whole numbers"),
    "unit": _("unit"),
    "max_length": _("length"),
    "low_label": _("words at the ends"),
    "high_label": _("words at the ends"),
    "calculation": _("calculation"),
    "decimals": _("decimal places"),
    "subscales": _("further scores"),
}

PARTS: dict[str, str] = {
    "form": _("The form"),
    "section": _("Section"),
    "question": _("Question"),
    "scoring": _("Scores"),
    "score": _("Score"),
    "alerts": _("Alerts"),
    "alert": _("Alert"),
}

HAPPENED: dict[str, str] = {
    "added": _("New"),
    "removed": _("Gone"),
    "changed": _("Changed"),
    "moved": _("Moved"),
}

OPERATORS: dict[str, str] = {
    "is": _("is"),
    "is_not": _("is not"),
    "any_of": _("is"),
    "at_least": _("is at least"),
    "at_most": _("is at most"),
    "before": _("is before"),
    "after": _("is after"),
    "answered": _("is answered"),
    "not_answered": _("is not answered"),
}

CALCULATIONS: dict[str, str] = {
    "sum": _("Sum"),
    "difference": _("Difference"),
    "product": _("Product"),
    "quotient": _("Quotient"),
    "mean": _("Mean"),
    "age": _("Age in years, from a date"),
}

BUILDER_TABLES: dict[str, tuple[dict[str, str], str]] = {
    "changed_member": (CHANGED_MEMBERS, _("something else")),
    "form_part": (PARTS, PARTS["form"]),
    "happened": (HAPPENED, HAPPENED["changed"]),
    "operator": (OPERATORS, OPERATORS["is"]),
    "calculation": (CALCULATIONS, CALCULATIONS["sum"]),
}


def problem_code(code: str, member: str) -> str:
    """The code by which a problem of a form in work is known here.

    Args:
        code: the service's.
        member: what it is about, like ``choices.2.text``; numbers do not matter.
    """
    names = ".".join(part for part in member.split(".") if not part.isdigit())
    rule = names.partition(".")[0]
    if rule in RULES:
        names = rule
    elif names.startswith("when."):
        names = "when_of"
    known = f"document_{code}"
    return f"{known}.{names}" if names else known
