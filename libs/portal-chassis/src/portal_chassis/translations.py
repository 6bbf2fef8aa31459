"""Gettext catalogues read from ``.po`` files as they are, without a build step."""

from __future__ import annotations

import io
from collections.abc import Sequence
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def load_catalogues(
    folder: Path, languages: Sequence[str] = ("en", "de")
) -> dict[str, NullTranslations]:
    """The catalogue of each language, from ``<folder>/<language>.po``.

    English is the text in the source itself: a language without a file
    answers each text with itself.
    """
    return {language: _catalogue(folder / f"{language}.po") for language in languages}


def _catalogue(path: Path) -> NullTranslations:
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
