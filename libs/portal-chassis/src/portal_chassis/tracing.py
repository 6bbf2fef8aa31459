"""Which request a piece of work belongs to: W3C Trace Context, carried into the logs.

A `traceparent` names a trace (the request, with all that it led to) and a span
(one piece of work in it). The gateway begins a trace or goes on with that of a
trusted proxy; every call and every event carries it, and whoever takes one
works under a span of its own. Nothing is recorded or exported but the ids in
the log lines: ``trace_id`` finds all lines of one request, in every process.

Source: W3C Recommendation *Trace Context*, https://www.w3.org/TR/trace-context/
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

LENGTH = 55
"""Characters of a `traceparent` of version 00."""

_FIELDS = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_NO_TRACE = "0" * 32
_NO_SPAN = "0" * 16
_OF_NO_VERSION = "ff"
_SAMPLED = 0x01


class Trace(NamedTuple):
    """A piece of work, and the trace it belongs to.

    Attributes:
        trace_id: of the request and all that it led to; 32 hexadecimal digits.
        span_id: of this piece of work; 16 hexadecimal digits.
        parent_id: the span it was asked by; empty where the trace begins.
        sampled: whether whoever began the trace records it.
    """

    trace_id: str
    span_id: str
    parent_id: str = ""
    sampled: bool = True

    @property
    def traceparent(self) -> str:
        """What is handed on to whoever works for this span."""
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}"


_current: ContextVar[Trace | None] = ContextVar("portal_trace", default=None)


def parse(traceparent: str) -> Trace | None:
    """The trace and the span that `traceparent` names; None where it is not valid.

    A version that is not known yet is read as version 00, as the standard asks:
    what may follow its four fields is ignored.
    """
    fields = _FIELDS.match(traceparent)
    if fields is None:
        return None
    version, trace_id, span_id, flags = fields.groups()
    rest = traceparent[LENGTH:]
    if version == _OF_NO_VERSION or trace_id == _NO_TRACE or span_id == _NO_SPAN:
        return None
    if rest and (version == "00" or not rest.startswith("-")):
        return None
    return Trace(trace_id, span_id, sampled=bool(int(flags, 16) & _SAMPLED))


def new() -> Trace:
    """The first span of a new trace."""
    return Trace(_random_id(16), _random_id(8))


def child(parent: Trace) -> Trace:
    """A new span of the same trace, asked by `parent`."""
    return Trace(parent.trace_id, _random_id(8), parent.span_id, parent.sampled)


def current() -> Trace | None:
    """The span this thread or greenthread works under; None outside of any."""
    return _current.get()


def current_traceparent() -> str:
    """What to hand on with a call or an event; empty outside of any trace."""
    trace = _current.get()
    return trace.traceparent if trace else ""


def begin(traceparent: str = "") -> Trace:
    """Work under a new span from here on: of the trace of `traceparent`, else of a new one."""
    parent = parse(traceparent)
    trace = child(parent) if parent else new()
    _current.set(trace)
    return trace


@contextmanager
def under(traceparent: str = "") -> Iterator[Trace]:
    """Work under a new span within the block; see `begin`."""
    former = _current.get()
    try:
        yield begin(traceparent)
    finally:
        _current.set(former)


def _random_id(octets: int) -> str:
    """Random hexadecimal digits; all zeros, which name nothing, are drawn anew."""
    while not int(drawn := os.urandom(octets).hex(), 16):
        pass
    return drawn
