"""The problem types of RFC 9457: which there are, and their addresses."""

from __future__ import annotations


def problem_type(public_url: str, code: str) -> str:
    """The address of the page that tells what `code` means."""
    return f"{public_url}/problems/{code}"
