"""Reads every text of the gateway out of its sources, and keeps the catalogues complete.

Run it to add what is new and drop what is gone; new texts stand empty until translated::

    python gateway/tests/pages/catalogue.py
"""

from __future__ import annotations

import re
import sys

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from gateway.web.pages import HERE
from portal_contracts.notifications.mail_kinds import MAIL_KINDS

LOCALE = HERE / "locale"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
LANGUAGES = ("de",)
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def extract() -> Catalog:
    """Every text in the templates and modules, with its plural where it has one.

    What a kind of mail is called stands in the contracts.
    """
    with (LOCALE / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = Catalog(project="gateway", charset="utf-8")
    for name, line, text, comments, context in extract_from_dir(
        HERE, methods, options, keywords=KEYWORDS
    ):
        found.add(text, None, [(name, line)], auto_comments=comments, context=context)
    for name in MAIL_KINDS.values():
        found.add(name)
    return found


def read(language: str) -> Catalog:
    with (LOCALE / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def forms(message: Message) -> list[str]:
    """The translations of a message: one, or one for each plural form."""
    string = message.string
    return [string] if isinstance(string, str) else list(string)


def ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def problems(language: str) -> list[str]:
    """What is wrong with a catalogue, a line each."""
    catalogue, found = read(language), extract()
    lines = [
        f"gone: {message.id!r}" for message in catalogue if message.id and message.id not in found
    ]
    for message in found:
        if not message.id:
            continue
        known = catalogue.get(message.id)
        if known is None:
            lines.append(f"missing: {message.id!r}")
        elif known.fuzzy:
            lines.append(f"fuzzy: {message.id!r}")
        elif not all(forms(known)) or len(forms(known)) != len(ids(message)):
            lines.append(f"not translated: {message.id!r}")
        else:
            # A singular may leave its number out: "one hour", "%(count)s hours".
            allowed = set().union(*map(placeholders, ids(message)))
            needed = placeholders(ids(message)[-1])
            texts = forms(known)
            if placeholders(texts[-1]) != needed or any(
                placeholders(text) - allowed for text in texts
            ):
                lines.append(f"placeholders: {message.id!r}")
    return lines


def update(language: str) -> None:
    path = LOCALE / f"{language}.po"
    if path.exists():
        catalogue = read(language)
    else:
        catalogue = Catalog(locale=language, project="gateway", charset="utf-8")
    catalogue.update(extract(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    with path.open("wb") as file:
        write_po(file, catalogue, no_location=True, omit_header=False, sort_output=True, width=100)


def main() -> None:
    for language in LANGUAGES:
        update(language)
        sys.stdout.writelines(f"{line}\n" for line in problems(language))


if __name__ == "__main__":
    main()
