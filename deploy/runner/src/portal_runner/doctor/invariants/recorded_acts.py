"""I2: every acknowledged booking, move and cancel is in the database; every refused one is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from portal_contracts.scheduling.rpc.booking import Booked, Cancelled, Held, Moved
from portal_runner.doctor.invariants.bookings import Bookings, read_bookings
from portal_runner.doctor.invariants.context import Context
from portal_runner.doctor.invariants.journal import Act, Entry, Outcome, RecordedAct
from portal_runner.doctor.invariants.verdict import Verdict

CANCELLED = "cancelled"
BOOKED_STATES = ("confirmed", CANCELLED)
CALLED_OFF = (CANCELLED, "declined")
"""What an appointment that was ever confirmed may be."""


def check(context: Context) -> Verdict:
    """Compare rows, events, stored replies and, where a test kept one, its journal."""
    verdict = Verdict("I2", "what was acknowledged happened, what was refused did not")
    with context.look_into("scheduling") as tx:
        bookings = read_bookings(tx, now=context.now)
    verdict.counted = {
        "appointments and holds": len(bookings.rows),
        "told by events": sum(bookings.tells_all(one) for one in bookings.rows),
        "stored replies": len(bookings.replies),
    }
    if bookings.without_reply:
        verdict.wrong.append(
            f"{bookings.without_reply} idempotency key(s) are kept without a reply"
        )
    verdict.wrong += [
        sentence for reply in bookings.replies for sentence in _of_reply(reply, bookings)
    ]
    verdict.wrong += list(_of_events(bookings))
    if context.journal is None:
        verdict.left_out.append("no journal of a test was given")
    else:
        _compare(context.journal, bookings, verdict)
    return verdict


def _of_reply(reply: msgspec.Struct, bookings: Bookings) -> Iterator[str]:
    """What is missing of the thing that a stored reply has promised."""
    match reply:
        case Held(hold_id=hold_id):
            if hold_id not in bookings.rows:
                yield f"hold {hold_id} was answered and is not there"
        case Booked(appointment_id=one):
            if not bookings.stands(reply):
                yield f"booking {one} was answered and is not there"
        case Moved(appointment_id=one, starts_at=starts_at):
            if not bookings.was_put_at(one, starts_at):
                yield f"move of {one} to {starts_at:%Y-%m-%d %H:%M} UTC was answered and never was"
        case Cancelled(appointment_id=one, late=late):
            row = bookings.rows.get(one)
            if row is None or row.status not in CALLED_OFF or row.cancelled_late != late:
                yield f"cancelling of {one} was answered and it is not so"


def _of_events(bookings: Bookings) -> Iterator[str]:
    """Appointments whose published events do not tell what became of them."""
    for one, row in bookings.rows.items():
        if row.booked_at is not None and row.status not in BOOKED_STATES:
            yield f"appointment {one} was booked and is {row.status}"
        if not bookings.tells_all(one):
            continue
        history = bookings.history(one)
        if len(history.booked) != 1:
            yield f"appointment {one} was published as booked {len(history.booked)} times"
        if history.changes != row.ics_sequence:
            yield (
                f"appointment {one} was changed {row.ics_sequence} times and that was "
                f"published {history.changes} times"
            )
        if history.cancelled != int(row.status == CANCELLED):
            yield (
                f"appointment {one} is {row.status} and was published as cancelled "
                f"{history.cancelled} times"
            )
        if history.booked and row.starts_at != history.told_last:
            yield (
                f"appointment {one} is at {row.starts_at:%Y-%m-%d %H:%M} UTC and that was not "
                "published"
            )
    for one in bookings.histories.keys() - bookings.rows.keys():
        yield f"appointment {one} was published and is not there"


def _compare(journal: list[RecordedAct], bookings: Bookings, verdict: Verdict) -> None:
    """What the journal says against what there is; counts what tests report."""
    acts = [act for act in journal if act.entry.act is not Act.SAVE]
    entries = [act.entry for act in acts]
    happened = Counter(
        spot for entry in entries if entry.outcome is not Outcome.REFUSED for spot in _spots(entry)
    )
    lost = [entry for entry in entries if _is_lost(entry, bookings)]
    haunting = [
        entry
        for entry in entries
        if entry.outcome is Outcome.REFUSED
        and not any(happened[spot] for spot in _spots(entry))
        and _is_there(entry, bookings)
    ]
    twice = [act.entry for act in acts if act.contradictions]
    verdict.counted |= _counts(entries) | {"lost": len(lost), "duplicated": len(twice)}
    verdict.wrong += [f"{_name(one)} was acknowledged and is not there" for one in lost]
    verdict.wrong += [f"{_name(one)} was refused and is there" for one in haunting]
    verdict.wrong += [f"{_name(one)} was answered in two ways under one key" for one in twice]


def _counts(entries: Iterable[Entry]) -> dict[str, int]:
    outcomes = Counter(entry.outcome for entry in entries)
    return {"attempted": outcomes.total()} | {str(one): outcomes[one] for one in Outcome}


def _spots(entry: Entry) -> Iterator[tuple[object, ...]]:
    """The traces an act leaves: a refused one leaves none that nobody else has left."""
    if entry.id is not None:
        yield entry.act, entry.id, entry.starts_at if entry.act is Act.MOVE else None
    if entry.client_id is not None and entry.starts_at is not None and entry.act is not Act.MOVE:
        yield "place", entry.client_id, entry.starts_at


def _is_lost(entry: Entry, bookings: Bookings) -> bool:
    return entry.outcome is Outcome.ACKNOWLEDGED and not _is_there(entry, bookings)


def _is_there(entry: Entry, bookings: Bookings) -> bool:
    """Whether the database has what this act would have made."""
    one = entry.id
    if one is None:
        return entry.act in (Act.HOLD, Act.BOOK) and _has_place(entry, bookings)
    if one not in bookings.rows:
        return False
    match entry.act:
        case Act.HOLD:
            return True
        case Act.BOOK:
            return bookings.is_booked(one)
        case Act.MOVE:
            return entry.starts_at is None or _was_moved(entry, bookings)
        case _:
            return bool(bookings.rows[one].status == CANCELLED)


def _was_moved(entry: Entry, bookings: Bookings) -> bool:
    history = bookings.history(entry.id) if entry.id else None
    if history is None or entry.starts_at is None:
        return False
    if entry.outcome is Outcome.ACKNOWLEDGED:
        # To where it was already is done as well, and changes nothing.
        return entry.id is not None and bookings.was_put_at(entry.id, entry.starts_at)
    return entry.starts_at in history.moved


def _has_place(entry: Entry, bookings: Bookings) -> bool:
    """Whether the client has what was asked for: a time at this start."""
    return any(
        row.client_id == entry.client_id
        and row.starts_at == entry.starts_at
        and (entry.act is Act.HOLD or row.booked_at is not None)
        for row in bookings.rows.values()
    )


def _name(entry: Entry) -> str:
    about = f" of {entry.id}" if entry.id else ""
    key = f" (key {entry.key})" if entry.key else ""
    return f"{entry.act}{about}{key}"
