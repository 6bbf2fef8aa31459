"""What a supervisor asks."""

import json

import pytest

from portal_chassis import metrics

IN_USE = {"version": metrics.portal_version(), "tzdata": metrics.tzdata_version()}


def test_alive_whatever_is_down(house):
    house.services.down.add("identity_links")
    assert house.browser().open("/health/live", {}).status == 200


def test_ready_says_what_is_missing(house):
    ready = house.browser().open("/health/ready", {})
    assert (ready.status, json.loads(ready.html)) == (200, {"status": "ready", **IN_USE})
    house.services.down.add("identity_links")
    away = house.browser().open("/health/ready", {})
    assert away.status == 503
    assert json.loads(away.html) == {
        "status": "not_ready",
        "missing": "identity_links",
        **IN_USE,
    }
    assert away.headers["retry-after"]


def test_parts_that_a_page_can_be_shown_without_do_not_count(house):
    house.services.down |= {"scheduling", "forms", "notifications"}
    assert house.browser().open("/health/ready", {}).status == 200


def test_asking_whether_it_is_ready_leaves_no_trace(house):
    house.browser().open("/health/ready", {})
    assert [asked.address for asked in house.services.asked] == ["identity_links.inspect_link"]
    assert not house.services.refusals


def test_metrics_are_for_whoever_holds_the_token(build, token):
    house = build(metrics_token="scrape-me")
    browser = house.browser()
    house.services.add_link(house.anna, token)
    browser.open(f"/p/{token}")
    page = browser.open("/metrics", {"Authorization": "Bearer scrape-me"})
    assert page.status == 200
    assert 'route="/p/{token}"' in page.html
    assert token not in page.html
    for said in ("Bearer other", "Bearer ", "scrape", "", "Bearer scrape-mé"):
        assert browser.open("/metrics", {"Authorization": said} if said else {}).status == 404


@pytest.mark.parametrize("said", ["", "Bearer None", "Bearer"])
def test_without_a_token_there_are_no_metrics(house, said):
    assert house.browser().open("/metrics", {"Authorization": said}).status == 404


def test_robots_are_told_to_stay_out(house):
    browser = house.browser()
    assert browser.open("/").headers["x-robots-tag"] == "noindex, nofollow"
    assert "Disallow: /" in browser.open("/robots.txt").html
