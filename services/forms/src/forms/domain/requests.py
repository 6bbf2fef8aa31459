"""A form that a client is asked to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class RequestState(StrEnum):
    """How far a form request has come.

    Attributes:
        NOT_OPENED: sent, and not looked at.
        STARTED: opened; it may hold answers.
        SUBMITTED: sent back by the client, and locked.
        REVIEWED: the practitioner has marked it as read.
        WITHDRAWN: the practice no longer asks for it.
    """

    NOT_OPENED = "not_opened"
    STARTED = "started"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    WITHDRAWN = "withdrawn"


OPEN = (RequestState.NOT_OPENED, RequestState.STARTED)
"""States in which the form waits for the client."""

ANSWERED = (RequestState.SUBMITTED, RequestState.REVIEWED)
"""States in which her answers have arrived."""


@dataclass(frozen=True)
class FormRequest:
    """One form sent to one client. It keeps the version it was sent in.

    Attributes:
        id: the request's id.
        client_id: who is asked.
        title: the title of the version she was sent.
        minutes: about how long it takes, by that version.
        percent: how far her draft has come, 0 to 100.
        due_on: by which day, in the practice's calendar; None for no day.
        sent_at: aware UTC instant.
        state: how far it has come.
    """

    id: UUID
    client_id: UUID
    title: str
    minutes: int
    percent: int
    due_on: date | None
    sent_at: datetime
    state: RequestState


@dataclass(frozen=True)
class FormsOverview:
    """A client's forms at a glance.

    Attributes:
        to_do: what waits for her, the most urgent first.
        submitted_total: how many she has sent back.
    """

    to_do: tuple[FormRequest, ...]
    submitted_total: int
