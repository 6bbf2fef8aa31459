"""Lists of the forms that a practice has sent, and how many they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from forms.domain.requests import FormRequest
from forms.messages import request_to_wire
from forms.storage import request_lists, requests
from forms.storage.request_lists import RequestFilter, Shown
from portal_chassis.authority.ownership import require_practitioner
from portal_chassis.authority.seen import Seen
from portal_chassis.database.cursors import TimeCursor, decode_time_cursor
from portal_chassis.database.transactions import Transaction
from portal_contracts.forms.rpc.requests import (
    CountOpenForms,
    CountRequests,
    ListRequests,
    OpenForms,
    RequestCounts,
    RequestPage,
)
from portal_contracts.permissions import Permission

_LATE = "overdue."
"""Before a cursor in the overdue ones, where they come first."""


def list_requests(
    tx: Transaction, command: ListRequests, seen: Seen, *, now: datetime
) -> RequestPage:
    """A page of the forms that the practice has sent, the latest first; to seen clients alone.

    Whether an answer asks for attention is told of those whose answers are shown.

    Raises:
        Forbidden: ``not_allowed``.
        Invalid: ``cursor_invalid``.
    """
    by = require_practitioner(seen.actor, Permission.FORMS_READ)
    of_answers = command.alert_open or command.answers_shown
    about = Permission.ANSWERS_READ if of_answers else Permission.FORMS_READ
    today = command.today or now.date()
    which = RequestFilter(
        practice_id=by.practice_id,
        client_id=command.client_id,
        client_ids=command.client_ids,
        template_id=command.template_id,
        state=command.state,
        alert_open=command.alert_open,
        overdue_on=today if command.overdue else None,
        shown=_shown(seen, about),
    )
    if command.overdue_first and not command.overdue:
        rows = _overdue_first(tx, which, today, command)
    else:
        after = decode_time_cursor(command.cursor)
        rows = [
            (one, "")
            for one in request_lists.listed(tx, which, after=after, limit=command.limit + 1)
        ]
    shown = rows[: command.limit]
    return RequestPage(
        items=[
            request_to_wire(one, clinical=seen.shows(one.client_id, Permission.ANSWERS_READ))
            for one, _ in shown
        ],
        next_cursor=_cursor(*shown[-1]) if len(rows) > command.limit else None,
    )


def count_requests(
    tx: Transaction, command: CountRequests, seen: Seen, *, now: datetime
) -> RequestCounts:
    """How many forms were sent to seen clients, by state; how many of them are overdue.

    Raises:
        Forbidden: ``not_allowed``.
    """
    by = require_practitioner(seen.actor, Permission.FORMS_READ)
    which = RequestFilter(
        practice_id=by.practice_id,
        client_ids=command.client_ids,
        shown=_shown(seen, Permission.FORMS_READ),
    )
    states, overdue = request_lists.count_by_state(tx, which, today=command.today or now.date())
    return RequestCounts(states=states, overdue=overdue)


def count_open_forms(tx: Transaction, command: CountOpenForms, seen: Seen) -> OpenForms:
    """How many forms wait for each of some clients of the practice; hidden ones are absent.

    Raises:
        Forbidden: ``not_allowed``.
    """
    by = require_practitioner(seen.actor, Permission.FORMS_READ)
    shown = [one for one in command.client_ids if seen.shows(one, Permission.FORMS_READ)]
    found = requests.count_open(tx, shown, by.practice_id)
    return OpenForms(counts={str(client_id): count for client_id, count in found.items()})


def _overdue_first(
    tx: Transaction, which: RequestFilter, today: date, command: ListRequests
) -> list[tuple[FormRequest, str]]:
    """The overdue ones after the cursor, then the others: two queries, each by its own index.

    Returns:
        One more than a page holds, each with what stands before its cursor.
    """
    text, most = command.cursor or _LATE, command.limit + 1
    rows: list[tuple[FormRequest, str]] = []
    after_others = None
    if text.startswith(_LATE):
        after = decode_time_cursor(text.removeprefix(_LATE) or None)
        late = request_lists.listed(tx, replace(which, overdue_on=today), after=after, limit=most)
        rows = [(one, _LATE) for one in late]
    else:
        after_others = decode_time_cursor(text)
    if len(rows) < most:
        others = replace(which, overdue_on=today, not_overdue=True)
        found = request_lists.listed(tx, others, after=after_others, limit=most - len(rows))
        rows += [(one, "") for one in found]
    return rows


def _cursor(last: FormRequest, before: str) -> str:
    return before + TimeCursor(last.sent_at, last.id).encode()


def _shown(seen: Seen, about: Permission) -> Shown:
    return lambda client_id: seen.condition(client_id, about)
