"""The toy's entry points."""

import os
import threading
import uuid

from nameko.extensions import DependencyProvider
from sqlalchemy import insert, select, update

from notifications import contract
from notifications.tables import knob, log, thing
from portal_chassis.database.transactions import after_commit
from portal_chassis.events import outbox
from portal_chassis.events import subscribe as subscriptions
from portal_chassis.events.subscribe import subscribe
from portal_chassis.ids import new_id
from portal_chassis.process.jobs import job
from portal_chassis.process.loops import InboxRetry, OutboxRelay
from portal_chassis.process.providers import (
    ClockProvider,
    DatabaseProvider,
    JobsProvider,
    RpcClientProvider,
)
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_chassis.settings import ServiceSettings
from portal_contracts.calls import Done
from portal_contracts.errors import ERRORS
from portal_contracts.identity_links.events import PortalLinkShared
from portal_contracts.notifications.events import AccessRecorded

subscriptions.GIVE_UP_SECONDS = float(os.environ.get("TOY_GIVE_UP_SECONDS", "60"))


class Settings(ServiceSettings, prefix="NOTIFICATIONS_"):
    """Read from ``NOTIFICATIONS_*``."""


class Foreign(DependencyProvider):
    """A provider as others write them for nameko: it counts on the hooks around a worker."""

    def setup(self):
        self.seen = {}
        self.finished = []

    def get_dependency(self, worker_ctx):
        self.seen[worker_ctx] = ["made"]
        return self.finished

    def worker_setup(self, worker_ctx):
        self.seen[worker_ctx].append("set up")

    def worker_result(self, worker_ctx, result=None, exc_info=None):
        self.seen[worker_ctx].append("failed" if exc_info else "done")

    def worker_teardown(self, worker_ctx):
        steps = ", ".join(self.seen.pop(worker_ctx))
        self.finished.append(f"{worker_ctx.entrypoint.method_name}: {steps}")


class ToyService:
    name = "notifications"
    settings_class = Settings

    database = DatabaseProvider()
    clock = ClockProvider()
    jobs = JobsProvider()
    others = RpcClientProvider()
    foreign = Foreign()
    relay = OutboxRelay()
    inbox = InboxRetry()

    @rpc(contract.ECHO, runs_in=RunsIn.NOTHING)
    def echo(self, command, call):
        return contract.Said(word=command.word, address=call.address, request_id=call.request_id)

    @rpc(contract.SLOW, runs_in=RunsIn.NOTHING)
    def slow(self, command, call):
        self._log(f"began {command.word}")
        threading.Event().wait(command.seconds)
        self._log(f"ended {command.word}")
        return contract.Said(word=command.word)

    @rpc(contract.ADD)
    def add(self, tx, command, call):
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

    @rpc(contract.SECRET, runs_in=RunsIn.TRANSACTION)
    def secret(self, _tx, command, call):
        return Done()

    @rpc(contract.REFUSE, runs_in=RunsIn.NOTHING)
    def refuse(self, command, call):
        raise ERRORS[command.word](
            "some_code", "A sentence.", fields={"word": "malformed"}, retry_after_seconds=7
        )

    @rpc(contract.FAIL, runs_in=RunsIn.NOTHING)
    def fail(self, command, call):
        raise RuntimeError(command.word)

    @rpc(contract.UNENCODABLE, runs_in=RunsIn.NOTHING)
    def unencodable(self, command, call):
        return object()

    @rpc(contract.WRONG_RESULT, runs_in=RunsIn.NOTHING)
    def wrong_result(self, command, call):
        return Done()

    @rpc(contract.CALL_INSIDE, runs_in=RunsIn.TRANSACTION)
    def call_inside(self, _tx, command, call):
        return self.others.call(contract.MISSING, command, actor=call.actor)

    @rpc(contract.CALL_OUTSIDE, runs_in=RunsIn.NOTHING)
    def call_outside(self, command, call):
        return self.others.call(contract.MISSING, command, actor=call.actor)

    @rpc(contract.WORKERS, runs_in=RunsIn.NOTHING)
    def workers(self, command, call):
        return contract.Workers(finished=list(self.foreign))

    @staticmethod
    def on_call_refused(tx, _call, error):
        tx.execute(insert(log).values(word=f"refused {error.kind}"))

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
