"""A client fills in a form."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method, Nothing, PortalOf
from portal_contracts.forms.rpc.questions import (
    SERVICE,
    Answer,
    Answered,
    Answers,
    FormDocument,
    Given,
    RequestState,
)
from portal_contracts.forms.rpc.submissions import SentOnce
from portal_contracts.instants import Instant

YES: Final = "yes"
NO: Final = "no"
DATE_PARTS: Final = ("day", "month", "year")


class FormToDo(Struct, frozen=True, kw_only=True):
    """A form that waits for the client. `percent` is how far it has come.

    `unlocked_at`: it was sent back before, and may be corrected since then.
    """

    id: UUID
    title: str
    minutes: int
    percent: int
    due_on: date | None
    sent_at: Instant
    unlocked_at: Instant | None = None


class SubmittedForm(Struct, frozen=True, kw_only=True):
    """A form the client has sent."""

    id: UUID
    title: str
    submitted_at: Instant


class FormsToDo(Struct, frozen=True, kw_only=True):
    """The forms that wait for a client, the most urgent first."""

    to_do: list[FormToDo]


class PortalForms(Struct, frozen=True, kw_only=True):
    """A client's forms: what waits, the most urgent first; what is sent, the latest first."""

    to_do: list[FormToDo]
    submitted: list[SubmittedForm]
    submitted_total: int


class OpenForm(Struct, frozen=True, kw_only=True):
    """Open one's own form, to fill in or to read again; `submission_id`: as it was sent once."""

    request_id: UUID
    submission_id: UUID | None = None


class Correction(Struct, frozen=True, kw_only=True):
    """That a form which was sent back may be corrected: who says so, since when and why.

    `submitted_at`: when the client sent what is to be corrected.
    """

    unlocked_by: UUID
    unlocked_at: Instant
    reason: str
    submitted_at: Instant

    def __repr__(self) -> str:
        return "Correction()"


class ClientForm(Struct, frozen=True, kw_only=True):
    """A form in its client's hands.

    `answers` are the draft's, or what was submitted. `problems` names, by question id, what would
    keep it from being sent: ``required`` and the like; empty once it is complete. `alert`: an
    answer calls for the practice's crisis contacts. `hidden`: ids of the questions not asked now;
    what was typed there stays in the draft until it is sent. `required`: ids of those that have
    to be answered only now, by a condition. Calculated values are among `answers`; `today` is the
    day they are calculated for. `correction`: it was sent back before, and is unlocked.
    `submissions`: each time it was sent; `submission_id`: whose the answers are, None for a draft.
    """

    id: UUID
    state: RequestState
    sent_by: UUID
    sent_at: Instant
    due_on: date | None
    document: FormDocument
    answers: Answers
    revision: int
    saved_at: Instant | None
    percent: int
    problems: dict[str, str]
    alert: bool
    submitted_at: Instant | None
    hidden: list[str] = []
    required: list[str] = []
    given: dict[str, Given] = {}
    today: date | None = None
    correction: Correction | None = None
    submission_id: UUID | None = None
    submissions: list[SentOnce] = []


class DraftKey(Struct, frozen=True, kw_only=True):
    """What seals, in the client's browser, what was typed and is not saved yet.

    `key` is 32 bytes in base64url, the same each time for the same client; with the
    client's data key it is erased.
    """

    key: str

    def __repr__(self) -> str:
        return "DraftKey()"


class SaveAnswers(Struct, frozen=True, kw_only=True):
    """Save some answers into the draft; None takes an answer away. The others stay.

    `revision` is the one that was read. An answer of the wrong type, to an
    unknown question or with an unknown choice is refused; one that is out of
    its bounds is kept and shows among `problems`.
    """

    request_id: UUID
    revision: int
    answers: dict[str, Answer | None]


class AnswersSaved(Struct, frozen=True, kw_only=True):
    """The draft after it was saved; an unchanged draft keeps its revision."""

    revision: int
    saved_at: Instant
    percent: int
    alert: bool


