"""The generated reference says all there is."""

from __future__ import annotations

import re

from portal_contracts.catalogue import EVENTS, METHODS
from portal_contracts.reference import render


def test_every_call_and_event_is_in_the_reference():
    text = render()
    assert all(f"`{address}`" in text for address in METHODS)
    assert all(f"`{event_type}`" in text for event_type in EVENTS)


def test_every_link_leads_to_a_heading():
    text = render()
    headings = {line.lstrip("# ").lower() for line in text.splitlines() if line.startswith("#")}
    assert set(re.findall(r"\]\(#([a-z]+)\)", text)) <= headings
