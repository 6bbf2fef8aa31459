"""The service; ``python -m portal_chassis.launch bench.echo_service`` starts it."""

from __future__ import annotations

from bench.echo_service import ECHO, NAME, Word
from portal_chassis.call import Call
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_chassis.settings import ServiceSettings


class Settings(ServiceSettings, prefix="BENCH_ECHO_"):
    """Its database is one of the portal's, which it asks nothing."""


class EchoService:
    """Answers what it is told."""

    name = NAME
    settings_class = Settings
    housekeeping = None

    @rpc(ECHO, runs_in=RunsIn.NOTHING)
    def echo(self, command: Word, _call: Call) -> Word:
        """The same again."""
        return command
