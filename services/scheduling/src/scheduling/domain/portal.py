"""What the portal's home shows of the calendar."""

from __future__ import annotations

HOME_LENGTH = 4
"""Entries of each list on the portal's home: the nearest, and three more."""
