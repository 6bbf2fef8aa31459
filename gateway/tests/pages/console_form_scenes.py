"""Scenes of templates, requests, answers."""

from __future__ import annotations

from scene import Scene

SCENES: list[Scene] = []
