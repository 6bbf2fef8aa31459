"""Passwords that many people choose: data of others, with where it is from beside it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def common_passwords() -> frozenset[str]:
    """All of them, in lower case."""
    text = (files(__package__) / "passwords.txt").read_text("utf-8")
    return frozenset(text.split())
