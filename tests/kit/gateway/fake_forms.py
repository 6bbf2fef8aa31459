"""The forms service in memory: a client's forms, filled in by revisions and sent once."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from forms.domain.answers import TypedAnswers, check_answers, merged, read_section
from forms.domain.asking import Asked, asked
from forms.domain.drafts import Sheet, as_sent, given_in, is_overtaken, next_sheet
from forms.domain.problems import problems
from forms.domain.questions import for_client, require_section
from forms.domain.scoring import alerts
from forms.messages import section_to_wire
from portal_chassis.clock import Clock
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.calls import Nothing, PortalOf
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.forms.rpc import filling
from portal_contracts.forms.rpc.questions import Answers, FormDocument, RequestState
from portal_contracts.permissions import Permission, require_kind
from tests.kit.gateway.fake_builder import FakeBuilder, FakeTemplates
from tests.kit.gateway.fake_form import ANSWERED, OPEN, FakeForm
from tests.kit.gateway.made_forms import INTAKE


@dataclass
class FakeForms(FakeTemplates):
    """Forms by their ids.

    Attributes:
        require_authority: what identity-links says of a practitioner who previews a portal.
        key: the idempotency key of the present call.
        secret: what the keys of drafts in browsers are made of.
        templates: what practices have made.
    """

    clock: Clock
    require_authority: Callable[[Actor, Permission, UUID], Any]
    forms: dict[UUID, FakeForm] = field(default_factory=dict)
    key: str | None = None
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    templates: dict[UUID, FakeBuilder] = field(default_factory=dict)

    def add(self, owner: UUID, sent_by: UUID, document: FormDocument = INTAKE) -> FakeForm:
        """A form that waits for `owner`."""
        form = FakeForm(owner, sent_by, self.clock.now(), document)
        self.forms[form.id] = form
        return form

    def withdraw(self, form_id: UUID) -> None:
        """The practice asks no longer for it; what nobody can send is gone."""
        form = self.forms[form_id]
        form.state, form.sheet = RequestState.WITHDRAWN, Sheet()
        form.revision, form.saved_at = 0, None

    def forms_to_do(self, command: PortalOf, actor: Actor) -> filling.FormsToDo:
        """What of them waits."""
        return filling.FormsToDo(to_do=self.portal_forms(command, actor).to_do)

    def portal_forms(self, command: PortalOf, actor: Actor) -> filling.PortalForms:
        """What waits, the most urgent first; what was sent, the latest first."""
        owner = self._client_of_portal(command, actor)
        own = [form for form in self.forms.values() if form.owner == owner]
        waiting = sorted((form for form in own if form.state in OPEN), key=_urgency)
        sent = [
            filling.SubmittedForm(
                id=form.id, title=form.document.title, submitted_at=form.submitted_at
            )
            for form in reversed(own)
            if form.submitted_at is not None
        ]
        sent.sort(key=lambda form: form.submitted_at, reverse=True)
        return filling.PortalForms(
            to_do=[_to_do(form) for form in waiting], submitted=sent, submitted_total=len(sent)
        )

    def open_form(self, command: filling.OpenForm, actor: Actor) -> filling.ClientForm:
        """It, with the answers so far; the first opening starts it."""
        form = self._own(command.request_id, actor)
        sent = form.state in ANSWERED
        if command.submission_id is not None and not sent:
            raise Conflict("not_submitted")
        if command.submission_id not in {None, form.submission_id}:
            raise NotFound("form_not_found")
        if form.state is RequestState.NOT_OPENED:
            form.state = RequestState.STARTED
        as_asked = self._asked(form)
        return filling.ClientForm(
            id=form.id,
            state=form.state,
            sent_by=form.sent_by,
            sent_at=form.sent_at,
            due_on=form.due_on,
            document=for_client(form.document),
            answers=form.answers | as_asked.calculated(),
            revision=form.revision,
            saved_at=None if sent else form.saved_at,
            percent=form.percent,
            problems={} if sent else problems(as_asked),
            alert=form.alert,
            submitted_at=form.submitted_at,
            hidden=as_asked.hidden_in_order(),
            required=as_asked.required_now(),
            given=given_in(form.sheet),
            today=as_asked.today,
            submission_id=form.submission_id if sent else None,
            submissions=form.submissions,
        )

    def draft_key(self, _command: Nothing, actor: Actor) -> filling.DraftKey:
        """One for each client."""
        require_kind(actor, ActorKind.CLIENT)
        assert actor.id is not None
        digest = hashlib.sha256(self.secret + actor.id.bytes).digest()
        return filling.DraftKey(key=base64.urlsafe_b64encode(digest).rstrip(b"=").decode())

    def save_answers(self, command: filling.SaveAnswers, actor: Actor) -> filling.AnswersSaved:
        """Into the draft, unless another window was quicker; the last save may come again."""
        form = self._own(command.request_id, actor)
        form.require_open()
        again = self.key == form.saved_by and command.revision == form.revision - 1
        if command.revision != form.revision and not again:
            raise Conflict("stale_revision")
        if refused := self._refused(form, command):
            raise Invalid("answers_invalid", fields=refused)
        after = merged(form.document, form.answers, command.answers)
        if after != form.answers:
            if command.revision != form.revision:
                raise Conflict("stale_revision")
            self._save(form, after)
        return filling.AnswersSaved(
            revision=form.revision,
            saved_at=form.saved_at or self.clock.now(),
            percent=form.percent,
            alert=form.alert,
        )

    def save_section(self, command: filling.SaveSection, actor: Actor) -> filling.SectionSaved:
        """Into the draft, unless another window has saved the same section otherwise."""
        form = self._own(command.request_id, actor)
        form.require_open()
        section = require_section(form.document, command.number)
        typed = TypedAnswers({}, {})
        if section.id == command.section:
            typed = read_section(form.document, section, command.typed)
        refused = typed.refused | {
            name: form.refuses[name] for name in typed.answers.keys() & form.refuses
        }
        taken = {name: each for name, each in typed.answers.items() if name not in refused}
        after = merged(form.document, form.answers, taken)
        if not command.keep and is_overtaken(
            section, form.sheet, after, read_at=command.revision, revision=form.revision
        ):
            raise Conflict("stale_revision")
        if after != form.answers:
            self._save(form, after)
        return section_to_wire(
            self._asked(form),
            command.number,
            refused=refused,
            revision=form.revision,
            saved_at=form.saved_at or self.clock.now(),
            alert=form.alert,
        )

    def submit_form(self, command: filling.SubmitForm, actor: Actor) -> filling.Submitted:
        """Once and for all."""
        form = self._own(command.request_id, actor)
        if form.submitted_at is None:
            form.require_open()
            if command.revision != form.revision:
                raise Conflict("stale_revision")
            as_asked = self._asked(form)
            if wrong := problems(as_asked):
                raise Invalid("form_incomplete", fields=wrong)
            form.sheet = as_sent(form.sheet, as_asked)
            form.submitted_at, form.state = self.clock.now(), RequestState.SUBMITTED
        return filling.Submitted(submitted_at=form.submitted_at)

    def _save(self, form: FakeForm, after: Answers) -> None:
        now, key = self.clock.now(), self.key or ""
        form.sheet = next_sheet(
            form.document, form.sheet, after, revision=form.revision, saved_by=key, now=now
        )
        form.revision, form.saved_at, form.state = form.revision + 1, now, RequestState.STARTED
        form.alert = form.alert or bool(alerts(self._asked(form)))

    def _asked(self, form: FakeForm) -> Asked:
        return asked(form.document, form.answers, self.clock.now().date())

    def _refused(self, form: FakeForm, command: filling.SaveAnswers) -> dict[str, str]:
        refused = check_answers(form.document, command.answers)
        return refused | {
            name: form.refuses[name] for name in command.answers.keys() & form.refuses
        }

    def _own(self, request_id: UUID, actor: Actor) -> FakeForm:
        require_kind(actor, ActorKind.CLIENT)
        form = self.forms.get(request_id)
        if form is None or form.owner != actor.id:
            raise NotFound("form_not_found")
        return form

    def _client_of_portal(self, command: PortalOf, actor: Actor) -> UUID | None:
        if actor.kind is ActorKind.PRACTITIONER and command.client_id is not None:
            self.require_authority(actor, Permission.CLIENTS_READ, command.client_id)
            return command.client_id
        require_kind(actor, ActorKind.CLIENT)
        if command.client_id not in {None, actor.id}:
            raise NotFound("not_found")
        return actor.id


def _urgency(form: FakeForm) -> tuple[bool, date, datetime]:
    return (form.due_on is None, form.due_on or date.max, form.sent_at)


def _to_do(form: FakeForm) -> filling.FormToDo:
    return filling.FormToDo(
        id=form.id,
        title=form.document.title,
        minutes=form.document.minutes,
        percent=form.percent,
        due_on=form.due_on,
        sent_at=form.sent_at,
    )
