"""Lays out what a mail says as text and as HTML."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import replace
from gettext import NullTranslations
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from notifications.domain.addresses import tidy_name
from notifications.domain.colours import button_colours
from notifications.domain.letters import Addressee, Practice, Wording, Written
from notifications.templates.phrases import LOCALES
from notifications.templates.styles_inlined import with_styles_inlined
from portal_chassis.translations import load_catalogues
from portal_contracts.text import line

FOLDER = Path(__file__).parent
TEXT_WIDTH = 72
FALLBACK_LANGUAGE = "en"


class MailWriter:
    """Writes mails in the recipient's language.

    Templates and catalogues are read once, when it is made.
    """

    def __init__(self) -> None:
        self._catalogues = load_catalogues(FOLDER / "locales", tuple(LOCALES))
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=select_autoescape(["html"], default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.filters["folded"] = _folded
        self._environment.filters["dialable"] = _dialable
        self._text = self._environment.get_template("letter.txt")
        self._html = self._environment.from_string(with_styles_inlined(FOLDER / "letter.html"))

    def write(
        self, words: Callable[[Addressee, NullTranslations], Wording], addressee: Addressee
    ) -> Written:
        """The mail that says `words` to `addressee`; a link stands once in each form."""
        addressee = _tidy(addressee)
        wording = words(addressee, self._catalogues[addressee.language])
        return self._lay_out(wording, addressee.practice)

    def _lay_out(self, wording: Wording, practice: Practice) -> Written:
        parts = {
            "mail": wording,
            "practice": practice,
            "colours": button_colours(practice.accent),
        }
        text = self._text.render(parts)
        return Written(
            subject=line(wording.subject),
            text=re.sub(r"\n{3,}", "\n\n", text).strip() + "\n",
            html=self._html.render(parts),
            invitation=wording.invitation,
            more_invitations=wording.more_invitations,
            told_starts_at=wording.told_starts_at,
            secret=wording.secret,
        )


def _tidy(addressee: Addressee) -> Addressee:
    """`addressee` in a language that is written, its names on one line each."""
    practice = addressee.practice
    return replace(
        addressee,
        language=addressee.language if addressee.language in LOCALES else FALLBACK_LANGUAGE,
        greeting_name=tidy_name(addressee.greeting_name),
        practice=replace(
            practice,
            name=tidy_name(practice.name),
            email=tidy_name(practice.email),
            phone=tidy_name(practice.phone),
        ),
    )


def _folded(text: str) -> str:
    """`text` in lines that every mail program shows whole; words are never cut."""
    return textwrap.fill(text, TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)


def _dialable(phone: str) -> str:
    """`phone` for a ``tel:`` address (RFC 3966): digits and a leading plus."""
    return re.sub(r"(?!^\+)[^0-9]", "", phone)
