"""*Settings, Practice, crisis contacts*: rows of names and numbers, each with its source and date.

A row is at most one contact; one without a name and a number is none. The first field of a row
is its place, by which the rows are ordered when they are saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Any, Final

import falcon
import msgspec

from gateway.console.settings.crisis_presets import PRESETS, CrisisLine
from gateway.console.settings.sections import PRACTICE, SectionPage
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted, read_query
from gateway.web.typed_numbers import read_count
from gateway.words.wall_time import read_date
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound, PortalError
from portal_contracts.identity_links.rpc.practice import (
    CRISIS_LINES,
    EDIT_PRACTICE,
    MOST_CRISIS_CONTACTS,
    READ_PRACTICE,
    CrisisContact,
    EditPractice,
    PracticeDetails,
    practice_changes,
)

ADDRESS: Final = f"{PRACTICE.address}/crisis-contacts"
FIELDS: Final = ("name", "number", "hours", "checked_on", "source", "place")
_PLACE: Final = "crisis_contacts"
_ORDER: Final = "place"
_NEW_ROWS: Final = 2

Row = dict[str, str]


class CrisisContactsPage(SectionPage):
    """``/console/settings/practice/crisis-contacts``; ``?add=`` begins a row with a preset."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The rows as they are saved, and empty ones."""
        practice = context_of(req).backend.ask(READ_PRACTICE, Nothing())
        rows = [_row(one) for one in practice.crisis_contacts]
        chosen = _preset(practice.country, read_query(req).number("add"))
        if chosen is not None:
            rows.append(dict.fromkeys(FIELDS, "") | chosen._asdict())
        self._show(req, resp, practice, rows, was=_written(practice.crisis_contacts))

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Save the rows in their order; a refusal or a failure keeps what was typed."""
        form, backend = context_of(req).form, context_of(req).backend
        rows = _typed(form)
        try:
            command = EditPractice(
                version=form.number("version") or 0,
                fields=practice_changes({"crisis_contacts": _read(rows)}),
            )
            backend.ask(EDIT_PRACTICE, command, idempotency_key=form.key())
        except (NotFound, Forbidden):
            raise
        except PortalError as error:
            self._show_refused(req, resp, rows, error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.SETTINGS_SAVED)
        see_other(resp, PRACTICE.address)

    def _show_refused(
        self, req: falcon.Request, resp: falcon.Response, rows: list[Row], error: PortalError
    ) -> None:
        """The rows again; where somebody else was quicker, beside what is saved now."""
        practice = context_of(req).backend.part(READ_PRACTICE, Nothing()).get()
        if practice is None:
            raise error
        form = context_of(req).form
        stale = isinstance(error, Conflict) and error.code == "stale_version"
        present = _written(practice.crisis_contacts)
        changed = stale and present != form.text("was")
        set_retry_after(resp, error)
        self._show(
            req,
            resp,
            practice,
            rows,
            was=present if stale else form.text("was"),
            version=practice.version if stale else form.number("version"),
            theirs=practice.crisis_contacts if changed else None,
            status=status_of(error),
            error=None if error.fields else error.code,
            errors=error.fields,
        )

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        practice: PracticeDetails,
        rows: list[Row],
        **more: Any,
    ) -> None:
        room = min(_NEW_ROWS, MOST_CRISIS_CONTACTS - len(rows))
        shown = rows + [dict.fromkeys(FIELDS, "") for _ in range(room)]
        known = {one["number"] for one in rows}
        self.show(
            req,
            resp,
            "console/settings/crisis_contacts.html",
            **(
                {
                    "status": HTTPStatus.OK,
                    "error": None,
                    "errors": {},
                    "theirs": None,
                    "version": practice.version,
                }
                | more
                | {
                    "device": practitioner_of(req),
                    "rows": shown,
                    "order": order_of(len(shown)),
                    "presets": [
                        (number, one)
                        for number, one in enumerate(PRESETS.get(practice.country, ()), start=1)
                        if one.number not in known
                    ],
                    "country": practice.country,
                }
            ),
        )


def order_of(rows: int) -> list[str]:
    """The fields' names, in the order of the page."""
    return [_name(index, name) for index in range(rows) for name in FIELDS]


def _name(index: int, name: str) -> str:
    return f"{_PLACE}.{index}.{name}"


def _typed(form: Submitted) -> list[Row]:
    """The rows in the order that their places tell; those with neither name nor number are none.

    Where a place cannot be read they stay as they stand on the page.
    """
    known = range(MOST_CRISIS_CONTACTS + _NEW_ROWS)
    rows = [{name: form.text(_name(index, name)) for name in FIELDS} for index in known]
    places = [form.number(_name(index, _ORDER)) for index in known]
    readable = all(row[_ORDER] == "" or places[index] is not None for index, row in enumerate(rows))
    ordered = sorted(known, key=lambda index: places[index] or index + 1) if readable else known
    return [rows[index] for index in ordered if rows[index]["name"] or rows[index]["number"]]


def _read(rows: Sequence[Row]) -> list[CrisisContact]:
    """The contacts for identity-links, which judges all but the shape of the day.

    Raises:
        Invalid: ``invalid_fields``: a day or a place that is none; what is plainly missing is
            named too.
    """
    errors: dict[str, str] = {}
    contacts = []
    for index, row in enumerate(rows):
        checked_on = read_date(row["checked_on"])
        if checked_on is None:
            missing = [name for name in ("name", "number", "source") if not row[name]]
            errors |= {_name(index, name): "missing" for name in missing}
            code = "date_invalid" if row["checked_on"] else "missing"
            errors[_name(index, "checked_on")] = code
        if row[_ORDER]:
            read_count(_name(index, _ORDER), row[_ORDER], errors)
        values: dict[str, Any] = {name: row[name] for name in CRISIS_LINES}
        contacts.append(CrisisContact(**values, checked_on=checked_on or date.min))
    if errors:
        raise Invalid("invalid_fields", "Some fields are not right.", fields=errors)
    return contacts


def _row(contact: CrisisContact) -> Row:
    return {name: str(getattr(contact, name)) for name in FIELDS if name != _ORDER} | {_ORDER: ""}


def _written(contacts: Sequence[CrisisContact]) -> str:
    return msgspec.json.encode(list(contacts)).decode()


def _preset(country: str, number: int | None) -> CrisisLine | None:
    lines = PRESETS.get(country, ())
    return lines[number - 1] if number and number <= len(lines) else None
