"""One service's database: short transactions, and mutations that happen once.

Nothing may yield inside a transaction: no RPC, no publishing, no SMTP, no
sleep. The RPC client refuses to be called there (`transaction_guard`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import msgspec
import psycopg
import structlog
from sqlalchemy import Connection, MetaData, bindparam, create_engine, event, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from portal_chassis.call import Call
from portal_chassis.database.pooled_connections import (
    KEEPALIVE,
    SERVERS_KEEPALIVE,
    give_up_old_plans,
    keep_statements,
    look_after,
    note_return,
)
from portal_chassis.database.prepared import given, run
from portal_chassis.database.transaction_guard import transaction_open
from portal_chassis.logging import origin
from portal_chassis.tables import chassis_tables
from portal_contracts.errors import Invalid

log = structlog.get_logger(__name__)

Transaction = Connection

CONNECT_TIMEOUT_SECONDS = 3
STATEMENT_TIMEOUT_MS = 5_000
LOCK_TIMEOUT_MS = 3_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
IDEMPOTENCY_KEPT = timedelta(days=2)
"""How long a stored reply is answered again; the housekeeping job prunes older ones."""

_AWAY_CLASSES = ("08", "53", "57P", "58")
"""SQLSTATE: no connection, no resources, shut down or starting, an error of its system."""

_AFTER_COMMIT = "portal_after_commit"
_chassis = chassis_tables(MetaData())
_once = _chassis.idempotency
_BEGIN_ONCE = (
    insert(_once)
    .values(given(_once.c.scope, _once.c.arguments_hash, _once.c.created_at))
    .on_conflict_do_nothing()
    .returning(_once.c.scope)
)
_END_ONCE = (
    update(_once)
    .where(_once.c.scope == bindparam("of", type_=_once.c.scope.type))
    .values(given(_once.c.reply))
)

R = TypeVar("R", bound=msgspec.Struct)


def require_transaction(tx: Transaction) -> None:
    """See to it that what is written through `tx` is committed, or rolled back, as one.

    Raises:
        RuntimeError: it is of `Database.autocommit` or `Database.snapshot`.
    """
    if tx.info.get(_AFTER_COMMIT, ()) is None:
        message = "Nothing is committed as one here: what writes needs `Database.transaction`."
        raise RuntimeError(message)


def after_commit(tx: Transaction, callback: Callable[[], None]) -> None:
    """Run `callback` once `tx` has committed, outside it; never when it rolls back.

    Raises:
        RuntimeError: see `require_transaction`.
    """
    require_transaction(tx)
    tx.info.setdefault(_AFTER_COMMIT, []).append(callback)


@contextmanager
def savepoint(tx: Transaction) -> Iterator[None]:
    """A part of `tx` that is taken back alone if it raises, with what it gave to `after_commit`."""
    require_transaction(tx)
    callbacks = tx.info.setdefault(_AFTER_COMMIT, [])
    before = len(callbacks)
    try:
        with tx.begin_nested():
            yield
    except BaseException:
        del callbacks[before:]
        raise


class Database:
    """Connections to one service's PostgreSQL database.

    Args:
        url: ``postgresql+psycopg://…``, the runtime role's.
        pool_size: connections kept; at least workers plus background jobs.
        application_name: shown in ``pg_stat_activity``.
    """

    def __init__(self, url: str, *, pool_size: int = 16, application_name: str = "") -> None:
        self.url = url
        options = (
            f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS} "
            f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_TIMEOUT_MS} "
            f"-c timezone=UTC {SERVERS_KEEPALIVE}"
        )
        self.engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            # The one used last again: each prepares its own statements and warms its own caches.
            pool_use_lifo=True,
            pool_timeout=CONNECT_TIMEOUT_SECONDS,
            hide_parameters=True,
            connect_args={
                "connect_timeout": CONNECT_TIMEOUT_SECONDS,
                "application_name": application_name,
                "options": options,
                **KEEPALIVE,
            },
        )
        event.listen(self.engine, "connect", keep_statements)
        event.listen(self.engine, "handle_error", give_up_old_plans)
        event.listen(self.engine, "checkin", note_return)
        event.listen(self.engine, "checkout", look_after)

    @contextmanager
    def autocommit(self) -> Iterator[Transaction]:
        """A connection for statements that stand each for itself: no BEGIN and no COMMIT.

        What they see is what they would see in a transaction, whose isolation is
        READ COMMITTED. What one of them writes stays.
        """
        with transaction_open(), self.engine.connect() as tx:
            tx.info[_AFTER_COMMIT] = None
            driver: Any = tx.connection.driver_connection
            driver.autocommit = True
            try:
                yield tx
            finally:
                if tx.in_transaction():
                    tx.rollback()
                if not tx.invalidated:
                    del tx.info[_AFTER_COMMIT]
                    driver.autocommit = False

    @contextmanager
    def snapshot(self) -> Iterator[Transaction]:
        """A transaction that only reads, and whose statements all see one state of the database.

        For a reply put together from several statements that must agree. It
        waits for nobody and fails for no concurrent change; what it would write
        is refused.
        """
        with transaction_open(), self.engine.connect() as tx:
            tx.info[_AFTER_COMMIT] = None
            driver: Any = tx.connection.driver_connection
            driver.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            driver.read_only = True
            try:
                yield tx
            finally:
                tx.rollback()
                if not tx.invalidated:
                    del tx.info[_AFTER_COMMIT]
                    driver.isolation_level = driver.read_only = None

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction: committed at the end, rolled back when the block raises.

        Callbacks given to `after_commit` run after the commit, in order. One that
        raises is logged: what was committed has happened.
        """
        callbacks: list[Callable[[], None]] = []
        with transaction_open(), self.engine.begin() as tx:
            tx.info[_AFTER_COMMIT] = callbacks
            yield tx
        for callback in callbacks:
            try:
                callback()
            except Exception as error:  # noqa: BLE001 - the caller must not take it for a rollback
                log.error("after_commit_failed", error=type(error).__name__, where=origin(error))

    def once(self, call: Call, operation: Callable[[Transaction], R]) -> R:
        """Run a mutation once per idempotency key, actor and method.

        The key is inserted first in the operation's own transaction, so of
        two calls at the same moment the second waits and is answered with the
        first's reply. A refusal is not stored and is judged anew. A call
        without a key simply runs.

        Raises:
            Invalid: ``idempotency_key_reused``: the same key came with other arguments.
            PortalError: whatever `operation` raises.
        """
        if call.idempotency_key is None:
            with self.transaction() as tx:
                return operation(tx)
        key = call.idempotency_key.encode()
        # Neither the key nor a plain hash is kept: few enough arguments (a note of one word)
        # could be guessed from that, and the sealed column beside it would be for nothing.
        scope = _keyed_hash(key, f"{call.actor.label} {call.method.address}".encode())
        arguments_hash = _keyed_hash(key, call.encoded_arguments)
        with self.transaction() as tx:
            row = {"scope": scope, "arguments_hash": arguments_hash, "created_at": call.now}
            if run(tx, _BEGIN_ONCE, row).first() is None:
                stored: R = self._stored_reply(tx, call, scope, arguments_hash)
                return stored
            reply = operation(tx)
            run(tx, _END_ONCE, {"of": scope, "reply": msgspec.json.encode(reply)})
            return reply

    @staticmethod
    def _stored_reply(tx: Transaction, call: Call, scope: str, arguments_hash: str) -> Any:
        row = tx.execute(
            select(_once.c.arguments_hash, _once.c.reply).where(_once.c.scope == scope)
        ).one()
        if row.arguments_hash != arguments_hash:
            raise Invalid("idempotency_key_reused", "This key was used with other arguments.")
        return msgspec.json.decode(row.reply, type=call.method.result)

    def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            sqlalchemy.exc.OperationalError: it does not answer.
        """
        with self.transaction() as tx:
            tx.execute(text("SELECT 1"))

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def _keyed_hash(key: bytes, content: bytes) -> str:
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def is_away(error: BaseException) -> bool:
    """Whether `error` means that the database does not answer, rather than that it refuses.

    A lost or refused connection, an exhausted pool, missing resources and a
    shutdown in progress count. A constraint, a syntax error, a deadlock and a
    statement or a lock that took too long do not: trying the same again at
    once may fail for ever.
    """
    if isinstance(error, (InterfaceError, PoolExhausted)):
        return True
    if isinstance(error, OperationalError) and not sqlstate(error):
        return True
    return isinstance(error, DBAPIError) and sqlstate(error).startswith(_AWAY_CLASSES)


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's five-letter code behind `error`, or ""."""
    return str(getattr(getattr(error, "orig", None), "sqlstate", "") or "")


def describe_error(error: BaseException) -> str:
    """What of an error may be stored and logged: its type, sqlstate and constraint.

    PostgreSQL's DETAIL shows the values of other rows, and exception texts may
    hold personal data, so neither is kept.
    """
    words = [type(error).__name__]
    if state := sqlstate(error):
        words.append(state)
    constraint = getattr(
        getattr(getattr(error, "orig", None), "diag", None), "constraint_name", None
    )
    if constraint:
        words.append(str(constraint))
    code = getattr(error, "code", None)
    if isinstance(code, str) and not state:
        words.append(code)
    return " ".join(words)
