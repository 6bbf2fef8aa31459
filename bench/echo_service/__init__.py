"""A service on the chassis whose one method does nothing but answer."""

from __future__ import annotations

from msgspec import Struct

from portal_contracts.broker_accounts import OWNER
from portal_contracts.calls import Method

NAME = "bench.echo_service"


class Word(Struct, frozen=True, kw_only=True):
    """What is said, and answered."""

    word: str


ECHO = Method(NAME, "echo", Word, Word, "The same again.", callers=(OWNER,))
