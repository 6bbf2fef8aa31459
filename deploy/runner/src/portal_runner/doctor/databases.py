"""Each service's database: is it up to date, who may do what there, does anything wait."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import MetaData, Row, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from portal_chassis.clock import Clock
from portal_chassis.database import revisions
from portal_chassis.database.master_key import (
    Standing,
    count_foreign_keys,
    count_former_keys,
    standing,
)
from portal_chassis.database.room import FullError, Room, is_full, read_room
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database, Transaction, describe_error
from portal_chassis.process.housekeeping import count_backlog
from portal_chassis.tables import chassis_tables
from portal_contracts.catalogue import SERVICES
from portal_runner.doctor.busy_calendars import check_busy_calendars
from portal_runner.doctor.configuration import Configuration, sealer_of
from portal_runner.doctor.finding import Finding, note, ok, trouble
from portal_runner.doctor.mail_servers import check_own_mail_servers, read_own_mail_servers
from portal_runner.doctor.mails import check_mails
from portal_runner.doctor.target import Target

UNSENT_SECONDS = 30
SKEW_SECONDS = 2
OLDEST_POSTGRES = 14
FULL_SHARE = 0.8

_chassis = chassis_tables(MetaData())
_ROLE = text(
    "SELECT current_user AS name, rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls"
    " AS mighty, has_schema_privilege(current_user, 'public', 'CREATE') AS may_create,"
    " (SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user)"
    " AS owns FROM pg_roles WHERE rolname = current_user"
)
_SERVER = text(
    "SELECT current_setting('server_version_num')::int / 10000 AS major,"
    " current_setting('server_version') AS version, clock_timestamp() AS now,"
    " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND state LIKE 'idle in transaction%' AND state_change < now() - interval '10 seconds')"
    " AS idle"
)
_EXTENSIONS = text("SELECT extname, extversion FROM pg_extension")
NEEDED_EXTENSIONS = {"scheduling": ("btree_gist",)}


def database_url(name: str, target: Target, configuration: Configuration) -> str:
    """Where a service's database is; empty where nothing says so."""
    settings = configuration.services.get(name)
    return target.database_urls.get(name) or (settings.database_url if settings else "")


def check_databases(target: Target, configuration: Configuration) -> Iterator[Finding]:
    """Every database, one after the other."""
    for name in SERVICES:
        url = database_url(name, target, configuration)
        if not url:
            continue
        database = Database(url, pool_size=1, application_name="doctor")
        try:
            yield from _check_database(target, name, database, configuration)
        except SQLAlchemyError as error:
            yield trouble(
                f"database of {name}",
                f"It does not answer ({describe_error(error)}).",
                str(FullError())
                if is_full(error, url)
                else f"Start PostgreSQL, and check {name.upper()}_DATABASE_URL.",
            )
        finally:
            database.dispose()


def _check_database(
    target: Target,
    name: str,
    database: Database,
    configuration: Configuration,
) -> Iterator[Finding]:
    revision = revisions.current(database.url)
    newest = revisions.head(f"{name}.migrations")
    if revision != newest:
        yield trouble(
            f"database of {name}",
            f"It is at revision {revision or 'none'}; {newest} is the newest.",
            f"Run: {target.admin(name, 'migrate')}",
        )
        return
    own = None
    with database.transaction() as tx:
        yield from _check_server(name, tx, revision)
        yield _check_role(name, tx)
        if (sealer := sealer_of(target, configuration)) is not None:
            yield from _check_master_key(name, tx, sealer)
        yield from _check_backlog(target, name, tx)
        if name == "scheduling":
            yield from check_busy_calendars(tx, Clock().now())
        if name == "notifications":
            yield from check_mails(target, tx)
            own = read_own_mail_servers(tx)
    if own is not None:
        # After the transaction: a mail server may take its time.
        yield from check_own_mail_servers(own, configuration.notifications)


def _check_server(name: str, tx: Transaction, revision: str | None) -> Iterator[Finding]:
    subject = f"database of {name}"
    before = Clock().now()
    server = tx.execute(_SERVER).one()
    extensions = {row.extname: row.extversion for row in tx.execute(_EXTENSIONS)}
    skew = (server.now - before).total_seconds()
    yield from _check_room(name, server, read_room(tx))
    missing = [one for one in NEEDED_EXTENSIONS.get(name, ()) if one not in extensions]
    if missing:
        yield trouble(
            subject,
            f"The extension {', '.join(missing)} is missing.",
            f"As a superuser: CREATE EXTENSION {missing[0]}; it comes with PostgreSQL's contrib.",
        )
    if abs(skew) > SKEW_SECONDS:
        yield trouble(
            f"clock of {name}'s database",
            f"It differs from the clock here by {skew:.0f} seconds.",
            "Let both machines follow a time server.",
        )
    if server.idle:
        yield trouble(
            subject,
            f"{server.idle} session(s) hold a transaction open and do nothing.",
            "Find out who with pg_stat_activity; restart that process.",
        )
    more = ", ".join(
        f"{one} {extensions[one]}" for one in NEEDED_EXTENSIONS.get(name, ()) if one in extensions
    )
    yield ok(
        subject,
        f"revision {revision}, PostgreSQL {server.version}" + (f", {more}" if more else ""),
    )


