"""Forms that are filled in, in memory: drafts with revisions, sent once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from portal_chassis.ids import new_id
from portal_contracts.actor import Actor
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.forms.rpc import filling
from portal_contracts.forms.rpc.questions import Answers, FormDocument, QuestionKind, RequestState
from tests.kit.gateway.fake_services import FakeServices
from tests.kit.gateway.made_forms import INTAKE


@dataclass
class FakeForm:
    """One form in its client's hands.

    Attributes:
        refuses: question id to the code with which its answer is refused.
    """

    owner: UUID
    sent_by: UUID
    document: FormDocument = INTAKE
    id: UUID = field(default_factory=new_id)
    state: RequestState = RequestState.NOT_OPENED
    answers: Answers = field(default_factory=dict)
    revision: int = 0
    saved_at: datetime | None = None
    submitted_at: datetime | None = None
    refuses: dict[str, str] = field(default_factory=dict)

    @property
    def problems(self) -> dict[str, str]:
        """What is missing."""
        return {
            question.id: "required"
            for section in self.document.sections
            for question in section.questions
            if question.required
            and question.kind is not QuestionKind.INFO
            and question.id not in self.answers
        }

    @property
    def alert(self) -> bool:
        """Whether the one question that asks for attention was answered so."""
        return self.answers.get("harm") in ("c1", "c2", "c3")


class FakeFilling:
    """Answers the calls about filling in, in the place of the forms service.

    Args:
        services: among which it answers.
    """

    def __init__(self, services: FakeServices) -> None:
        self._clock = services.clock
        self.forms: dict[UUID, FakeForm] = {}
        for method in (filling.OPEN_FORM, filling.SAVE_ANSWERS, filling.SUBMIT_FORM):
            services.answers[method.address] = getattr(self, method.name)

    def add(self, owner: UUID, sent_by: UUID) -> FakeForm:
        """A form that waits for `owner`."""
        form = FakeForm(owner, sent_by)
        self.forms[form.id] = form
        return form

    def open_form(self, command: filling.OpenForm, actor: Actor) -> filling.ClientForm:
        """It, with the answers so far."""
        form = self._own(command.request_id, actor)
        return filling.ClientForm(
            id=form.id,
            state=form.state,
            sent_by=form.sent_by,
            sent_at=self._clock.now(),
            due_on=None,
            document=form.document,
            answers=form.answers,
            revision=form.revision,
            saved_at=form.saved_at,
            percent=100 if not form.problems else 30,
            problems={} if form.submitted_at else form.problems,
            alert=form.alert,
            submitted_at=form.submitted_at,
        )

    def save_answers(self, command: filling.SaveAnswers, actor: Actor) -> filling.AnswersSaved:
        """Into the draft, unless another window was quicker."""
        form = self._own(command.request_id, actor)
        if form.submitted_at is not None:
            raise Conflict("already_submitted")
        if command.revision != form.revision:
            raise Conflict("stale_revision")
        if refused := {
            name: form.refuses[name] for name in command.answers if name in form.refuses
        }:
            raise Invalid("answers_invalid", fields=refused)
        whole = {**form.answers, **command.answers}
        after: Answers = {name: each for name, each in whole.items() if each is not None}
        if after != form.answers:
            form.answers, form.revision, form.saved_at = after, form.revision + 1, self._clock.now()
            form.state = RequestState.STARTED
        return filling.AnswersSaved(
            revision=form.revision,
            saved_at=form.saved_at or self._clock.now(),
            percent=50,
            alert=form.alert,
        )

    def submit_form(self, command: filling.SubmitForm, actor: Actor) -> filling.Submitted:
        """Once and for all."""
        form = self._own(command.request_id, actor)
        if form.submitted_at is None:
            if command.revision != form.revision:
                raise Conflict("stale_revision")
            if form.problems:
                raise Invalid("form_incomplete", fields=form.problems)
            form.submitted_at, form.state = self._clock.now(), RequestState.SUBMITTED
        return filling.Submitted(submitted_at=form.submitted_at)

    def _own(self, request_id: UUID, actor: Actor) -> FakeForm:
        form = self.forms.get(request_id)
        if form is None or form.owner != actor.id:
            raise NotFound("form_not_found")
        return form
