"""What the portal link's mail says, in both languages and both forms."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import notifications
from notifications.domain.addresses import Mailbox
from notifications.domain.letters import Addressee, Practice, Written
from notifications.domain.masking import masked
from notifications.mails import portal_link, trial
from notifications.mails.mail import Occasion
from notifications.templates.writer import MailWriter
from portal_chassis.ids import new_id
from portal_contracts.calls import Nothing

TOKEN = "lk_" + "Ab3-_" * 8 + "xyz"
LINK = f"https://portal.example.org/p/{TOKEN}"
FOLDER = Path(notifications.__file__).parent
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
CLINICAL = re.compile(
    r"therap|clinic|klinik|patient|diagnos|session|sitzung|praxis für|depress|anxiety",
    re.IGNORECASE,
)


def addressee(**changes: Any) -> Addressee:
    values: dict[str, Any] = {
        "practice": Practice("Lindenhof", "hello@example.org", "+49 30 5550100", "#2f6f6a"),
        "sender_address": "portal@example.org",
        "mail_domain": "portal.example.org",
        "to": Mailbox("Anna Berg", "anna@example.org"),
        "greeting_name": "Anna",
        "language": "en",
        "timezone": "Europe/Berlin",
        "requested": False,
        "link_ends_at": datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
        "link": LINK,
        "portal": "https://portal.example.org",
    }
    return Addressee(**(values | changes))


def portal_link_mail(**changes: Any) -> Written:
    occasion = Occasion(subject_id=new_id(), facts=Nothing(), now=datetime(2026, 12, 1, tzinfo=UTC))
    return MailWriter().write(partial(portal_link.MAIL.words, occasion), addressee(**changes))


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("requested", [False, True])
def test_the_link_stands_once_in_each_form(language: str, requested: bool) -> None:
    written = portal_link_mail(language=language, requested=requested)
    assert written.text.count(TOKEN) == 1
    assert written.html.count(TOKEN) == 1
    assert TOKEN not in written.subject


@pytest.mark.parametrize("language", ["en", "de"])
def test_says_who_writes_until_when_and_how_to_ask(language: str) -> None:
    written = portal_link_mail(language=language)
    for form in (written.text, written.html):
        for words in ("Anna", "Lindenhof", "hello@example.org", "5550100", "00:30", "2027"):
            assert words in form


def test_prints_the_instant_on_the_recipients_own_clock() -> None:
    berlin = portal_link_mail(timezone="Europe/Berlin").text
    auckland = portal_link_mail(timezone="Pacific/Auckland").text
    unknown = portal_link_mail(timezone="Mars/Olympus").text
    assert "Friday, 1 January 2027" in berlin
    assert "12:30\N{NO-BREAK SPACE}PM Auckland time" in auckland
    assert "Thursday, 31 December 2026" in unknown


def test_german_is_german() -> None:
    written = portal_link_mail(language="de")
    assert "Freitag, 1. Januar 2027" in written.text
    assert not re.search(r"\b(the|your|link works|please)\b", written.text)
    assert '<html lang="de"' in written.html


def test_a_language_that_is_not_written_falls_back_to_english() -> None:
    written = portal_link_mail(language="fr")
    assert written == portal_link_mail(language="en")


@pytest.mark.parametrize("language", ["en", "de"])
def test_is_discreet(language: str) -> None:
    written = portal_link_mail(language=language)
    for part in (written.subject, written.text, written.html):
        assert not CLINICAL.search(part)


def test_names_cannot_break_out_of_the_page_or_the_line() -> None:
    mean = "<script>alert(1)</script>\r\nBcc: eve@example.org"
    practice = Practice(mean, "hello@example.org", "", "#2f6f6a")
    written = portal_link_mail(greeting_name=mean, practice=practice)
    assert "script" not in tags_of(written.html)
    assert "\n" not in written.subject
    assert "\nBcc:" not in written.text


def tags_of(html: str) -> dict[str, list[dict[str, str | None]]]:
    """Each tag of a page as a reader of HTML sees it, with its attributes."""
    seen: dict[str, list[dict[str, str | None]]] = {}

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.setdefault(tag, []).append(dict(attrs))

    Reader().feed(html)
    return seen


def test_html_is_a_whole_page_without_foreign_content() -> None:
    html = portal_link_mail().html
    tags = tags_of(html)
    assert {"html", "head", "title", "body", "h1", "a"} <= set(tags)
    assert not set(tags) & {"img", "script", "link", "iframe", "form"}
    assert not re.findall(r"url\(|@import|src=", html)
    addresses = [attributes["href"] or "" for attributes in tags["a"]]
    assert {address.split(":")[0] for address in addresses} == {"https", "mailto", "tel"}


@pytest.mark.parametrize("accent", ["#ffffff", "#000000", "#ffff00", "red; } body { x", ""])
def test_any_accent_gives_a_readable_button(accent: str) -> None:
    practice = Practice("Lindenhof", "hello@example.org", "", accent)
    html = portal_link_mail(practice=practice).html
    assert "red; }" not in html
    assert TOKEN in html


def test_a_practice_without_contact_invites_no_answer() -> None:
    practice = Practice("Lindenhof", "", "", "#2f6f6a")
    text = portal_link_mail(practice=practice).text
    assert "Questions" not in text
    assert "None" not in text


def test_the_trial_mail_holds_no_link() -> None:
    practice = Practice("Lindenhof", "", "", "#2f6f6a")
    written = MailWriter().write(trial.words, addressee(practice=practice, language="de"))
    assert "/p/" not in written.html + written.text


def test_masking_hides_every_token() -> None:
    assert masked(f"a {LINK} b {LINK}", "") == (
        "a https://portal.example.org/p/lk_•••• b https://portal.example.org/p/lk_••••"
    )


def test_masking_hides_a_code_wherever_it_stands() -> None:
    assert masked("Code: 031415\n(031415)", "031415") == "Code: ••••\n(••••)"


def test_every_text_is_translated() -> None:
    texts = {
        message
        for _, _, message, _, _ in extract_from_dir(FOLDER, [("**.py", "python")])
        if message
    }
    with (FOLDER / "templates" / "locales" / "de.po").open("rb") as file:
        catalogue = read_po(file)
    known = {entry.id: entry for entry in catalogue if entry.id}
    assert texts
    assert texts == set(known)
    for text, entry in known.items():
        forms = entry.string if isinstance(text, tuple) else (entry.string,)
        assert all(forms)
        assert not entry.fuzzy
        for form in forms:
            original = text[0] if isinstance(text, tuple) else text
            assert sorted(PLACEHOLDER.findall(original)) == sorted(PLACEHOLDER.findall(form))
