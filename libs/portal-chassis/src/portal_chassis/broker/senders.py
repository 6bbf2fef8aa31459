"""Who sent a message: the user that the broker vouches for, and what it is believed.

RabbitMQ takes a message that names a user from a connection of that user alone. Every
message of ours names one, and whoever takes it believes it only from whom it can come.
The in-memory broker has no users: there everybody is the same process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from portal_chassis.broker.connection import is_memory
from portal_chassis.settings import PlatformSettings, ServiceSettings
from portal_chassis.variables import SettingsError
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.broker_accounts import user_of
from portal_contracts.calls import GATEWAY, Method


def require_own_user(settings: PlatformSettings, process: str) -> None:
    """Refuse to start as a user by which nobody would believe this process.

    Raises:
        SettingsError: the address of the broker names another user.
    """
    if is_memory(settings.amqp_uri):
        return
    wanted = user_of(process, settings.broker_users)
    users = {unquote(urlsplit(one).username or "") for one in settings.amqp_uri.split(";")}
    if users != {wanted}:
        message = (
            f"PORTAL_AMQP_URI: its user must be {wanted}: each process has a user of its "
            "own, and PORTAL_BROKER_USERS says what they are called."
        )
        raise SettingsError(message)


@dataclass(frozen=True)
class Senders:
    """What is believed of whom.

    Attributes:
        users: what the users of the processes are called.
        unnamed: a message that names no user is believed.
    """

    users: str
    unnamed: bool

    @classmethod
    def by(cls, settings: ServiceSettings) -> Senders:
        """As `settings` say."""
        return cls(
            settings.broker_users,
            unnamed=settings.unnamed_senders or is_memory(settings.amqp_uri),
        )

    def may_publish(self, message: Any, publisher: str) -> bool:
        """Whether `message` is an event of the service `publisher`."""
        user = _user(message)
        return self.unnamed if user is None else user == user_of(publisher, self.users)

    def may_call(self, message: Any, method: Method[Any, Any], actor: Actor) -> bool:
        """Whether `message` is a call that its sender may make, in the name of `actor`."""
        user = _user(message)
        if user is None:
            return self.unnamed
        for process in method.callers:
            if user == user_of(process, self.users):
                return actor.kind is not ActorKind.SERVICE or actor.service == process != GATEWAY
        return False


def _user(message: Any) -> str | None:
    user: str | None = message.properties.get("user_id")
    return user
