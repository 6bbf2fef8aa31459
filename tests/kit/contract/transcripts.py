"""What came of the calls of a scenario, in words that mean the same on both sides."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec

from portal_contracts.errors import PortalError


@dataclass(frozen=True)
class Step:
    """One call and what came of it.

    Attributes:
        address: what was called.
        actor: by whom, as the scenario calls them.
        code: of the refusal, or None.
        outcome: the answer or the refusal, in plain values.
    """

    address: str
    actor: str
    code: str | None
    outcome: Any

    def lines(self) -> list[str]:
        """The outcome, line by line."""
        return json.dumps(self.outcome, indent=2, ensure_ascii=False).splitlines()


@dataclass
class Reader:
    """Turns answers into plain values: ids into names, instants into distances from `began`.

    An id that nobody has named is called by the order in which it appears. A
    cursor is only said to be there: it is opaque.
    """

    began: datetime
    names: dict[UUID, str] = field(default_factory=dict)

    def answer(self, answer: msgspec.Struct) -> Any:
        """A reply of a method."""
        return self._plain(answer)

    def refusal(self, error: PortalError) -> Any:
        """What the caller can see of a refusal: all but its sentence."""
        return {
            "refused": error.kind,
            "code": error.code,
            "fields": dict(sorted(error.fields.items())),
            "retry_after": error.retry_after_seconds is not None,
        }

    def _plain(self, value: Any, name: str = "") -> Any:
        if name == "next_cursor":
            return None if value is None else "a cursor"
        if isinstance(value, msgspec.Struct):
            return {key: self._plain(each, key) for key, each in _fields(value).items()}
        if isinstance(value, dict):
            read = {self._key(key): self._plain(each) for key, each in value.items()}
            return dict(sorted(read.items()))
        if isinstance(value, list | tuple):
            return [self._plain(each) for each in value]
        return self._scalar(value)

    def _scalar(self, value: Any) -> Any:
        if isinstance(value, UUID):
            return self.names.setdefault(value, f"thing {len(self.names) + 1}")
        if isinstance(value, datetime):
            return _distance(value - self.began)
        if isinstance(value, Enum):
            return value.value
        return value.isoformat() if isinstance(value, date) else value

    def _key(self, key: str) -> str:
        try:
            return str(self._plain(UUID(key)))
        except ValueError:
            return key


def _fields(value: msgspec.Struct) -> dict[str, Any]:
    return msgspec.structs.asdict(value)


def _distance(apart: timedelta) -> str:
    """`apart` to the minute: what happens in a scenario takes seconds."""
    minutes = round(apart.total_seconds() / 60)
    return "now" if minutes == 0 else f"now {'+' if minutes > 0 else '-'} {_spelled(abs(minutes))}"


def _spelled(minutes: int) -> str:
    days, rest = divmod(minutes, 24 * 60)
    return f"{days} d {rest // 60:02}:{rest % 60:02}"


def differences(scenario: str, fakes: list[Step], services: list[Step]) -> str:
    """Which call of a scenario came out differently, and how; empty where all are the same."""
    told: list[str] = []
    for number, (fake, real) in enumerate(zip(fakes, services, strict=False), start=1):
        if fake == real:
            continue
        told.append(f"{scenario}, call {number}: {real.address} by {real.actor}")
        told += difflib.unified_diff(
            fake.lines(), real.lines(), "the fake", "the service", n=4, lineterm=""
        )
    if len(fakes) != len(services):
        told.append(f"{scenario}: {len(fakes)} calls of the fakes, {len(services)} of the services")
    return "\n".join(told)
