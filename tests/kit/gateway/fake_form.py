"""One form in its client's hands, as the services of the kit keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from forms.domain.asking import asked
from forms.domain.drafts import Sheet
from forms.domain.problems import COMPLETE, percent
from portal_chassis.ids import new_id
from portal_contracts.errors import Conflict
from portal_contracts.forms.rpc.questions import Answers, FormDocument, RequestState
from portal_contracts.forms.rpc.submissions import SentOnce
from tests.kit.gateway.made_forms import INTAKE

OPEN = (RequestState.NOT_OPENED, RequestState.STARTED)
ANSWERED = (RequestState.SUBMITTED, RequestState.REVIEWED)


@dataclass
class FakeForm:
    """One form in its client's hands.

    Attributes:
        refuses: question id to the code with which its answer is refused, whatever it is.
        alert: an answer has once asked for attention.
        changed: at which revision each section was changed last.
        given_at: when each consent and each signature was given.
        agreed: the hash of the text of each consent.
    """

    owner: UUID
    sent_by: UUID
    sent_at: datetime
    document: FormDocument = INTAKE
    due_on: date | None = None
    id: UUID = field(default_factory=new_id)
    state: RequestState = RequestState.NOT_OPENED
    answers: Answers = field(default_factory=dict)
    revision: int = 0
    saved_by: str = ""
    saved_at: datetime | None = None
    submitted_at: datetime | None = None
    submission_id: UUID = field(default_factory=new_id)
    alert: bool = False
    refuses: dict[str, str] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    given_at: Mapping[str, datetime] = field(default_factory=dict)
    agreed: Mapping[str, str] = field(default_factory=dict)

    @property
    def sheet(self) -> Sheet:
        """What is saved."""
        return Sheet(
            answers=self.answers,
            changed=self.changed,
            given_at=self.given_at,
            agreed=self.agreed,
            saved_by=self.saved_by,
        )

    @sheet.setter
    def sheet(self, sheet: Sheet) -> None:
        self.answers, self.changed, self.saved_by = sheet.answers, sheet.changed, sheet.saved_by
        self.given_at, self.agreed = sheet.given_at, sheet.agreed

    @property
    def percent(self) -> int:
        """How far it is, as it was when it was saved; 0 before that."""
        if self.state in ANSWERED:
            return COMPLETE
        if not self.revision and not self.answers:
            return 0
        return percent(asked(self.document, self.answers, self.sent_at.date()))

    @property
    def submissions(self) -> list[SentOnce]:
        """That it was sent; here nothing is corrected."""
        if self.submitted_at is None:
            return []
        return [SentOnce(id=self.submission_id, submitted_at=self.submitted_at)]

    def require_open(self) -> None:
        """Refuse to change what was sent or taken back."""
        if self.state in ANSWERED:
            raise Conflict("already_submitted")
        if self.state is RequestState.WITHDRAWN:
            raise Conflict("withdrawn")
