"""Past sessions, summaries and private notes."""

from __future__ import annotations


class SessionCalls:
    """Past sessions, summaries and private notes."""
