"""The gateway in front of services in memory, and people with browsers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from gateway.app import create_app
from gateway.config import GatewaySettings
from gateway.web import limits
from gateway.web.cookies import Cookie
from gateway.web.tokens import new_secret
from portal_chassis.clock import FixedClock
from portal_chassis.variables import load_settings
from portal_contracts.actor import Role
from tests.kit.gateway.browser import Browser
from tests.kit.gateway.fake_services import FakeServices
from tests.kit.gateway.state import FakeClient, FakePractice, FakePractitioner
from tests.kit.gateway.usual_app import UsualApp

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
ORIGIN = "http://localhost:8000"
TOKEN = "lk_" + "A" * 43


@dataclass
class House:
    """A gateway, the services behind it, and who lives there."""

    services: FakeServices
    settings: GatewaySettings
    practice: FakePractice
    doctor: FakePractitioner
    anna: FakeClient
    ben: FakeClient
    app: Any

    def browser(self):
        return Browser(self.app, self.settings.public_url)

    def name(self, cookie):
        return f"__Host-{cookie}" if self.settings.https else str(cookie)

    def as_client(self, client):
        browser, secret = self.browser(), new_secret()
        self.services.add_device(client, secret)
        browser.cookies[self.name(Cookie.CLIENT_DEVICE)] = secret
        return browser

    def as_practitioner(self, person):
        browser, secret = self.browser(), new_secret()
        self.services.add_device(person, secret)
        browser.cookies[self.name(Cookie.CONSOLE_DEVICE)] = secret
        return browser

    def assistant(self):
        return self.services.add_practitioner(
            self.practice, Role.ASSISTANT, "desk@practice.example"
        )


@pytest.fixture
def clock():
    return FixedClock(NOW)


@pytest.fixture
def build(clock) -> Callable[..., House]:
    """Makes a house with a gateway of its own; keyword arguments are the gateway's settings."""

    def make(**settings) -> House:
        services = FakeServices(clock)
        own = load_settings(GatewaySettings, **({"public_url": ORIGIN} | settings))
        return house_of(services, own, create_app(services, own, clock))

    return make


@pytest.fixture(scope="session")
def usual_app() -> UsualApp:
    return UsualApp(GatewaySettings(public_url=ORIGIN))


@pytest.fixture
def house(usual_app, clock) -> House:
    """A house with the usual settings. Who changes its app itself takes `build`."""
    services = FakeServices(clock)
    return house_of(services, usual_app.settings, usual_app.before(services, clock))


def house_of(services, settings, app) -> House:
    practice = services.add_practice()
    return House(
        services,
        settings,
        practice,
        services.add_practitioner(practice),
        services.add_client(practice, "Anna Adler", date_of_birth=date(1985, 3, 27)),
        services.add_client(practice, "Ben Brandt"),
        app,
    )


class StandingTime:
    """Stands where `time` did; seconds pass when a test says so."""

    def __init__(self):
        self.seconds = 1000.0

    def monotonic(self):
        return self.seconds


@pytest.fixture
def time_of_limits(monkeypatch) -> StandingTime:
    """What the limits of pages take for the time, however long a test takes."""
    time = StandingTime()
    monkeypatch.setattr(limits, "time", time)
    return time


@pytest.fixture
def token() -> str:
    return TOKEN
