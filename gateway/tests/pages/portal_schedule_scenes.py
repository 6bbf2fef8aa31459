"""Scenes of booking, appointments and sessions."""

from __future__ import annotations

from scene import Scene

SCENES: list[Scene] = []
