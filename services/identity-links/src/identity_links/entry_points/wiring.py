"""What the calls and jobs of the service can reach."""

from __future__ import annotations

from typing import Any

from eventlet import tpool
from eventlet.semaphore import Semaphore

from identity_links.config import Settings
from identity_links.operations.passwords import NOBODYS_HASH, verify_password
from identity_links.operations.sign_in import Verify
from portal_chassis.process.providers import (
    ClockProvider,
    DatabaseProvider,
    JobsProvider,
    Provider,
    SealerProvider,
    SettingsProvider,
)


class PasswordsProvider(Provider[Verify]):
    """Checks passwords in threads of their own, a few at a time: argon2 takes core and memory."""

    def setup(self) -> None:
        """Read how many at a time."""
        self._free = Semaphore(self.settings_as(Settings).passwords_at_once)

    def get_dependency(self, _worker_ctx: Any) -> Verify:
        """The check; for no hash it takes as long as for one."""
        return self._verify

    def _verify(self, password_hash: str | None, password: str) -> bool:
        with self._free:
            matches: bool = tpool.execute(verify_password, password_hash or NOBODYS_HASH, password)
        return matches and password_hash is not None


class Wiring:
    """What the calls and jobs of the service can reach."""

    database = DatabaseProvider()
    settings = SettingsProvider(Settings)
    clock = ClockProvider()
    sealer = SealerProvider()
    jobs = JobsProvider()
    verify_password = PasswordsProvider()
