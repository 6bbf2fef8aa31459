"""Catalogues read from .po files as they are."""

import pytest

from portal_chassis.translations import load_catalogues

GERMAN = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Good morning"
msgstr "Guten Morgen"

msgid "One form"
msgid_plural "%(count)d forms"
msgstr[0] "Ein Formular"
msgstr[1] "%(count)d Formulare"

msgctxt "verb"
msgid "Book"
msgstr "Buchen"

msgid "Not translated yet"
msgstr ""

#, fuzzy
msgid "Guessed"
msgstr "Geraten"
"""


@pytest.fixture
def catalogues(tmp_path):
    (tmp_path / "de.po").write_text(GERMAN, "utf-8")
    return load_catalogues(tmp_path)


def test_texts_are_translated(catalogues):
    german = catalogues["de"]
    assert german.gettext("Good morning") == "Guten Morgen"
    assert german.ngettext("One form", "%(count)d forms", 1) == "Ein Formular"
    assert german.ngettext("One form", "%(count)d forms", 2) == "%(count)d Formulare"
    assert german.pgettext("verb", "Book") == "Buchen"


@pytest.mark.parametrize("text", ["Not translated yet", "Guessed", "Unknown", ""])
def test_what_is_not_translated_stays_english(catalogues, text):
    answer = catalogues["de"].gettext(text)
    assert answer == text if text else answer is not None


def test_english_needs_no_file(catalogues):
    assert catalogues["en"].gettext("Good morning") == "Good morning"
    assert catalogues["en"].ngettext("One form", "forms", 2) == "forms"
