"""Clients hold, book, move, cancel and join."""

from __future__ import annotations


class BookingCalls:
    """Clients hold, book, move, cancel and join."""
