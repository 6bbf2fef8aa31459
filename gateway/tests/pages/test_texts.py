"""Every text is there in every language, and every code has words."""

from __future__ import annotations

import ast
import re
from functools import partial

import catalogue
import pytest

from gateway.console.clients import client_fields
from gateway.console.schedule import service_fields
from gateway.web import flash
from gateway.web.flash import Flash
from gateway.web.pages import HERE, shared_pages
from gateway.web.question_kinds import KINDS
from gateway.web.submitted import KEY
from gateway.words.errors import ERRORS, LIMITS, FieldError, error_in_words
from gateway.words.language import LANGUAGES
from gateway.words.problems import SENTENCES
from gateway.words.tables import TABLES
from portal_contracts.actor import ActorKind, Role
from portal_contracts.codes import CODES
from portal_contracts.field_codes import FIELD_CODES
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.identity_links.rpc.clients import ClientFields, ClientStatus
from portal_contracts.identity_links.rpc.targets import LinkCause, LinkState
from portal_contracts.notifications.rpc import DeliveryState
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus, PlaceKind, SessionStatus
from portal_contracts.scheduling.rpc.availability import WhyNot
from portal_contracts.scheduling.rpc.services import Alignment, ServiceFields

CODES_OF_TIMES = ("cancel_closed", "move_closed", "why_not", "request_closed", "booking_limit")


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_no_text_is_missing_fuzzy_or_with_other_placeholders(language):
    assert catalogue.problems(language) == []


def test_a_text_that_is_not_translated_is_found(monkeypatch):
    found = catalogue.extract()
    found.add("A text nobody has translated")
    monkeypatch.setattr(catalogue, "extract", lambda: found)
    assert catalogue.problems("de") == ["missing: 'A text nobody has translated'"]


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("link_cause", LinkCause),
        ("link_state", LinkState),
        ("delivery_state", DeliveryState),
        ("client_state", ClientStatus),
        ("request_state", RequestState),
        ("appointment_state", AppointmentStatus),
        ("session_state", SessionStatus),
        ("place_kind", PlaceKind),
        ("alignment", Alignment),
        ("why_not", WhyNot),
        ("role", Role),
        ("actor_kind", ActorKind),
        ("scope", Permission),
    ],
)
def test_every_code_of_a_contract_has_words(table, codes):
    assert set(map(str, codes)) <= TABLES[table][0].keys()


def test_every_flash_has_a_sentence():
    assert flash.SENTENCES.keys() == set(Flash)


def test_a_limit_is_never_written_into_a_sentence():
    by_hand = re.compile(r"\b(at most|up to) [0-9]|\b[0-9][0-9.,]* (characters|minutes|or more)")
    texts = [str(message.id) for message in catalogue.extract() if message.id]
    assert [text for text in texts if by_hand.search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_says_the_limit_that_is_checked(language):
    pages = shared_pages()
    readings = {"grouped": "1000", "decimal": "1", "written": "1.0"}
    for code, text in ERRORS.items():
        named = FieldError(code, **readings) if "%(grouped)s" in text else code
        sentence = error_in_words(named, language, partial(pages.sentence, language))
        assert "%(" not in sentence
        if "%(limit)s" in text:
            assert str(LIMITS[code]) in re.sub(r"(?<=[0-9])[.,](?=[0-9])", "", sentence)


def test_a_form_has_every_field_that_its_contract_has():
    assert set(client_fields.NAMES) == set(ClientFields.__struct_fields__)
    assert set(service_fields.FIELDS) == set(ServiceFields.__struct_fields__)


def test_whatever_can_be_said_of_a_client_is_shown_to_the_practice():
    page = "".join(
        (HERE / "templates/console" / name).read_text("utf-8")
        for name in ("client.html", "parts/client_details.html")
    )
    hidden = [name for name in client_fields.NAMES if not re.search(rf"\bclient\.{name}\b", page)]
    assert hidden == []


def test_every_code_of_an_answer_has_a_sentence_by_the_name_it_gets():
    by_kinds = {code for kind in KINDS.values() for code in kind.words}
    without = [
        code
        for code in FIELD_CODES["answers_invalid"]
        if code not in by_kinds and f"answer_{code}" not in ERRORS
    ]
    assert without == []
    assert {word for kind in KINDS.values() for word in kind.words.values()} <= ERRORS.keys()


def test_every_code_of_a_service_has_a_sentence_of_its_own_or_by_its_fields():
    without = CODES.keys() - ERRORS.keys() - SENTENCES.keys() - FIELD_CODES.keys()
    # What only a fault of ours leads to is said by its status.
    assert without == {
        "device_taken",
        "hold_confirmed",
        "malformed_arguments",
        "unknown_method",
    }


def test_every_code_of_a_field_has_a_sentence():
    answers = {code.removeprefix("answer_") for code in ERRORS if code.startswith("answer_")}
    known = {*ERRORS, *answers, *(code for table in CODES_OF_TIMES for code in TABLES[table][0])}
    without = {
        code
        for refusal, codes in FIELD_CODES.items()
        for code in (
            [f"document_{one}" for one in codes] if refusal == "document_invalid" else codes
        )
        if code not in known
    }
    # No form of ours can send what these refuse.
    assert without == {"seven_days", "too_early", "unknown_client"}


def test_every_sentence_has_a_code_that_leads_to_it():
    declared = {*CODES, *(code for codes in FIELD_CODES.values() for code in codes)}
    texts, put_together = said()
    others = ERRORS.keys() - declared - texts
    # Behind a point stands what of it the sentence is about.
    codes = {code.partition(".")[0] for code in others}
    assert {code for code in codes if not put_together.fullmatch(code)} == set()


def said() -> tuple[set[str], re.Pattern[str]]:
    """Texts in the gateway's modules that are no key of a table; those with words put in."""
    texts, patterns = set(), set()
    for path in HERE.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        keys = {key for node in nodes if isinstance(node, ast.Dict) for key in node.keys}
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in keys:
                texts.add(node.value)
            elif isinstance(node, ast.JoinedStr) and (pattern := code_with_words_put_in(node)):
                patterns.add(pattern)
    return texts, re.compile("|".join(sorted(patterns)))


def code_with_words_put_in(node: ast.JoinedStr) -> str:
    """The pattern of ``f"{name}_missing"``; empty for what is no code."""
    parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
    written = "".join(part for part in parts if part)
    if not re.fullmatch("[a-z_]*[a-z][a-z_]*", written) or "_" not in written:
        return ""
    return "".join(part or "[a-z_]+" for part in parts)


def test_the_sentence_about_a_key_of_repetition_says_how_long_it_is():
    least, most = re.search(r"\{(\d+),(\d+)\}", KEY).groups()
    assert f" {least} to {most} " in SENTENCES["idempotency_key_invalid"]