def _check_room(name: str, server: Row[Any], room: Room) -> Iterator[Finding]:
    """Whether the server is one that can serve, and lets everybody in."""
    subject = f"database of {name}"
    if server.major < OLDEST_POSTGRES:
        yield trouble(
            subject,
            f"PostgreSQL {server.version} is too old.",
            f"Use PostgreSQL {OLDEST_POSTGRES} or newer.",
        )
    advice = f"Raise max_connections, or lower {name.upper()}_POOL_SIZE or the number of replicas."
    if not room.is_enough:
        yield trouble(
            subject,
            f"{room.processes} processes may come to {room.promised} connections; "
            f"the server takes {room.most}.",
            advice,
        )
    elif room.open > room.most * FULL_SHARE:
        yield trouble(
            subject, f"{room.open} of the server's {room.most} connections are open.", advice
        )


def _check_role(name: str, tx: Transaction) -> Finding:
    """Whether the service's own role can change rows and nothing else."""
    subject = f"role of {name}"
    role = tx.execute(_ROLE).one()
    advice = (
        f"Let {name.upper()}_DATABASE_URL name a role without these rights, and "
        f"{name.upper()}_OWNER_DATABASE_URL the owner; then run the migrations again."
    )
    if role.mighty:
        return trouble(subject, f"{role.name} may do anything with the server.", advice)
    if role.may_create or role.owns:
        return trouble(subject, f"{role.name} may change the schema.", advice)
    return ok(subject, f"{role.name} may change rows alone")


def _check_master_key(name: str, tx: Transaction, sealer: Sealer) -> Iterator[Finding]:
    """Whether the data were sealed with the key that is there."""
    subject = f"master key of {name}"
    found = standing(tx, sealer)
    if found is Standing.WRONG:
        yield trouble(
            subject,
            "It is not the key that these data were sealed with; no process starts with it.",
            "Name the right one in PORTAL_MASTER_KEY_FILE; if the key was replaced, the former "
            "one in PORTAL_FORMER_MASTER_KEYS_FILE.",
        )
        return
    foreign = count_foreign_keys(tx, sealer)
    if foreign:
        yield trouble(
            subject,
            f"The texts of {foreign} client(s) were sealed with another key, which is not there.",
            "Name that key in PORTAL_FORMER_MASTER_KEYS_FILE.",
        )
        return
    former = count_former_keys(tx, sealer)
    if former:
        yield note(
            subject,
            f"{former} data key(s) are still wrapped by a former master key.",
            "The running service wraps them anew at its start, and each hour. "
            "Let PORTAL_FORMER_MASTER_KEYS_FILE name the former key until then.",
        )
    elif len(sealer.key_ids) > 1:
        yield ok(subject, "the right one; the former ones open nothing here any more")
    else:
        yield ok(subject, "the right one" if found is Standing.RIGHT else "it fits")


def _check_backlog(target: Target, name: str, tx: Transaction) -> Iterator[Finding]:
    backlog = count_backlog(tx, Clock().now())
    if backlog.oldest_seconds > UNSENT_SECONDS:
        yield trouble(
            f"outbox of {name}",
            f"{backlog.unsent} event(s) wait, the oldest for {backlog.oldest_seconds:.0f} seconds.",
            "See that the service runs and the broker answers; "
            f"`{target.admin(name, 'outbox', 'list')}` shows what holds each one.",
        )
    else:
        yield ok(f"outbox of {name}", f"{backlog.unsent} unsent")
    if backlog.waiting:
        yield trouble(
            f"inbox of {name}",
            f"{backlog.waiting} event(s) failed and are tried again: {_errors(tx)}.",
            f"Look for handler_failed in the log of {name}; what mends itself is taken then.",
        )
    if backlog.dead:
        yield trouble(
            f"dead letters of {name}",
            f"{backlog.dead} event(s) failed for the last time.",
            f"Look with `{target.admin(name, 'dead-letters', 'list')}`, mend the cause, then "
            f"`{target.admin(name, 'dead-letters', 'retry', 'all', '--apply')}`.",
        )
    else:
        yield ok(f"dead letters of {name}", "none")


def _errors(tx: Transaction) -> str:
    """By which handlers, and with which errors."""
    inbox = _chassis.inbox
    query = (
        select(inbox.c.consumer, inbox.c.last_error, func.count().label("events"))
        .where(inbox.c.handled_at.is_(None), ~inbox.c.dead)
        .group_by(inbox.c.consumer, inbox.c.last_error)
        .order_by(inbox.c.consumer)
        .limit(5)
    )
    return "; ".join(f"{row.consumer} {row.events} × {row.last_error}" for row in tx.execute(query))
