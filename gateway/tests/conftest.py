"""The gateway in front of services in memory, and people with browsers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from gateway.app import create_app
from gateway.config import GatewaySettings
from gateway.web.cookies import Cookie
from gateway.web.tokens import new_secret
from portal_chassis.clock import FixedClock
from portal_contracts.actor import Role
from tests.kit.gateway.browser import Browser
from tests.kit.gateway.fake_services import FakeServices
from tests.kit.gateway.state import FakeClient, FakePractice, FakePractitioner

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

    def __post_init__(self):
        self.app = create_app(self.services, self.settings, self.services.clock)

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
    """Makes a house; keyword arguments are settings of the gateway."""

    def make(**settings) -> House:
        services = FakeServices(clock)
        practice = services.add_practice()
        return House(
            services,
            GatewaySettings(**({"public_url": ORIGIN} | settings)),
            practice,
            services.add_practitioner(practice),
            services.add_client(practice, "Anna Adler", date_of_birth=date(1985, 3, 27)),
            services.add_client(practice, "Ben Brandt"),
        )

    return make


@pytest.fixture
def house(build) -> House:
    return build()


@pytest.fixture
def token() -> str:
    return TOKEN
