"""People who keep asking while something breaks, and what they were answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from types import TracebackType
from typing import Self

from tests.kit.pages import Page
from tests.kit.portal.repeatable_acts import ANSWER_SECONDS, RECOVERY_SECONDS, RepeatableAct, Tally
from tests.kit.visitor import Visitor
from tests.kit.waiting import eventually

THINK_SECONDS = 0.1
PATIENCE_SECONDS = 60.0
"""How long a person tries before giving up: longer than anything is away."""

Person = Callable[[], RepeatableAct]
"""Prepares the next act of one person. It may fail while something is away."""


@dataclass(frozen=True)
class Answer:
    """One answer to one request.

    Attributes:
        path: what was asked for.
        status: 0 where the connection broke.
        seconds: how long it took.
        clean: no failure, or a 503 that says when to come back.
    """

    path: str
    status: int
    seconds: float
    clean: bool


class Watched(Visitor):
    """A visitor whose answers are all kept, also those to the pages before an act.

    Args:
        visitor: who it is; signed in, perhaps.
        answers: where they are kept.
    """

    def __init__(self, visitor: Visitor, answers: list[Answer]) -> None:
        super().__init__(visitor.base_url, visitor.language)
        self.cookies = dict(visitor.cookies)
        self._answers = answers

    def request(
        self, method: str, address: str, *, body: str = "", headers: dict[str, str] | None = None
    ) -> Page:
        """One bare request."""
        began = time.monotonic()
        try:
            page = super().request(method, address, body=body, headers=headers)
        except OSError:
            self._answers.append(Answer(address, 0, time.monotonic() - began, clean=False))
            raise
        clean = page.status < HTTPStatus.INTERNAL_SERVER_ERROR or (
            page.status == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in page.headers
        )
        self._answers.append(Answer(address, page.status, time.monotonic() - began, clean))
        return page


class Load:
    """Runs each of `people` in a thread of its own, one act after the other.

    Args:
        tally: counts their acts.
        people: each prepares acts of their own.
    """

    def __init__(self, tally: Tally, people: Sequence[Person]) -> None:
        self._tally = tally
        self._stopping = threading.Event()
        self._abandoned = threading.Event()
        self._done: list[list[float]] = [[] for _ in people]
        self._failures: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._run, args=(person, done), daemon=True)
            for person, done in zip(people, self._done, strict=True)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
        if error is None and self._failures:
            raise self._failures[0]

    def abandon(self) -> None:
        """Whoever still waits for an answer gives up: nobody is there any more."""
        self._abandoned.set()

    def wait_until_each_was_answered(
        self, times: int = 1, *, within: float = RECOVERY_SECONDS
    ) -> float:
        """Wait until everybody has got through with `times` acts begun from now on.

        Returns:
            Seconds until then.

        Raises:
            AssertionError: somebody has not `within` seconds.
        """
        since = time.monotonic()

        def everybody() -> bool:
            if self._failures:
                raise self._failures[0]
            counts = [sum(began > since for began in done) for done in self._done]
            assert min(counts) >= times, f"acts since then, by person: {counts}"
            return True

        eventually(everybody, within=within, every=0.1)
        return time.monotonic() - since

    def _run(self, person: Person, done: list[float]) -> None:
        try:
            while not self._stopping.is_set():
                began = time.monotonic()
                act = self._prepared(person)
                if act is None:
                    return
                self._tally.add(act)
                eventually(
                    partial(self._answered, act), within=PATIENCE_SECONDS, every=THINK_SECONDS
                )
                done.append(began)
                self._stopping.wait(THINK_SECONDS)
        except BaseException as failure:  # noqa: BLE001 - raised again where the test sees it
            self._failures.append(failure)

    def _answered(self, act: RepeatableAct) -> bool:
        return act.press() or self._abandoned.is_set()

    def _prepared(self, person: Person) -> RepeatableAct | None:
        """The next act of `person`, once the pages before it can be opened."""
        while not self._stopping.is_set():
            try:
                return person()
            except (AssertionError, LookupError, OSError):
                self._stopping.wait(THINK_SECONDS)
        return None


def unclean(answers: Sequence[Answer]) -> list[Answer]:
    """Answers that were neither an answer nor a clean 503, or came too late."""
    return [one for one in answers if not one.clean or one.seconds > ANSWER_SECONDS]
