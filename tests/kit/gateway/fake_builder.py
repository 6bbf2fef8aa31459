"""The part of forms in which a practice makes a form, in memory: one template that is worked on."""

from __future__ import annotations

from functools import reduce
from typing import Any
from uuid import UUID, uuid4

from forms.domain.documents import check_document
from forms.domain.editing import apply, ids_of, with_maxima
from forms.domain.template_changes import changes, open_problems
from portal_contracts.cleaning import cleaned
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.forms.rpc.editing import EditTemplate, TemplateEdited
from portal_contracts.forms.rpc.questions import FormDocument, Question
from portal_contracts.forms.rpc.reviewing import TemplateReview
from portal_contracts.forms.rpc.templates import Published, Template, TemplateRow


class FakeBuilder:
    """One template; its document is the service's own rules' work.

    Args:
        document: what it holds at first.
        published: what its newest version holds; None where there is none.
    """

    def __init__(self, document: FormDocument, published: FormDocument | None = None) -> None:
        self.id = uuid4()
        self.document, self.published = document, published
        self.former: FormDocument | None = None
        self.revision = 1

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
            id=self.id, title=self.document.title, minutes=self.document.minutes, questions=1,
            language=self.document.language, published=1 if self.published else None,
            changed=self.document != self.published, archived=False, sent=0,
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
        changed = with_maxima(cleaned(reduce(apply, command.acts, self.document)))
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
            number=2 if self.published else 1,
            problems=open_problems(check_document(self.document)),
            changes=changes(self.published, self.document),
            open_requests=2,
            sent=3,
        )

    def publish(self, command: Any, _actor: object = None) -> Published:
        """It becomes the newest version."""
        self._require(command.revision)
        wrong = check_document(self.document)
        if wrong:
            raise Invalid("document_invalid", fields=wrong)
        self.published = self.document
        return Published(template_id=self.id, number=1)

    def _edited(self, added: str | None = None) -> TemplateEdited:
        return TemplateEdited(template_id=UUID(str(self.id)), revision=self.revision, added=added)

    def _require(self, revision: int | None) -> None:
        if revision is not None and revision != self.revision:
            raise Conflict("stale_revision")
