"""Hold, look, confirm."""

from __future__ import annotations
