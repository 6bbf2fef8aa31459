"""Bookable services, availability, and which times are free."""

from __future__ import annotations


class OfferingCalls:
    """Bookable services, availability, and which times are free."""
