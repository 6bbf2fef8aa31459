"""Trace Context as the W3C recommends it, and what the log lines say of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading

import pytest

from portal_chassis import tracing

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
GIVEN = f"00-{TRACE}-{SPAN}-01"


def test_a_valid_one_names_trace_span_and_whether_it_is_recorded():
    assert tracing.parse(GIVEN) == (TRACE, SPAN, "", True)
    assert tracing.parse(f"00-{TRACE}-{SPAN}-00").sampled is False
    # Bits that are not known yet are not passed on.
    assert tracing.parse(f"00-{TRACE}-{SPAN}-ff").traceparent == GIVEN


@pytest.mark.parametrize(
    "given",
    [
        "",
        "rubbish",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-1",
        f"00-{TRACE}-{SPAN}-01-more",
        f"01-{TRACE}-{SPAN}-01more",
        f" {GIVEN}",
        f"{GIVEN}\n",
        f"00-{TRACE}{SPAN}-01",
    ],
)
def test_anything_else_is_none(given):
    assert tracing.parse(given) is None


def test_a_later_version_is_read_as_this_one():
    assert tracing.parse(f"cc-{TRACE}-{SPAN}-01").trace_id == TRACE
    assert tracing.parse(f"cc-{TRACE}-{SPAN}-01-what-comes-then").traceparent == GIVEN


def test_a_new_trace_can_be_read_again_and_is_never_the_same():
    first, second = tracing.new(), tracing.new()
    assert tracing.parse(first.traceparent) == first
    assert first.trace_id != second.trace_id


def test_each_hop_is_a_span_of_its_own_in_the_same_trace():
    before = tracing.current_traceparent()
    with tracing.under(GIVEN) as here:
        assert (here.trace_id, here.parent_id) == (TRACE, SPAN)
        assert here.span_id != SPAN
        handed_on = tracing.parse(tracing.current_traceparent())
        assert (handed_on.trace_id, handed_on.span_id) == (TRACE, here.span_id)
        with tracing.under(tracing.current_traceparent()) as there:
            assert there.parent_id == here.span_id
        assert tracing.current() == here
    assert tracing.current_traceparent() == before


def test_what_is_not_recorded_stays_so():
    with tracing.under(f"00-{TRACE}-{SPAN}-00") as here:
        assert here.traceparent.endswith("-00")


def test_what_is_invalid_begins_a_trace():
    with tracing.under("00-0-0-0") as here:
        assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", here.traceparent)
        assert here.parent_id == ""


def test_another_thread_is_outside_of_it():
    found = []
    with tracing.under():
        thread = threading.Thread(target=lambda: found.append(tracing.current()))
        thread.start()
        thread.join()
    assert found == [None]


SCRIPT = f"""
import logging
import structlog
from portal_chassis import tracing
from portal_chassis.logging import configure_logging

configure_logging("toy")
structlog.get_logger().info("outside")
with tracing.under("{GIVEN}"):
    structlog.get_logger().info("ours")
    logging.getLogger("library").warning("theirs")
"""


def test_every_line_within_says_which_trace_and_span():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    outside, ours, theirs = (json.loads(line) for line in done.stderr.splitlines())
    assert "trace_id" not in outside
    for line in (ours, theirs):
        assert (line["trace_id"], line["parent_span_id"]) == (TRACE, SPAN)
        assert len(line["span_id"]) == 16
