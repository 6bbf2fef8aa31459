"""Lays out what a mail says as text and as HTML."""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace
from gettext import NullTranslations
from pathlib import Path
from typing import TypeVar

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from notifications.domain.addresses import tidy_name
from notifications.domain.colours import button_colours
from notifications.domain.kinds import Kind
from notifications.domain.letters import (
    AppointmentOccasion,
    FormOccasion,
    Occasion,
    PortalLinkOccasion,
    SummaryOccasion,
    TrialOccasion,
    Wording,
    Written,
)
from notifications.templates.invitations import invitation
from notifications.templates.words import appointments, entering, news
from notifications.templates.words.phrases import LOCALES
from portal_chassis.translations import load_catalogues

FOLDER = Path(__file__).parent
TEXT_WIDTH = 72
FALLBACK_LANGUAGE = "en"

AnOccasion = TypeVar("AnOccasion", bound=Occasion)


class MailWriter:
    """Writes each kind of mail in the recipient's language.

    Templates and catalogues are read once, when it is made.
    """

    def __init__(self) -> None:
        self._catalogues = load_catalogues(FOLDER / "locales", tuple(LOCALES))
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
        occasion = _tidy(occasion)
        return self._lay_out(entering.portal_link(occasion, self._texts(occasion)), occasion)

    def appointment(self, occasion: AppointmentOccasion) -> Written:
        """A mail about an appointment; all but a reminder bring an invitation."""
        occasion = _tidy(occasion)
        texts = self._texts(occasion)
        written = self._lay_out(appointments.appointment(occasion, texts), occasion)
        if occasion.kind is Kind.APPOINTMENT_REMINDER:
            return written
        return replace(written, invitation=invitation(occasion, texts))

    def form(self, occasion: FormOccasion) -> Written:
        """A mail about a form."""
        occasion = _tidy(occasion)
        return self._lay_out(news.form(occasion, self._texts(occasion)), occasion)

    def summary(self, occasion: SummaryOccasion) -> Written:
        """The mail that there is something new to read."""
        occasion = _tidy(occasion)
        return self._lay_out(news.summary(occasion, self._texts(occasion)), occasion)

    def trial(self, occasion: TrialOccasion) -> Written:
        """The mail by which an operator tries the mail settings."""
        occasion = _tidy(occasion)
        return self._lay_out(entering.trial(occasion, self._texts(occasion)), occasion)

    def _texts(self, occasion: Occasion) -> NullTranslations:
        return self._catalogues[occasion.language]

    def _lay_out(self, wording: Wording, occasion: Occasion) -> Written:
        practice = occasion.practice
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


def _tidy(occasion: AnOccasion) -> AnOccasion:
    """`occasion` in a language that is written, its names on one line each."""
    practice = occasion.practice
    return replace(
        occasion,
        language=occasion.language if occasion.language in LOCALES else FALLBACK_LANGUAGE,
        greeting_name=tidy_name(occasion.greeting_name),
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
