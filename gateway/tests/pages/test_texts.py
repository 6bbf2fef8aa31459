"""Every text is there in every language, and every code has words."""

from __future__ import annotations

import catalogue
import pytest

from gateway.web.flash import SENTENCES, Flash
from gateway.words.tables import TABLES
from portal_contracts.actor import ActorKind, Role
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.identity_links.rpc.clients import ClientStatus
from portal_contracts.identity_links.rpc.targets import LinkCause, LinkState
from portal_contracts.notifications.rpc import DeliveryState
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus, PlaceKind, SessionStatus
from portal_contracts.scheduling.rpc.availability import WhyNot
from portal_contracts.scheduling.rpc.services import Alignment


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
    assert SENTENCES.keys() == set(Flash)
