"""Requests: a form sent to a client, and the answers in the practitioner's hands."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.calls import MOST_ON_A_PAGE, Method, PageSize
from portal_contracts.forms.rpc.questions import (
    SERVICE,
    Answers,
    FormDocument,
    Given,
    RequestState,
    Score,
)
from portal_contracts.forms.rpc.submissions import Submission
from portal_contracts.instants import Instant


class SendForm(Struct, frozen=True, kw_only=True):
    """Send the newest published version of a template to a client.

    `again`: also while the same template waits for this client.
    """

    client_id: UUID
    template_id: UUID
    due_on: date | None = None
    again: bool = False


class Sent(Struct, frozen=True, kw_only=True):
    """The request."""

    request_id: UUID


SomeClients = Annotated[list[UUID], Meta(max_length=MOST_ON_A_PAGE)]


class ListRequests(Struct, frozen=True, kw_only=True):
    """Forms that were sent: the practice's or one client's, the latest first.

    `alert_open`: only those with an answer that asks for attention and that nobody has reviewed,
    however far they are. `answers_shown`: only those of clients whose answers are shown to whoever
    asks, so far as the role may read them; those with an open alert are never others. `overdue`:
    only those that wait and were due before `today`, which is UTC's day where it is not told;
    `overdue_first`: those stand before all others.
    """

    client_id: UUID | None = None
    client_ids: SomeClients | None = None
    template_id: UUID | None = None
    state: RequestState | None = None
    alert_open: bool = False
    answers_shown: bool = False
    overdue: bool = False
    overdue_first: bool = False
    today: date | None = None
    cursor: str | None = None
    limit: PageSize = 50


class RequestRow(Struct, frozen=True, kw_only=True):
    """One form that was sent. `alert`: an answer asks for attention at once.

    `alert_at`: since when; `alert_open`: nobody has reviewed it yet.
    `submitted_revealed`: it was sent back on a device that was let in by a link which the
    practice saw. `unlocked_at`: since when the client may correct what was sent back before;
    None once it came again.
    """

    id: UUID
    client_id: UUID
    template_id: UUID
    title: str
    state: RequestState
    percent: int
    due_on: date | None
    sent_by: UUID
    sent_at: Instant
    opened_at: Instant | None
    submitted_at: Instant | None
    reviewed_at: Instant | None
    alert: bool
    alert_at: Instant | None = None
    alert_open: bool = False
    submitted_revealed: bool = False
    unlocked_at: Instant | None = None


class RequestPage(Struct, frozen=True, kw_only=True):
    """A page of forms that were sent."""

    items: list[RequestRow]
    next_cursor: str | None


class CountOpenForms(Struct, frozen=True, kw_only=True):
    """How many forms wait for each of some clients, for a list of them."""

    client_ids: SomeClients


class OpenForms(Struct, frozen=True, kw_only=True):
    """Client id (as text) to how many forms wait; clients for whom none waits are absent."""

    counts: dict[str, int]


class CountRequests(Struct, frozen=True, kw_only=True):
    """How many forms were sent, to all clients or to some; `today` as in `ListRequests`."""

    client_ids: SomeClients | None = None
    today: date | None = None


class RequestCounts(Struct, frozen=True, kw_only=True):
    """State (as text) to how many; `overdue` are among those that wait. Absent states are 0."""

    states: dict[str, int]
    overdue: int


class ChangeDueDay(Struct, frozen=True, kw_only=True):
    """Ask for a form by another day; None for no day."""

    request_id: UUID
    due_on: date | None


class GetRequest(Struct, frozen=True, kw_only=True):
    """One form that was sent."""

    request_id: UUID


class OpenAnswers(Struct, frozen=True, kw_only=True):
    """What was submitted last, or an earlier submission of the same form."""

    request_id: UUID
    submission_id: UUID | None = None


class ReviewAnswers(Struct, frozen=True, kw_only=True):
    """Answers that were read. `alert_only`: the alert of a form that is not sent back yet."""

    request_id: UUID
    alert_only: bool = False


class AnswerSheet(Struct, frozen=True, kw_only=True):
    """What a client submitted, with the questions that were asked.

    `score` is None where the form has none or a scored answer is missing, `subscales` leaves
    those out; `alerts` are the ids of questions and scores that ask for attention. `hidden`: ids
    of the questions that were not asked. `given`: when, by the question's id. `submissions` are
    all that came back, the latest first; `submission_id` is the one whose answers these are.
    """

    row: RequestRow
    document: FormDocument
    answers: Answers
    score: Score | None
    alerts: list[str]
    reviewed_by: UUID | None
    subscales: list[Score] = []
    hidden: list[str] = []
    given: dict[str, Given] = {}
    submission_id: UUID | None = None
    submissions: list[Submission] = []


class ScorePoint(Struct, frozen=True, kw_only=True):
    """One earlier score of the same template and client."""

    request_id: UUID
    submitted_at: Instant
    total: int | float
    band: str


class ScoreSeries(Struct, frozen=True, kw_only=True):
    """One score of a form in order of time, the same scale throughout."""

    id: str
    title: str
    maximum: int | float
    items: list[ScorePoint]


class Scores(Struct, frozen=True, kw_only=True):
    """The form's own score in order of time; `subscales` holds the others, one after the other."""

    maximum: int | float
    items: list[ScorePoint]
    subscales: list[ScoreSeries] = []