class SaveSection(Struct, frozen=True, kw_only=True):
    """Save the page of a section as it was typed; what it does not hold is taken away.

    `number` counts sections from 1; nothing is taken from a page that is not
    the one of `section`, by its id. `typed` holds the page's fields by the
    question's id: ``yes`` or ``no`` for a truth, the code for a choice. A date
    has three, ``born.day``, ``born.month`` and ``born.year``; each choice of
    many has its own, ``symptoms.sleep``, with ``yes``; each row of a matrix its own, with the code
    of a choice; each part of an address its own. What is meant by *other* stands in the field of
    its choice.

    `revision` is the one the page was shown at, or saved to. `keep`: save over
    what another window saved.
    """

    request_id: UUID
    number: int
    section: str
    revision: int
    typed: dict[str, str]
    keep: bool = False


class SectionSaved(Struct, frozen=True, kw_only=True):
    """The draft after a section was saved; an unchanged draft keeps its revision.

    `refused` names, by question id, what was no answer and left as it was; the
    rest is saved. `problems` are those of `ClientForm`, of this section's
    questions. `last`: no section that is asked follows. `answered`: of this section.
    `previous` and `following`: the numbers of the sections around it that are asked, 0 for none.
    `hidden` and `calculated` are what follows from the answers now: ids of what is not asked in
    the whole form, and values by the id of their question.
    """

    revision: int
    saved_at: Instant
    alert: bool
    refused: dict[str, str]
    problems: dict[str, str]
    last: bool
    answered: Answered
    previous: int = 0
    following: int = 0
    hidden: list[str] = []
    calculated: dict[str, int | float] = {}


class SubmitForm(Struct, frozen=True, kw_only=True):
    """Send the draft as it is at `revision`."""

    request_id: UUID
    revision: int


class Submitted(Struct, frozen=True, kw_only=True):
    """When it was sent; the same for every repetition."""

    submitted_at: Instant


class ReadFormFacts(Struct, frozen=True, kw_only=True):
    """notifications is about to write of a form."""

    request_id: UUID


class FormFacts(Struct, frozen=True, kw_only=True):
    """A request as it is now. Without its title: mails are discreet."""

    practice_id: UUID
    client_id: UUID
    sent_by: UUID
    state: RequestState
    due_on: date | None
    minutes: int
    submitted_at: Instant | None
    unlocked_at: Instant | None = None


FORMS_TO_DO = Method(
    SERVICE, "forms_to_do", PortalOf, FormsToDo, "The forms that wait for a client."
)
PORTAL_FORMS = Method(
    SERVICE, "portal_forms", PortalOf, PortalForms, "A client's forms, those sent back too."
)
OPEN_FORM = Method(
    SERVICE,
    "open_form",
    OpenForm,
    ClientForm,
    "One's own form with the answers so far; the first opening is noted.",
)
DRAFT_KEY = Method(
    SERVICE,
    "draft_key",
    Nothing,
    DraftKey,
    "The key of what the client who asks has typed and not saved yet.",
)
SAVE_ANSWERS = Method(
    SERVICE,
    "save_answers",
    SaveAnswers,
    AnswersSaved,
    "Save answers; Conflict stale_revision when another tab was quicker, "
    "Invalid with every field at once.",
    mutates=True,
)
SAVE_SECTION = Method(
    SERVICE,
    "save_section",
    SaveSection,
    SectionSaved,
    "Save a page as it was typed, what is no answer left out; Conflict stale_revision when "
    "another window has saved the same section otherwise. Safe to repeat, but for `keep`, "
    "which saves over whatever is there.",
)
SUBMIT_FORM = Method(
    SERVICE,
    "submit_form",
    SubmitForm,
    Submitted,
    "Send a form; Invalid with every problem at once. Sending twice is sending once.",
    mutates=True,
)
READ_FORM_FACTS = Method(
    SERVICE,
    "read_form_facts",
    ReadFormFacts,
    FormFacts,
    "What a mail about a form is written from; for services only.",
    callers=("notifications",),
)

METHODS = (
    FORMS_TO_DO,
    PORTAL_FORMS,
    OPEN_FORM,
    DRAFT_KEY,
    SAVE_ANSWERS,
    SAVE_SECTION,
    SUBMIT_FORM,
    READ_FORM_FACTS,
)
