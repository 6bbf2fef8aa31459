"""What an operator scrapes of a whole portal."""

from __future__ import annotations

import re
import urllib.request
from http import HTTPStatus

import pytest

from portal_contracts.catalogue import SERVICES
from tests.kit.portal.fixtures import SCRAPED

EACH_SERVICE = ("outbox_unsent", "inbox_dead", "database_up", "workers_max")

pytestmark = pytest.mark.timeout(120)


def scrape(address):
    request = urllib.request.Request(address)
    request.add_header("Authorization", f"Bearer {SCRAPED['GATEWAY_METRICS_TOKEN']}")
    with urllib.request.urlopen(request, timeout=20) as reply:
        assert reply.status == HTTPStatus.OK
        return reply.read().decode()


def test_every_process_tells_its_numbers_and_each_once(portal):
    ports = portal.facts.get("health_ports", {})
    portal.visitor().open("/console/sign-in")
    pages = [scrape(f"{portal.listens_at}/metrics")]
    pages += [scrape(f"http://127.0.0.1:{port}/metrics") for port in ports.values()]
    for page in pages:
        headings = re.findall(r"^# TYPE (\S+)", page, re.MULTILINE)
        assert len(headings) == len(set(headings))
        assert "portal_build_info" in page
        assert "portal_tzdata_info" in page
    everything = "".join(pages)
    for service in SERVICES:
        for name in EACH_SERVICE:
            assert everything.count(f'portal_{name}{{service="{service}"}} ') == 1
    assert "portal_gateway_request_seconds_bucket" in pages[0]
    assert 'portal_deliveries{state="sent"}' in everything
    assert 'portal_mail_attempts_total{outcome="accepted",reason=""}' in everything
