"""Lays out what a mail says as text and as HTML."""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace
from pathlib import Path

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from notifications.domain.addresses import tidy_name
from notifications.domain.colours import button_colours
from notifications.domain.letters import (
    PortalLinkOccasion,
    Practice,
    TrialOccasion,
    Wording,
    Written,
)
from notifications.templates import words
from portal_chassis.translations import load_catalogues

FOLDER = Path(__file__).parent
TEXT_WIDTH = 72
FALLBACK_LANGUAGE = "en"


class MailWriter:
    """Writes each kind of mail in the recipient's language.

    Templates and catalogues are read once, when it is made.
    """

    def __init__(self) -> None:
        self._catalogues = load_catalogues(FOLDER / "locales", tuple(words.LOCALES))
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.filters["folded"] = _folded
        self._environment.filters["dialable"] = _dialable
        self._inliner = CSSInliner(load_remote_stylesheets=False)

    def portal_link(self, occasion: PortalLinkOccasion) -> Written:
        """The mail that brings a portal link; its address stands once in each form."""
        occasion = replace(
            occasion,
            language=_known(occasion.language),
            greeting_name=tidy_name(occasion.greeting_name),
            practice=_tidy(occasion.practice),
        )
        wording = words.portal_link(occasion, self._catalogues[occasion.language])
        return self._lay_out(wording, occasion.practice)

    def trial(self, occasion: TrialOccasion) -> Written:
        """The mail by which an operator tries the mail settings."""
        occasion = replace(
            occasion, language=_known(occasion.language), practice=_tidy(occasion.practice)
        )
        wording = words.trial(occasion, self._catalogues[occasion.language])
        return self._lay_out(wording, occasion.practice)

    def _lay_out(self, wording: Wording, practice: Practice) -> Written:
        parts = {
            "mail": wording,
            "practice": practice,
            "colours": button_colours(practice.accent),
        }
        text = self._environment.get_template("letter.txt").render(parts)
        html = self._environment.get_template("letter.html").render(parts)
        return Written(
            subject=wording.subject,
            text=re.sub(r"\n{3,}", "\n\n", text).strip() + "\n",
            html=self._inliner.inline(html),
        )


def _known(language: str) -> str:
    return language if language in words.LOCALES else FALLBACK_LANGUAGE


def _tidy(practice: Practice) -> Practice:
    return replace(
        practice,
        name=tidy_name(practice.name),
        email=tidy_name(practice.email),
        phone=tidy_name(practice.phone),
    )


def _folded(text: str) -> str:
    """`text` in lines that every mail program shows whole; words are never cut."""
    return textwrap.fill(text, TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)


def _dialable(phone: str) -> str:
    """`phone` for a ``tel:`` address (RFC 3966): digits and a leading plus."""
    return re.sub(r"(?!^\+)[^0-9]", "", phone)
