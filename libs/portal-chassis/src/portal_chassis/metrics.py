"""Metrics in Prometheus' terms: those that every process keeps, and how to declare more.

Counters and histograms are kept as things happen. What can be looked up when
somebody asks (`scraped_gauge`: backlogs, pools, workers) is looked up then, by
`sources`, and costs nothing in between. Labels are names from the code:
methods, routes, states, reasons; never an id, an address or a name of a person.
"""

from __future__ import annotations

import importlib.metadata
import zoneinfo
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
import tzdata
from prometheus_client import (
    REGISTRY,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry

from portal_chassis.logging import origin

log = structlog.get_logger(__name__)

# When each of them was first counted: nobody asks for it, and it doubles what is scraped.
disable_created_metrics()  # type: ignore[no-untyped-call]

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Seconds: from a call within one machine to the longest that anybody waits."""


@dataclass(frozen=True)
class Declared:
    """A metric, for the reference and for `sources`.

    Attributes:
        name: as it is scraped, without the suffixes of a histogram.
        kind: ``counter``, ``gauge`` or ``histogram``.
        documentation: one sentence.
        labels: their names.
    """

    name: str
    kind: str
    documentation: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """What a source has looked up: a gauge, its labels' values, its value."""

    gauge: Declared
    labels: tuple[str, ...]
    value: float


Source = Callable[[], Iterable[Measured]]

DECLARED: dict[str, Declared] = {}
_scraped: dict[str, Declared] = {}
_sources: list[Source] = []


def counter(name: str, documentation: str, labels: Sequence[str] = ()) -> Counter:
    """Declare something that is counted; `name` ends in ``_total``."""
    _declare(name, "counter", documentation, labels)
    return Counter(name, documentation, labels)


def histogram(name: str, documentation: str, labels: Sequence[str] = ()) -> Histogram:
    """Declare something that is timed, in seconds."""
    _declare(name, "histogram", documentation, labels)
    return Histogram(name, documentation, labels, buckets=BUCKETS)


def gauge(name: str, documentation: str, labels: Sequence[str] = ()) -> Gauge:
    """Declare a value that is set as things happen; of several processes the latest one counts."""
    _declare(name, "gauge", documentation, labels)
    return Gauge(name, documentation, labels, multiprocess_mode="mostrecent")


def scraped_gauge(name: str, documentation: str, labels: Sequence[str] = ()) -> Declared:
    """Declare a value that a source looks up when it is asked for."""
    declared = _declare(name, "gauge", documentation, labels)
    _scraped[name] = declared
    return declared


def _declare(name: str, kind: str, documentation: str, labels: Sequence[str]) -> Declared:
    DECLARED[name] = Declared(name, kind, documentation, tuple(labels))
    return DECLARED[name]


def add_source(source: Source) -> None:
    """Let `source` be asked with each scrape; one that fails leaves out its own gauges alone."""
    _sources.append(source)


def remove_source(source: Source) -> None:
    """Ask `source` no more; harmless to repeat."""
    if source in _sources:
        _sources.remove(source)


class Scraped(Collector):
    """Asks the sources of this process."""

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing: what is registered need not be asked for it."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every gauge that a source has a value of."""
        families: dict[str, GaugeMetricFamily] = {}
        for measured in _measure():
            told = measured.gauge
            family = families.get(told.name)
            if family is None:
                family = GaugeMetricFamily(told.name, told.documentation, labels=told.labels)
                families[told.name] = family
            family.add_metric(measured.labels, measured.value)
        yield from families.values()


def _measure() -> Iterator[Measured]:
    for source in [_versions, *_sources]:
        try:
            yield from list(source())
        except Exception as error:  # noqa: BLE001 - the others' numbers are asked for as well
            log.warning("measuring_failed", error=type(error).__name__, where=origin(error, 2))


def exposition(registry: CollectorRegistry = REGISTRY) -> bytes:
    """All metrics of this process in Prometheus' text format."""
    return generate_latest(registry)


def tzdata_version() -> str:
    """The time-zone data in use, by IANA's name and that of the package: ``2026f (tzdata 2026.6)``.

    A folder of the machine's is named where one is asked before the package.
    """
    machines = [folder for folder in zoneinfo.TZPATH if Path(folder, "tzdata.zi").exists()]
    if machines:
        return f"of the machine, {machines[0]}"
    return f"{tzdata.IANA_VERSION} (tzdata {importlib.metadata.version('tzdata')})"


def portal_version() -> str:
    """The version of the portal."""
    return importlib.metadata.version("portal-chassis")


RPC_CALLS = histogram(
    "portal_rpc_call_seconds", "Calls made, as their caller saw them.", ["method", "outcome"]
)
RPC_HANDLED = histogram(
    "portal_rpc_handled_seconds", "Calls answered by this process.", ["method", "outcome"]
)
EVENTS_HANDLED = counter(
    "portal_events_handled_total",
    "Events taken from a queue or tried again.",
    ["consumer", "outcome"],
)
OUTBOX_PUBLISHED = counter(
    "portal_outbox_published_total",
    "Events that the outbox sent or failed to send.",
    ["service", "outcome"],
)
JOBS_RUN = counter("portal_jobs_run_total", "Runs of a background job.", ["job", "outcome"])
JOBS_LAST_SUCCESS = gauge(
    "portal_job_last_success_timestamp_seconds",
    "Unix time at which a background job last ended well.",
    ["job"],
)
LEASES_TAKEN_OVER = counter(
    "portal_leases_taken_over_total",
    "Rows whose lease had ended before the work on them did: their worker died or was too slow.",
    ["table"],
)

DATABASE_UP = scraped_gauge(
    "portal_database_up", "Whether the service's database answered this scrape.", ["service"]
)
OUTBOX_UNSENT = scraped_gauge(
    "portal_outbox_unsent", "Events that wait in the outbox.", ["service"]
)
OUTBOX_OLDEST = scraped_gauge(
    "portal_outbox_oldest_seconds",
    "Age of the oldest event that waits; 0 without one.",
    ["service"],
)
INBOX_WAITING = scraped_gauge(
    "portal_inbox_waiting", "Events that failed and are tried again.", ["service"]
)
INBOX_DEAD = scraped_gauge(
    "portal_inbox_dead", "Events that failed for the last time.", ["service"]
)
POOL_IN_USE = scraped_gauge(
    "portal_database_pool_in_use", "Connections to the database at work.", ["service"]
)
POOL_SIZE = scraped_gauge(
    "portal_database_pool_size", "Connections to the database there may be.", ["service"]
)
WORKERS_IN_USE = scraped_gauge(
    "portal_workers_in_use", "Calls, events and jobs under way.", ["service"]
)
WORKERS_MAX = scraped_gauge("portal_workers_max", "How many there may be.", ["service"])
BUILD = scraped_gauge(
    "portal_build_info", "The portal's version, as a label; always 1.", ["version"]
)
TZDATA = scraped_gauge(
    "portal_tzdata_info", "The version of the time-zone data, as a label; always 1.", ["version"]
)


def _versions() -> Iterator[Measured]:
    yield Measured(BUILD, (portal_version(),), 1)
    yield Measured(TZDATA, (tzdata_version(),), 1)


REGISTRY.register(Scraped())
