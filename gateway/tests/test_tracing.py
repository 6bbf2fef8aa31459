"""Which trace a request belongs to."""

from __future__ import annotations

import pytest

from portal_chassis import tracing

TRACE = "0af7651916cd43dd8448eb211c80319c"
GIVEN = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def trace_of(build):
    """``trace_of(1, header)``: the span of a request, by how many proxies are trusted."""

    def ask(trusted_proxies, traceparent):
        headers = {"traceparent": traceparent} if traceparent else {}
        with tracing.under():
            build(trusted_proxies=trusted_proxies).browser().open("/health/live", headers)
            return tracing.current()

    return ask


def test_the_trace_of_a_trusted_proxy_goes_on(trace_of):
    span = trace_of(1, GIVEN)
    assert (span.trace_id, span.parent_id) == (TRACE, "b7ad6b7169203331")


@pytest.mark.parametrize(
    ("trusted_proxies", "traceparent"), [(0, GIVEN), (1, "rubbish"), (1, "")], ids=str
)
def test_otherwise_each_request_begins_one(trace_of, trusted_proxies, traceparent):
    span = trace_of(trusted_proxies, traceparent)
    assert span.trace_id not in (TRACE, trace_of(trusted_proxies, traceparent).trace_id)
    assert span.parent_id == ""