class RequestChanged(Struct, frozen=True, kw_only=True):
    """The request and its state after the change."""

    request_id: UUID
    state: RequestState


SEND_FORM = Method(
    SERVICE,
    "send_form",
    SendForm,
    Sent,
    "Send a form to a client with a mail; Conflict not_published, template_archived, still_open.",
    mutates=True,
)
LIST_REQUESTS = Method(SERVICE, "list_requests", ListRequests, RequestPage, "Forms that were sent.")
COUNT_OPEN_FORMS = Method(
    SERVICE,
    "count_open_forms",
    CountOpenForms,
    OpenForms,
    "How many forms wait for each of some clients.",
)
COUNT_REQUESTS = Method(
    SERVICE,
    "count_requests",
    CountRequests,
    RequestCounts,
    "How many forms were sent, by state; how many are overdue.",
)
GET_REQUEST = Method(SERVICE, "get_request", GetRequest, RequestRow, "One form that was sent.")
WITHDRAW_REQUEST = Method(
    SERVICE,
    "withdraw_request",
    GetRequest,
    RequestChanged,
    "Take a form back before it is submitted, or an unlocking: what was submitted stands again; "
    "Conflict already_submitted.",
    mutates=True,
)
RESEND_FORM = Method(
    SERVICE,
    "resend_form",
    GetRequest,
    RequestChanged,
    "Mail once more that a form waits; Conflict already_submitted, withdrawn.",
    mutates=True,
)
CHANGE_DUE_DAY = Method(
    SERVICE,
    "change_due_day",
    ChangeDueDay,
    RequestChanged,
    "Ask for a form by another day; Invalid due_on_past, Conflict already_submitted, withdrawn.",
    mutates=True,
)
OPEN_ANSWERS = Method(
    SERVICE,
    "open_answers",
    OpenAnswers,
    AnswerSheet,
    "What a client submitted; logged as an access. Conflict not_submitted.",
)
REVIEW_ANSWERS = Method(
    SERVICE,
    "review_answers",
    ReviewAnswers,
    RequestChanged,
    "Mark a submitted form as reviewed, or the alert of one that is not sent back; "
    "Conflict not_submitted, already_submitted, no_alert.",
    mutates=True,
)
LIST_SCORES = Method(
    SERVICE,
    "list_scores",
    GetRequest,
    Scores,
    "The scores of this client in this form over time; logged as an access.",
)

METHODS = (
    SEND_FORM,
    LIST_REQUESTS,
    COUNT_OPEN_FORMS,
    COUNT_REQUESTS,
    GET_REQUEST,
    WITHDRAW_REQUEST,
    RESEND_FORM,
    CHANGE_DUE_DAY,
    OPEN_ANSWERS,
    REVIEW_ANSWERS,
    LIST_SCORES,
)
