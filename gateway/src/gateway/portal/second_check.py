"""The second check of a new device: its pages, and what is typed into them.

Nothing of the client stands on them. A page asks for a date of birth, or for a code that is
mailed once a button is pressed: a robot that only opens links has no mail sent. The code works
for the browser that asked for it, which the page's own cookie tells.
"""

from __future__ import annotations

import re
from datetime import date
from http import HTTPStatus
from typing import Any, Final

import falcon

from gateway.web.request_context import RequestContext, context_of
from gateway.web.resource import Resource
from gateway.web.submitted import Submitted
from gateway.web.tokens import derived_secret, sha256
from portal_contracts.identity_links.rpc.entering import Entry, EntryOutcome, LinkStanding
from portal_contracts.identity_links.rpc.targets import CODE_DIGITS
from portal_contracts.numbers import with_ascii_digits

_WRONG: Final = {
    EntryOutcome.WRONG_DATE_OF_BIRTH: "wrong_date_of_birth",
    EntryOutcome.WRONG_CODE: "wrong_code",
    EntryOutcome.CODE_ENDED: "code_ended",
}
_OF_DATE: Final = frozenset({EntryOutcome.NEEDS_DATE_OF_BIRTH, EntryOutcome.WRONG_DATE_OF_BIRTH})
_FIRST_YEAR: Final = 1000
"""A year of two digits is asked back: as a wrong date it would be counted."""

_NO_DIGIT = re.compile(r"[^0-9]")
_CODE = re.compile(f"[0-9]{{{CODE_DIGITS}}}")
_CODE_IS_OUT: Final = frozenset({EntryOutcome.CODE_SENT, EntryOutcome.WRONG_CODE})


def browser_hash(context: RequestContext, token: str) -> str | None:
    """Of a secret that this browser keeps while it enters by the link; None before it has one."""
    key = context.csrf_secret or next(iter(context.csrf_keys), None)
    return None if key is None else sha256(derived_secret(key, f"code:{sha256(token)}"))


def typed_date(form: Submitted) -> tuple[date | None, str | None]:
    """The date in the three fields, or what is wrong with it; neither when none was asked."""
    if not any(form.text(name) for name in ("day", "month", "year")):
        return None, "date_invalid" if "day" in form else None
    day, month, year = (form.number(name) for name in ("day", "month", "year"))
    if year is None or year < _FIRST_YEAR:
        return None, "date_invalid"
    try:
        return date(year, month or 0, day or 0), None
    except ValueError:
        return None, "date_invalid"


def typed_code(form: Submitted) -> tuple[str | None, str | None]:
    """The code, or what is wrong with it; neither when none was asked.

    What people write between its digits, or paste with it out of the mail, means nothing.
    """
    if "code" not in form:
        return None, None
    digits = _NO_DIGIT.sub("", with_ascii_digits(form.text("code")))
    return (digits, None) if _CODE.fullmatch(digits) else (None, "code_invalid")


def show_check(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    token: str,
    entry: Entry,
    *,
    error: str | None,
) -> None:
    """The page on which the second check goes on.

    Args:
        resource: shows it.
        req: the request.
        resp: the answer.
        token: of the link; it goes into the page's own forms alone.
        entry: how it stands.
        error: what was wrong with what was typed, if it was not sent on.
    """
    outcome = entry.outcome
    if outcome is EntryOutcome.CANNOT_CHECK:
        show_question(
            resource, req, resp, "unchecked", token, entry.standing, status=HTTPStatus.CONFLICT
        )
    elif outcome is EntryOutcome.TOO_MANY_TRIES or (
        outcome in _WRONG and entry.retry_after_seconds
    ):
        _show_locked(resource, req, resp, token, entry)
    elif outcome in _OF_DATE:
        error = error or _WRONG.get(outcome)
        values: dict[str, Any] = {
            "errors": {"date_of_birth": error} if error else {},
            "fields": context_of(req).form.values({"day": "", "month": "", "year": ""}),
        }
        _show_answer(resource, req, resp, "date_of_birth", token, entry, values)
    else:
        error = error or _WRONG.get(outcome)
        values = {
            "errors": {"code": error} if error else {},
            "sent": outcome in _CODE_IS_OUT,
            "code_action": f"/p/{token}/code",
            "retry_after": entry.retry_after_seconds,
        }
        _show_answer(resource, req, resp, "code", token, entry, values)


def show_question(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    question: str,
    token: str,
    standing: LinkStanding,
    **values: Any,
) -> None:
    """A page on the way in, whose form goes to the link's own address."""
    values.setdefault("errors", {})
    resource.show(
        req,
        resp,
        f"portal/enter_{question}.html",
        standing=standing,
        action=f"/p/{token}",
        **values,
    )


def _show_answer(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    question: str,
    token: str,
    entry: Entry,
    values: dict[str, Any],
) -> None:
    show_question(
        resource,
        req,
        resp,
        question,
        token,
        entry.standing,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if values["errors"] else HTTPStatus.OK,
        # The form asks for the answer to a question that a switch led to, too.
        switch=context_of(req).form.raw("switch") == "1",
        **values,
    )


def _show_locked(
    resource: Resource, req: falcon.Request, resp: falcon.Response, token: str, entry: Entry
) -> None:
    seconds = entry.retry_after_seconds or 1
    resp.set_header("Retry-After", str(seconds))
    show_question(
        resource,
        req,
        resp,
        "locked",
        token,
        entry.standing,
        status=HTTPStatus.TOO_MANY_REQUESTS,
        retry_after=seconds,
    )
