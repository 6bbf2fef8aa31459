"""Scenes of calendar, services, availability, sessions."""

from __future__ import annotations

from scene import Scene

SCENES: list[Scene] = []
