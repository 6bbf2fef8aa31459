"""The toy's entry points."""

import os
import threading
import uuid

from pydantic_settings import SettingsConfigDict
from sqlalchemy import insert, select, update

from notifications import contract
from notifications.tables import knob, log, thing
from portal_chassis.database.transactions import after_commit
from portal_chassis.events import outbox
from portal_chassis.events import subscribe as subscriptions
from portal_chassis.events.subscribe import subscribe
from portal_chassis.ids import new_id
from portal_chassis.process.jobs import job
from portal_chassis.process.providers import (
    ClockProvider,
    DatabaseProvider,
    InboxRetry,
    JobsProvider,
    OutboxRelay,
    RpcClientProvider,
)
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.settings import ServiceSettings
from portal_contracts.calls import Done
from portal_contracts.errors import ERRORS
from portal_contracts.identity_links.events import PortalLinkShared
from portal_contracts.notifications.events import AccessRecorded

subscriptions.GIVE_UP_SECONDS = float(os.environ.get("TOY_GIVE_UP_SECONDS", "60"))


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="NOTIFICATIONS_")


class ToyService:
    name = "notifications"
    settings_class = Settings

    database = DatabaseProvider()
    clock = ClockProvider()
    jobs = JobsProvider()
    others = RpcClientProvider()
    relay = OutboxRelay()
    inbox = InboxRetry()

    @rpc(contract.ECHO)
    def echo(self, command, call):
        return contract.Said(word=command.word, address=call.address, request_id=call.request_id)

    @rpc(contract.SLOW)
    def slow(self, command, call):
        self._log(f"began {command.word}")
        threading.Event().wait(command.seconds)
        self._log(f"ended {command.word}")
        return contract.Said(word=command.word)

    @rpc(contract.ADD)
    def add(self, command, call):
        def add(tx):
            row_id = new_id()
            tx.execute(insert(thing).values(id=row_id, word=command.word))
            outbox.record(
                tx,
                AccessRecorded(act="thing.added", outcome="done", subject_id=row_id),
                practice_id=uuid.UUID(int=1),
                aggregate=("thing", row_id),
                actor=call.actor,
                request_id=call.request_id,
                now=call.now,
            )
            after_commit(tx, lambda: self.jobs.wake("count_things"))
            return contract.Added(id=row_id)

        return self.database.once(call, add)

    @rpc(contract.SECRET)
    def secret(self, command, call):
        return self.database.once(call, lambda _tx: Done())

    @rpc(contract.REFUSE)
    def refuse(self, command, call):
        raise ERRORS[command.word](
            "some_code", "A sentence.", fields={"word": "malformed"}, retry_after_seconds=7
        )

    @rpc(contract.FAIL)
    def fail(self, command, call):
        raise RuntimeError(command.word)

    @rpc(contract.UNENCODABLE)
    def unencodable(self, command, call):
        return object()

    @rpc(contract.WRONG_RESULT)
    def wrong_result(self, command, call):
        return Done()

    @rpc(contract.CALL_INSIDE)
    def call_inside(self, command, call):
        with self.database.transaction():
            return self.others.call(contract.ECHO, command, actor=call.actor)

    @rpc(contract.CALL_OUTSIDE)
    def call_outside(self, command, call):
        return self.others.call(contract.ECHO, command, actor=call.actor)

    def on_call_refused(self, call, error):
        self._log(f"refused {error.kind}")

    @subscribe(PortalLinkShared)
    def on_portal_link_shared(self, event, tx):
        tx.execute(insert(log).values(event_id=event.id, word="handled"))
        if tx.execute(select(knob.c.value).where(knob.c.name == "fail")).scalar():
            message = "Anna Example cannot be mailed"
            raise RuntimeError(message)

    @job(every_seconds=300)
    def count_things(self):
        """Runs as often at once as the knob says; fails when it stands below zero."""
        with self.database.transaction() as tx:
            tx.execute(insert(log).values(word="counted"))
            left = tx.execute(select(knob.c.value).where(knob.c.name == "runs")).scalar() or 0
            if left < 0:
                message = "Anna Example cannot be counted"
                raise RuntimeError(message)
            tx.execute(update(knob).where(knob.c.name == "runs").values(value=max(0, left - 1)))
        return int(left)

    def _log(self, word):
        with self.database.transaction() as tx:
            tx.execute(insert(log).values(word=word))
