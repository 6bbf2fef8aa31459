"""A score between its struct and the fields of a page: what counts, how, and its bands."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from gateway.console.forms.builder.items import Item
from gateway.console.forms.builder.typed_parts import Reader, Texts, number_text
from portal_contracts.forms.rpc.questions import (
    LONGEST_BAND,
    LONGEST_TITLE,
    Band,
    ScoreMethod,
    Scoring,
)


def texts_of_score(score: Scoring | None) -> Texts:
    """The fields of a score; of one that is new, empty ones."""
    if score is None:
        return {"title": "", "method": ScoreMethod.SUM.value}
    texts = {"title": score.title, "method": score.method.value}
    texts |= {f"counts.{name}": "1" for name in score.questions}
    texts |= {f"reversed.{name}": "1" for name in score.reversed}
    for at, band in enumerate(score.bands):
        texts |= {
            f"bands.{at}.minimum": number_text(band.minimum),
            f"bands.{at}.maximum": number_text(band.maximum),
            f"bands.{at}.text": band.text,
        }
    return texts


def read_score(
    reader: Reader, former: Scoring | None, score_id: str, items: Sequence[Item]
) -> Scoring:
    """A score as it was typed. Its highest total follows from what counts, in the service.

    Args:
        reader: of what was typed.
        former: the score as it stands; None for a new one.
        score_id: the id of a new one.
        items: what can count.
    """
    method = ScoreMethod.MEAN if reader.texts.get("method") == "mean" else ScoreMethod.SUM
    counts = [one.name for one in items if reader.switch(f"counts.{one.name}")]
    return replace(
        former or Scoring(id=score_id, questions=[], bands=[], maximum=0),
        title=reader.line("title", LONGEST_TITLE),
        method=method,
        questions=counts,
        reversed=[name for name in counts if reader.switch(f"reversed.{name}")],
        bands=_read_bands(reader),
    )


def _read_bands(reader: Reader) -> list[Band]:
    """The bands whose words were written; a bound that is missing is named."""
    bands = []
    for at in reader.row_numbers("bands"):
        name = f"bands.{at}"
        text = reader.line(f"{name}.text", LONGEST_BAND)
        low, high = reader.number(f"{name}.minimum"), reader.number(f"{name}.maximum")
        if not text and low is None and high is None:
            continue
        for bound, field in ((low, "minimum"), (high, "maximum")):
            if bound is None:
                reader.errors.setdefault(f"{name}.{field}", "number_missing")
        bands.append(Band(minimum=low or 0, maximum=high or 0, text=text))
    return bands
