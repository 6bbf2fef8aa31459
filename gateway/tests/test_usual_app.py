"""The app that tests share is for each of them as if it had been made for it."""

from gateway.web.allowance import Allowance
from gateway.web.limits import PageLimits
from portal_chassis.clock import FixedClock
from tests.kit.gateway.fake_services import FakeServices
from tests.kit.gateway.usual_app import allowances


def kept(app):
    """All that the parts before the pages keep, but what they were made with."""
    return [
        (type(part).__name__, name, len(value))
        for part in app._unprepared_middleware
        for name, value in vars(part).items()
        if hasattr(value, "__len__")
    ]


def test_it_forgets_who_asked_before(house, usual_app, clock):
    fresh = kept(house.app)
    for path in ("/", "/console", "/p/" + "A" * 43, "/static/x/y", "/nowhere", "/api/v1/clients"):
        house.as_client(house.anna).open(path)
        house.as_practitioner(house.doctor).open(path)
    assert kept(house.app) != fresh
    assert kept(usual_app.before(house.services, clock)) == fresh


def test_it_asks_the_services_and_the_clock_of_the_present_test(house, usual_app):
    later = FixedClock(house.services.clock.now().replace(year=2031))
    others = FakeServices(later)
    usual_app.before(others, later)
    house.browser().open("/health/ready")
    house.as_client(house.anna).open("/")
    assert house.services.asked == []
    assert others.asked


def test_nothing_else_of_it_counts(house):
    limits = [part for part in house.app._unprepared_middleware if isinstance(part, PageLimits)]
    assert [type(one) for one in allowances(house.app)] == [Allowance] * 3
    assert len(limits) == 1
