"""What people ask for while something breaks: an act that can be sent again, and its count."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from portal_runner.doctor.invariants.journal import Act, Journal, Outcome
from tests.kit.pages import Page
from tests.kit.waiting import eventually

ANSWER_SECONDS = 5.0
"""Within this there is an answer, or a clean 503."""

RECOVERY_SECONDS = 15.0
"""Within this after the return of what was away everything works."""

EFFECT_SECONDS = 45.0
"""Within this everything has come of an act that will: the leases of the dead are over."""


@dataclass
class RepeatableAct:
    """Something that a person does and, when no answer comes, does again.

    Attributes:
        title: for people.
        send: sends the form once.
        effects: what it has come to: a name and how often. Once is right.
        kind: under which the journal notes it; None: it does not.
        about: what the journal notes of it, besides the outcome.
        from_answer: what the journal notes of an answer.
        journal: where it is noted.
        acknowledged: whether an answer has come.
        unknown: how often none came.
        slowest: seconds of the longest try, the pages it led to included.
    """

    title: str
    send: Callable[[], Page]
    effects: Callable[[], dict[str, int]]
    kind: Act | None = None
    about: dict[str, Any] = field(default_factory=dict)
    from_answer: Callable[[Page], dict[str, Any]] = lambda _page: {}
    journal: Journal | None = None
    acknowledged: bool = False
    unknown: int = 0
    slowest: float = 0.0

    def press(self) -> bool:
        """Send it once; whether it was acknowledged.

        Raises:
            AssertionError: the answer was neither that nor a 503 that says when to come back.
        """
        began = time.monotonic()
        try:
            page = self.send()
        except OSError:
            page = None
        self.slowest = max(self.slowest, time.monotonic() - began)
        if page is None or page.status == HTTPStatus.SERVICE_UNAVAILABLE:
            assert page is None or "retry-after" in page.headers, page.text
            self.unknown += 1
            self._note(Outcome.UNKNOWN)
            return False
        assert page.status == HTTPStatus.OK, f"{self.title}: {page.status} {page.text}"
        self.acknowledged = True
        self._note(Outcome.ACKNOWLEDGED, **self.from_answer(page))
        return True

    def press_until_acknowledged(self) -> None:
        """Press again as a person would, with the same form and so the same key."""
        eventually(self.press, within=RECOVERY_SECONDS, every=0.3)

    @property
    def missing(self) -> list[str]:
        """Effects that are not there."""
        return [name for name, count in self.effects().items() if count < 1]

    @property
    def doubled(self) -> list[str]:
        """Effects that are there more than once."""
        return [name for name, count in self.effects().items() if count > 1]

    def _note(self, outcome: Outcome, **from_answer: Any) -> None:
        if self.journal is not None and self.kind is not None:
            self.journal.note(self.kind, outcome, **(self.about | from_answer))


class Tally:
    """What came of the acts of one test; printed, so that a run shows it.

    Args:
        title: of the test.
        journal: where its acts are noted.
    """

    def __init__(self, title: str, journal: Journal) -> None:
        self._title = title
        self._journal = journal
        self.acts: list[RepeatableAct] = []

    def __str__(self) -> str:
        return (
            f"{self._title}: attempted {len(self.acts)} · "
            f"acknowledged {sum(act.acknowledged for act in self.acts)} · "
            f"unknown {sum(act.unknown for act in self.acts)} · "
            f"lost {len(self.lost)} · duplicated {len(self.duplicated)} · "
            f"slowest answer {self.slowest:.1f} s"
        )

    def add(self, act: RepeatableAct) -> RepeatableAct:
        """Count `act`, which has not been sent yet."""
        act.journal = self._journal
        self.acts.append(act)
        return act

    @property
    def lost(self) -> list[str]:
        """What acknowledged acts should have come to and did not."""
        return [f"{a.title}: {a.missing}" for a in self.acts if a.acknowledged and a.missing]

    @property
    def duplicated(self) -> list[str]:
        """What happened more than once."""
        return [f"{act.title}: {act.doubled}" for act in self.acts if act.doubled]

    @property
    def slowest(self) -> float:
        """Seconds of the longest try."""
        return max((act.slowest for act in self.acts), default=0.0)

    def wait(self) -> None:
        """Wait until every act has come to what it should.

        Raises:
            AssertionError: it has not, in `EFFECT_SECONDS`.
        """

        def nothing_is_lost() -> bool:
            assert self.lost == []
            return True

        eventually(nothing_is_lost, within=EFFECT_SECONDS, every=0.2)
