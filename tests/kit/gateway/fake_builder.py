"""The part of forms in which a practice makes a form, in memory: templates that are worked on."""

from __future__ import annotations

from functools import reduce
from typing import Any
from uuid import UUID, uuid4

from msgspec.structs import replace

from forms.domain.documents import check_document
from forms.domain.editing import apply, blank, ids_of, with_maxima
from forms.domain.questions import answerable
from forms.domain.template_changes import changes, open_problems
from portal_chassis.authority.ownership import require_practitioner
from portal_contracts.actor import Actor
from portal_contracts.cleaning import cleaned
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.forms.rpc.editing import (
    EditTemplate,
    StartTemplate,
    TemplateEdited,
    UndoEdit,
)
from portal_contracts.forms.rpc.questions import FormDocument, Question
from portal_contracts.forms.rpc.reviewing import ReviewTemplate, TemplateReview
from portal_contracts.forms.rpc.templates import (
    GetTemplate,
    Published,
    PublishTemplate,
    Template,
    TemplateRow,
)
from portal_contracts.permissions import Permission


class FakeBuilder:
    """One template; its document is the service's own rules' work.

    Args:
        document: what it holds at first.
        published: what its newest version holds; None where there is none.
        practice_id: whose it is.

    Attributes:
        versions: what was published, the newest last.
        sent: how often it was sent.
        open_requests: how many of these wait for a client.
    """

    def __init__(
        self,
        document: FormDocument,
        published: FormDocument | None = None,
        practice_id: UUID | None = None,
    ) -> None:
        self.id, self.practice_id = uuid4(), practice_id
        self.document = document
        self.versions = [published] if published else []
        self.former: FormDocument | None = None
        self.revision = 1
        self.sent = self.open_requests = 0

    @property
    def published(self) -> FormDocument | None:
        """Its newest version."""
        return self.versions[-1] if self.versions else None

    @property
    def path(self) -> str:
        """Its address in the console."""
        return f"/console/forms/templates/{self.id}"

    def answers(self) -> dict[str, Any]:
        """By the call what answers it."""
        return {
            "forms.get_template": lambda _command, _actor: self.template(),
            "forms.edit_template": self.edit,
            "forms.undo_edit": self.undo,
            "forms.review_template": lambda _command, _actor: self.review(),
            "forms.publish_template": self.publish,
            "forms.start_template": lambda _command, _actor: self._edited(),
        }

    def question(self, question_id: str) -> Question:
        """One of its questions."""
        return next(
            one
            for section in self.document.sections
            for one in section.questions
            if one.id == question_id
        )

    def shape(self) -> list[str]:
        """Its sections, each with the ids of its questions."""
        return [
            f"{one.id}: {' '.join(each.id for each in one.questions)}"
            for one in self.document.sections
        ]

    def template(self) -> Template:
        """As it is worked on."""
        row = TemplateRow(
            id=self.id, title=self.document.title, minutes=self.document.minutes,
            questions=len(list(answerable(self.document))), language=self.document.language,
            published=len(self.versions) or None, changed=self.document != self.published,
            archived=False, sent=self.sent,
        )  # fmt: skip
        return Template(
            row=row,
            revision=self.revision,
            document=self.document,
            problems=open_problems(check_document(self.document)),
            undoable=self.former is not None,
        )

    def edit(self, command: EditTemplate, _actor: object = None) -> TemplateEdited:
        """Act by act, all or none."""
        self._require(command.revision)
        taken = {one for version in self.versions for one in ids_of(version)}
        acted = reduce(lambda held, act: apply(held, act, taken), command.acts, self.document)
        changed = with_maxima(cleaned(acted))
        added = [one for one in ids_of(changed) if one not in ids_of(self.document)]
        self.hold(changed)
        return self._edited(added[-1] if added else None)

    def hold(self, document: FormDocument) -> None:
        """Somebody changed it."""
        if document != self.document:
            self.former, self.document = self.document, document
            self.revision += 1

    def undo(self, command: Any, _actor: object = None) -> TemplateEdited:
        """The last change is taken back."""
        self._require(command.revision)
        if self.former is None:
            raise Conflict("nothing_to_undo")
        self.hold(self.former)
        return self._edited()

    def review(self) -> TemplateReview:
        """What publishing would do."""
        return TemplateReview(
            template_id=self.id,
            revision=self.revision,
            number=len(self.versions) + 1,
            problems=open_problems(check_document(self.document)),
            changes=changes(self.published, self.document),
            open_requests=self.open_requests,
            sent=self.sent,
        )

    def publish(self, command: Any, _actor: object = None) -> Published:
        """It becomes the newest version."""
        self._require(command.revision)
        wrong = check_document(self.document)
        if wrong:
            raise Invalid("document_invalid", fields=wrong)
        if self.document != self.published:
            self.versions.append(self.document)
        return Published(template_id=self.id, number=len(self.versions))

    def _edited(self, added: str | None = None) -> TemplateEdited:
        return TemplateEdited(template_id=UUID(str(self.id)), revision=self.revision, added=added)

    def _require(self, revision: int | None) -> None:
        if revision is not None and revision != self.revision:
            raise Conflict("stale_revision")


class FakeTemplates:
    """The calls of forms with which a practice makes its own.

    Attributes:
        templates: by their ids.
    """

    templates: dict[UUID, FakeBuilder]

    def start_template(self, command: StartTemplate, actor: Actor) -> TemplateEdited:
        """A blank one."""
        by = require_practitioner(actor, Permission.TEMPLATES_WRITE)
        document = replace(blank(command.language), title=command.title)
        made = FakeBuilder(cleaned(document), practice_id=by.practice_id)
        self.templates[made.id] = made
        return TemplateEdited(template_id=made.id, revision=made.revision)

    def get_template(self, command: GetTemplate, actor: Actor) -> Template:
        """As it is worked on."""
        return self._of(command.template_id, actor, Permission.FORMS_READ).template()

    def edit_template(self, command: EditTemplate, actor: Actor) -> TemplateEdited:
        """Act by act, all or none."""
        return self._of(command.template_id, actor).edit(command)

    def undo_edit(self, command: UndoEdit, actor: Actor) -> TemplateEdited:
        """The last change is taken back."""
        return self._of(command.template_id, actor).undo(command)

    def review_template(self, command: ReviewTemplate, actor: Actor) -> TemplateReview:
        """What publishing would do."""
        return self._of(command.template_id, actor).review()

    def publish_template(self, command: PublishTemplate, actor: Actor) -> Published:
        """It becomes the newest version."""
        return self._of(command.template_id, actor).publish(command)

    def _of(
        self, template_id: UUID, actor: Actor, permission: Permission = Permission.TEMPLATES_WRITE
    ) -> FakeBuilder:
        by = require_practitioner(actor, permission)
        found = self.templates.get(template_id)
        if found is None or found.practice_id != by.practice_id:
            raise NotFound("template_not_found")
        return found
