"""Dependency providers: the top of a service class is its wiring diagram."""

from __future__ import annotations

from typing import Any, Generic, Self, TypeVar, overload

from nameko.extensions import DependencyProvider

from portal_chassis.clock import Clock
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_chassis.process.jobs import Jobs
from portal_chassis.process.runtime import Runtime
from portal_chassis.rpc.client import RpcClient
from portal_chassis.settings import ServiceSettings

T = TypeVar("T")
ServiceSettingsT = TypeVar("ServiceSettingsT", bound=ServiceSettings)


class RuntimePart(DependencyProvider):
    """A provider that knows what the service is made of."""

    @property
    def runtime(self) -> Runtime:
        """The collaborators of this service."""
        runtime: Runtime = self.container.config["runtime"]
        return runtime

    def settings_as(self, settings_class: type[ServiceSettingsT]) -> ServiceSettingsT:
        """The service's settings.

        Raises:
            TypeError: the process was started with those of another service.
        """
        settings = self.runtime.settings
        if not isinstance(settings, settings_class):
            message = f"{type(settings).__name__} are no {settings_class.__name__}"
            raise TypeError(message)
        return settings

    def require_sealer(self) -> Sealer:
        """The service's sealer.

        Raises:
            LookupError: the service does not seal.
        """
        if self.runtime.sealer is None:
            message = f"{self.runtime.service} does not seal, so it has no sealer."
            raise LookupError(message)
        return self.runtime.sealer


class Provider(RuntimePart, Generic[T]):
    """A collaborator that the instance of every worker has under the provider's name.

    A descriptor for the types' sake: `self.database` is known to be a `Database`.
    """

    @overload
    def __get__(self, service: None, owner: type) -> Self: ...

    @overload
    def __get__(self, service: object, owner: type) -> T: ...

    def __get__(self, service: object | None, owner: type) -> Self | T:
        """The provider, asked of the class; of an instance the collaborator hides it.

        Raises:
            AttributeError: the instance is no worker's and was given none.
        """
        if service is None:
            return self
        message = f"This {owner.__name__} was given no {type(self).__name__}'s collaborator."
        raise AttributeError(message)

    def get_dependency(self, _worker_ctx: Any) -> T:
        """The collaborator."""
        raise NotImplementedError


class DatabaseProvider(Provider[Database]):
    """The service's `Database`."""

    def get_dependency(self, _worker_ctx: Any) -> Database:
        """The database."""
        return self.runtime.database

    def stop(self) -> None:
        """Close the connections."""
        self.runtime.database.dispose()


class SettingsProvider(Provider[ServiceSettingsT]):
    """The service's settings.

    Args:
        settings_class: what they are.
    """

    def __init__(self, settings_class: type[ServiceSettingsT]) -> None:
        self._settings_class = settings_class
        super().__init__()

    def get_dependency(self, _worker_ctx: Any) -> ServiceSettingsT:
        """The settings; see `settings_as`."""
        return self.settings_as(self._settings_class)


class ClockProvider(Provider[Clock]):
    """The `Clock`."""

    def get_dependency(self, _worker_ctx: Any) -> Clock:
        """The clock."""
        return self.runtime.clock


class RpcClientProvider(Provider[RpcClient]):
    """The process's `RpcClient`."""

    def get_dependency(self, _worker_ctx: Any) -> RpcClient:
        """The client."""
        return self.runtime.rpc


class SealerProvider(Provider[Sealer]):
    """The `Sealer`; a service with one has ``seals = True``."""

    def get_dependency(self, _worker_ctx: Any) -> Sealer:
        """The sealer; see `RuntimePart.require_sealer`."""
        return self.require_sealer()


class JobsProvider(Provider[Jobs]):
    """Wakes this service's jobs."""

    def get_dependency(self, _worker_ctx: Any) -> Jobs:
        """`Jobs` of this service."""
        return Jobs(self.runtime.service)
