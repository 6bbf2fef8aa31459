"""Metrics that every process keeps, in Prometheus' terms."""

from __future__ import annotations

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, generate_latest

RPC_CALLS = Histogram(
    "portal_rpc_call_seconds", "Calls made, as their caller saw them.", ["method", "outcome"]
)
RPC_HANDLED = Histogram(
    "portal_rpc_handled_seconds", "Calls answered by this process.", ["method", "outcome"]
)
EVENTS_HANDLED = Counter(
    "portal_events_handled_total", "Events taken from a queue.", ["consumer", "outcome"]
)
OUTBOX_PUBLISHED = Counter(
    "portal_outbox_published_total", "Outbox rows published.", ["service", "outcome"]
)
OUTBOX_UNSENT = Gauge("portal_outbox_unsent", "Outbox rows that wait.", ["service"])
INBOX_DEAD = Gauge("portal_inbox_dead", "Events that failed for the last time.", ["service"])
JOBS_RUN = Counter("portal_jobs_run_total", "Runs of a background job.", ["job", "outcome"])


def exposition() -> bytes:
    """All metrics of this process in Prometheus' text format."""
    return generate_latest(REGISTRY)
