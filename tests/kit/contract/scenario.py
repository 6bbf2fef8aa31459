"""Scenarios: functions that ask one call after another, the same on both sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.kit.contract.transcripts import Step
from tests.kit.contract.world import Scene, World


@dataclass(frozen=True)
class Scenario:
    """One scenario.

    Attributes:
        name: of the function.
        number: its place among all of them.
        acts: the function.
        practice: settings of the practice it is played in.
    """

    name: str
    number: int
    acts: Callable[[Scene], None]
    practice: dict[str, Any]

    def play(self, world: World, began: datetime) -> list[Step]:
        """What comes of its calls in `world`."""
        scene = Scene(world, self.number, began, self.practice)
        self.acts(scene)
        return scene.steps


SCENARIOS: list[Scenario] = []
"""All that the modules of `tests/contract/scenarios` have declared."""


def scenario(**practice: Any) -> Callable[[Callable[[Scene], None]], Callable[[Scene], None]]:
    """Declare a function as a scenario; `practice`: settings as for `World.add_practice`."""

    def declare(acts: Callable[[Scene], None]) -> Callable[[Scene], None]:
        SCENARIOS.append(Scenario(acts.__name__, len(SCENARIOS) + 1, acts, practice))
        return acts

    return declare
