"""Finding and ordering clients, however their names are written."""

# ruff: noqa: RUF001 - letters that look like others are what this is about

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_links.domain.client_search import search_terms, search_text
from identity_links.domain.folding import fold, sort_key
from portal_contracts.identity_links.rpc.clients import ClientFields


def found(search, name="Anna Adler", **fields):
    words = search_text(ClientFields(**{"name": name, "email": ""} | fields))
    return all(
        any(all(f" {word}" in words for word in way) for way in term.ways)
        for term in search_terms(search)
    )


ANNE = {"name": "Änne-Marie Müller", "preferred_name": "Anni", "email": "am.mueller@Example.org"}


@pytest.mark.parametrize(
    "search",
    ["änn", "anne", "MARIE", "müll", "muller anne", "anni", "am.mu", "mueller", "example", "",
     "am.mueller@example.org", "@example.org", "Müller, Änne", "anne marie", "mull - anne",
     "marie  müller", "aenne", "Änne-Marie"],
)  # fmt: skip
def test_the_starts_of_words_find_the_client_in_any_order(search):
    assert found(search, **ANNE)


@pytest.mark.parametrize("search", ["ller", "nni", "müller x", "@", "%", "_nne", "\\", "anne%"])
def test_nothing_else_does(search):
    assert not found(search, **ANNE)


@pytest.mark.parametrize(
    ("search", "name"),
    [
        ("lukasz", "Łukasz Żółć"), ("zolc", "Łukasz Żółć"), ("Łukasz", "Lukasz Zolc"),
        ("O'Brien", "Sinéad O’Brien"), ("obrien", "Sinéad O’Brien"), ("o’brien", "Sinead OBrien"),
        ("brien", "Sinéad O’Brien"), ("O´Brien", "Sinéad OʼBrien"), ("O`Br", "O＇Brien"),
        ("d'angelo", "Gino D‘Angelo"), ("strasse", "Ute Straße"), ("STRASSE", "Ute Straße"),
        ("straße", "Ute STRASSE"), ("bjorn", "Bjørn"), ("bjorn", "Björn"), ("bjoern", "Bjørn"),
        ("björn", "Bjoern"), ("Müller", "Mueller"), ("mueller", "Mu\u0308ller"),
        ("Dorde", "Ðorđe"), ("đorđe", "ÐORÐE"), ("dorde", "Đorđe"), ("thorunn", "Þórunn"),
        ("isik", "IŞIK"), ("ışık", "Işık"), ("istanbul", "İstanbul"), ("İpek", "ipek"),
        ("IRMAK", "ırmak"), ("παπαδοπουλοσ", "Νίκος Παπαδόπουλος"), ("νικος", "ΝΊΚΟΣ"),
        ("νίκοσ", "Νίκος"), ("ΐΰ", "ΙΥ"), ("ᾳδης", "ᾼδης"), ("семенов", "Семёнов"),
        ("СЕМЁНОВ", "семенов"), ("ґалаґан", "Галаган"), ("שלום", "שָׁלוֹם"), ("כהנ", "כהן"),
        ("צהל", "צה״ל"), ("محمد", "مُحَمَّد"), ("احمد", "أحمد"), ("فاطمه", "فاطمة"), ("على", "علی"),
        ("ａｎｎａ", "Anna"), ("anna", "Ａｎｎａ"), ("Zoe\u0308", "Zoë"), ("zoë", "Zoe"),
        ("æsop", "Aesop"), ("œuvre", "Oeuvre"), ("ﬁona", "Fiona"), ("nguyen", "Nguyễn"),
        ("小明", "王小明"), ("王小", "王小明"), ("민수", "김민수"), ("smith jones", "Smith–Jones"),
        ("smith-jones", "Smith Jones"), ("3", "Group ٣"), ("anna", "(Anna) Berg"),
        ('"luka"', "Lukas “Luka” Berg"), ("„Luka“ Berg", 'Lukas "Luka" Berg'), ("«Luka»", "Luka"),
        ('Lukas "Luka" B', "Lukas (Luka) Berg"), ("[luka]", "‹Luka›"), ('צה"ל', "צה״ל"),
        ("「太郎」", "山田太郎"), ('anna "', "Anna"),
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_written(search, name):
    assert found(search, name)


PHONES = ["+49 171 2345678", "0171/234 56 78", "0049 (0)171-2345678", "+49 (0) 171 2345678",
          "+49.171.2345678", "(0171) 2345678"]  # fmt: skip


@pytest.mark.parametrize("phone", PHONES)
@pytest.mark.parametrize(
    "search",
    [*PHONES, "01712345678", "+491712345678", "0171 23", "2345678", "345", "234 56 78",
     "anna 0171 234", "0171 234 anna", "＋49 171", "0171‑2345678"],
)  # fmt: skip
def test_a_phone_number_is_found_with_any_spacing_and_with_or_without_its_country(phone, search):
    assert found(search, phone=phone)


@pytest.mark.parametrize(
    ("search", "phone"),
    [
        ("+1 (555) 123-4567", "555-123-4567"),
        ("555 123", "1-555-123-4567"),
        ("06 1234567", "+39 06 1234567"),
        ("+353 87", "00353 87 1234567"),
    ],
)
def test_numbers_of_other_countries_are_found_as_well(search, phone):
    assert found(search, phone=phone)


@pytest.mark.parametrize("search", ["+43 171", "0171 9", "0049 30", "71 234567 9", "12"])
def test_another_number_is_not(search):
    assert not found(search, phone="+49 171 2345678")


@pytest.mark.parametrize("search", ["vip", "sliding", "#vip", "scale anna", "CAFE"])
def test_tags_are_found(search):
    assert found(search, tags=["VIP", "sliding scale", "café"])


def test_names_sort_without_case_and_accents_and_letters_of_one_kind_side_by_side():
    names = ["Anna", "änne", "Lena", "Łucja", "Lukas", "Mia", "Øystein", "Öz", "Straße", "Zoe"]
    assert sorted(set(names), key=sort_key) == names
    assert sorted(["Müller", "Muller", "Müller B", "Muller A"], key=sort_key) == [
        "Muller", "Müller", "Muller A", "Müller B",
    ]  # fmt: skip


def test_every_letter_can_be_folded_and_folding_again_changes_nothing():
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) not in {"Cs", "Cn", "Co"}:
            assert fold(fold(character)) == fold(character), hex(code)


@given(search=st.text(max_size=100))
def test_whatever_is_typed_can_be_sent_to_the_database(search):
    for term in search_terms(search):
        assert term.ways
        for word in (word for way in term.ways for word in way):
            assert word
            assert "\x00" not in word
            word.encode("utf-8")
