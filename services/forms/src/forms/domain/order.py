"""In which order a document is gone through, so that what something depends on comes first."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from forms.domain.items import comparisons, items_of, scorings_of, terms
from portal_contracts.forms.rpc.questions import FormDocument

Place = str
"""Where something stands: ``sections.0``, ``sections.0.questions.2``, ``scoring``."""


def needs(document: FormDocument) -> dict[Place, list[Place]]:
    """What each section, question and score depends on, by place; unknown names are left out.

    A question depends on its section, on what it is shown by and on what it is calculated of. A
    section depends on what it is shown by, a score on its questions. What makes an answer required
    changes nothing else.
    """
    scorings = scorings_of(document)
    places = {one.id: place for place, one in scorings.items()}
    places |= {name: item.place for name, item in items_of(document).items()}
    named: dict[Place, list[str]] = {}
    inside: dict[Place, list[Place]] = {}
    for at, section in enumerate(document.sections):
        place = f"sections.{at}"
        named[place] = [one.item or "" for one in comparisons(section.shown_when)]
        for number, question in enumerate(section.questions):
            own = f"{place}.questions.{number}"
            inside[own] = [place]
            named[own] = [one.item or "" for one in comparisons(question.shown_when)]
            named[own] += terms(question.calculation)
    named |= {place: list(one.questions) for place, one in scorings.items()}
    return {
        place: inside.get(place, []) + [places[one] for one in names if one in places]
        for place, names in named.items()
    }


def in_order(document: FormDocument) -> list[Place]:
    """All places, each after what it depends on; in the document's order where that goes round."""
    needed = needs(document)
    try:
        return list(TopologicalSorter(needed).static_order())
    except CycleError:
        return list(needed)


def cycle(document: FormDocument) -> list[Place]:
    """Places that depend on each other, the first again at the end; empty where none do."""
    try:
        TopologicalSorter(needs(document)).prepare()
    except CycleError as error:
        round_trip: list[Place] = error.args[1]
        return round_trip[::-1]
    return []
