"""Scenes of a client's forms."""

from __future__ import annotations

from scene import Scene

SCENES: list[Scene] = []
