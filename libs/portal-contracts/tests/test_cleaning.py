"""Texts of structs and of JSON made what their types say."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

import msgspec
import pytest
from msgspec import Meta, Struct, inspect

from portal_contracts.catalogue import METHODS
from portal_contracts.cleaning import cleaned, cleaned_json, decode_cleaned
from portal_contracts.forms.rpc.filling import SaveAnswers, SaveSection
from portal_contracts.identity_links.rpc.clients import AddClient, ClientFields, ListClients
from portal_contracts.identity_links.rpc.devices import SignIn
from portal_contracts.text import EXACTLY, ONE_LINE, Line

SEEN = "My\nstory"
PASTED = "\u202aMy\x0bstory\u200b\x00"


class Part(Struct, frozen=True, kw_only=True):
    name: Line = ""
    body: str = ""


class Whole(Struct, frozen=True, kw_only=True):
    title: Annotated[str, Meta(max_length=8, extra=ONE_LINE)] = ""
    secret: Annotated[str, Meta(extra=EXACTLY)] = ""
    hash: Annotated[str, Meta(pattern="^[a-f]*$")] = ""
    number: int = 0
    maybe: Line | None = None
    parts: list[Part] = []
    tags: list[Line] = []
    map: dict[str, str | int | list[str] | None] = {}


def everywhere(text: str, of_line: str) -> Whole:
    return Whole(
        title=of_line,
        maybe=of_line,
        parts=[Part(name=of_line, body=text)],
        tags=[of_line],
        map={of_line: text, "list": [text], "none": None, "number": 1},
    )


CLEAN = everywhere(SEEN, "My story")


def test_every_text_is_cleaned_as_its_type_says():
    assert cleaned(everywhere(PASTED, PASTED)) == CLEAN


def test_the_same_is_done_to_json():
    kind = inspect.type_info(Whole)
    assert cleaned_json(kind, msgspec.to_builtins(everywhere(PASTED, PASTED))) == (
        msgspec.to_builtins(CLEAN)
    )


def test_what_is_clean_stays_the_same_object():
    assert cleaned(CLEAN) == CLEAN
    plain = Whole(title="My story", number=3)
    assert cleaned(plain) is plain


def test_a_secret_stays_as_it_is():
    assert cleaned(Whole(secret=" a\u200b ")).secret == " a\u200b "
    sent = SignIn(email="\u200banna@example.org", password="\u200b x ", device_hash="a" * 64)
    assert cleaned(sent).password == "\u200b x "
    assert cleaned(sent).email == "anna@example.org"


@pytest.mark.parametrize("value", [3, None, ["x"], {"title": 5, "parts": "x", "map": []}, "text"])
def test_what_does_not_fit_is_left_to_be_refused(value):
    assert cleaned_json(inspect.type_info(Whole), value) == value


def test_a_length_is_judged_by_what_is_left():
    body = msgspec.json.encode({"title": "My story" + "\u200b" * 20})
    assert decode_cleaned(Whole, body).title == "My story"
    with pytest.raises(msgspec.ValidationError):
        decode_cleaned(Whole, msgspec.json.encode({"title": "My story!"}))


def test_ids_and_the_like_are_read_after_it_too():
    search = "a" * 200 + "\u200b"
    body = msgspec.json.encode({"search": search, "status": "archived", "limit": 3})
    assert decode_cleaned(ListClients, body).search == "a" * 200
    fields = {"name": "x\u200b", "email": "e", "date_of_birth": "1990-12-03"}
    body = msgspec.json.encode({"fields": fields})
    assert decode_cleaned(AddClient, body).fields.date_of_birth.year == 1990


def test_typed_fields_and_answers():
    typed = SaveSection(
        request_id=uuid4(), number=1, section="s", revision=1, typed={"a\x00": PASTED}
    )
    assert cleaned(typed).typed == {"a": SEEN}
    answers = SaveAnswers(request_id=uuid4(), revision=1, answers={"a": PASTED, "b": True})
    assert cleaned(answers).answers == {"a": SEEN, "b": True}


def test_lines_of_a_client_are_declared():
    fields = ClientFields(name="A\nB", email="a@b.c ", tags=["a\nb"], remark="a\nb")
    kept = cleaned(fields)
    assert (kept.name, kept.tags, kept.remark) == ("A B", ["a b"], "a\nb")


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_arguments_of_every_call_can_be_cleaned(method):
    cleaned_json(inspect.type_info(method.arguments), {})
