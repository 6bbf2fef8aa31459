"""The RPC entry point: `rpc` makes a method of a service class answer a call.

The method gets what it runs in (`RunsIn`), the arguments, the call, and who was
found before it began::

    @rpc(SEND_FORM, who=about_client(Permission.FORMS_SEND))
    def send_form(
        self, tx: Transaction, command: SendForm, call: Call, client: Client
    ) -> Sent: ...
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Literal, TypeVar, cast, overload

import structlog
from msgspec import Struct
from sqlalchemy.exc import DBAPIError

from portal_chassis.call import Call
from portal_chassis.database.pooled_connections import has_old_plans
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.consumer import Expired, Rpc
from portal_chassis.rpc.runs_in import RunsIn, run
from portal_chassis.rpc.runs_in import runs_in as what_it_runs_in
from portal_contracts.calls import Method

log = structlog.get_logger(__name__)

A = TypeVar("A", bound=Struct)
R = TypeVar("R", bound=Struct)
S = TypeVar("S")
W = TypeVar("W")

Check = Callable[[Any, A, Call], object]
Opened = Literal[RunsIn.ONCE, RunsIn.AUTOCOMMIT, RunsIn.SNAPSHOT, RunsIn.TRANSACTION]


@overload
def rpc(
    method: Method[A, R], *, checks: Sequence[Check[A]] = ..., runs_in: Literal[RunsIn.NOTHING]
) -> Callable[[Callable[[S, A, Call], R]], Callable[[S, A, Call], R]]: ...


@overload
def rpc(
    method: Method[A, R], *, checks: Sequence[Check[A]] = ..., runs_in: Opened | None = ...
) -> Callable[[Callable[[S, Transaction, A, Call], R]], Callable[[S, A, Call], R]]: ...


@overload
def rpc(
    method: Method[A, R],
    *,
    who: Callable[[Any, A, Call], W],
    checks: Sequence[Check[A]] = ...,
    runs_in: Opened | None = ...,
) -> Callable[[Callable[[S, Transaction, A, Call, W], R]], Callable[[S, A, Call], R]]: ...


def rpc(
    method: Method[A, R],
    *,
    who: Callable[[Any, A, Call], W] | None = None,
    checks: Sequence[Check[A]] = (),
    runs_in: RunsIn | None = None,
) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Make a method of a service class answer `method`.

    A call that waited for a free worker until its caller had given up does not
    begin. One that a migration has come in the way of begins once more
    (`has_old_plans`). Then `who` and `checks` are asked, in this order and outside any
    transaction, because most of them ask another service: each is called with
    service, command and call, and refuses by raising.

    Args:
        method: of the contract; whether it mutates decides what it runs in.
        who: finds who acts, or whom it is about; the answer is the method's last argument.
        checks: what else must hold.
        runs_in: something else than the contract's default, see `RunsIn`.

    Raises:
        TypeError: `runs_in` does not fit the contract.
    """
    where = what_it_runs_in(method, runs_in)

    def decorate(answer: Callable[..., R]) -> Callable[..., R]:
        @wraps(answer)
        def begin(service: Any, command: A, call: Call) -> R:
            if call.expires_at < time.time():
                raise Expired
            try:
                return attempt(service, command, call)
            except DBAPIError as error:
                if not has_old_plans(error.orig):
                    raise
            # Nothing was written but what a call commits on its way, as that a try is counted or a
            # code used; and a call may come twice anyhow. The pool is a fresh one by now.
            log.info("call_planned_anew", method=method.address)
            return attempt(service, command, call)

        def attempt(service: Any, command: A, call: Call) -> R:
            found = () if who is None else (who(service, command, call),)
            for check in checks:
                check(service, command, call)
            if where is RunsIn.NOTHING:
                return answer(service, command, call, *found)
            return run(
                where, service.database, call, lambda tx: answer(service, tx, command, call, *found)
            )

        return cast("Callable[..., R]", Rpc.decorator(method)(begin))

    return decorate
