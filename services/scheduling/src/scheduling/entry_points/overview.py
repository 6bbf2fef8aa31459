"""The portal's home, and the facts that mails are written from."""

from __future__ import annotations


class OverviewCalls:
    """The portal's home, and the facts that mails are written from."""
