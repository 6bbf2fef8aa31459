"""A practice makes a form of its own: changed act by act, taken back, reviewed, published."""

from msgspec.structs import replace

from portal_contracts.forms.rpc.editing import (
    EDIT_TEMPLATE,
    START_TEMPLATE,
    UNDO_EDIT,
    AddQuestion,
    ChangeQuestion,
    ChangeSection,
    EditTemplate,
    RemoveQuestion,
    StartTemplate,
    UndoEdit,
)
from portal_contracts.forms.rpc.questions import QuestionKind
from portal_contracts.forms.rpc.reviewing import REVIEW_TEMPLATE, ReviewTemplate
from portal_contracts.forms.rpc.templates import (
    GET_TEMPLATE,
    PUBLISH_TEMPLATE,
    GetTemplate,
    PublishTemplate,
)
from tests.kit.contract.scenario import scenario


class Making:
    """A blank template in work, and whoever works on it."""

    def __init__(self, scene):
        self.scene = scene
        started = scene.ask(START_TEMPLATE, StartTemplate(title=" Sleep "), scene.owner)
        self.id, self.revision = started.template_id, started.revision

    def edit(self, *acts, by=None):
        command = EditTemplate(template_id=self.id, revision=self.revision, acts=list(acts))
        return self._done(self.scene.ask(EDIT_TEMPLATE, command, by or self.scene.owner))

    def undo(self):
        command = UndoEdit(template_id=self.id, revision=self.revision)
        return self._done(self.scene.ask(UNDO_EDIT, command, self.scene.owner))

    def publish(self, revision=None):
        command = PublishTemplate(template_id=self.id, revision=revision)
        return self.scene.ask(PUBLISH_TEMPLATE, command, self.scene.owner)

    def look(self):
        command = GetTemplate(template_id=self.id)
        return self.scene.ask(GET_TEMPLATE, command, self.scene.owner)

    def review(self):
        return self.scene.ask(
            REVIEW_TEMPLATE, ReviewTemplate(template_id=self.id), self.scene.owner
        )

    def _done(self, edited):
        if edited is not None:
            self.revision = edited.revision
        return edited


@scenario()
def a_practice_makes_a_form(scene):
    form = Making(scene)
    form.undo()
    form.look()
    form.publish()
    section = form.look().document.sections[0].id
    adding = AddQuestion(section=section, kind=QuestionKind.TEXT)
    name = form.edit(adding).added
    form.publish(form.revision)
    asked = form.look().document.sections[0].questions[0]
    worded = ChangeQuestion(question=replace(asked, text=" How do you sleep? "))
    form.edit(worded, ChangeSection(section=section, title="Nights"))
    form.review()
    form.publish(1)
    form.publish(form.revision)
    form.publish()
    form.edit(RemoveQuestion(question=name), replace(adding, kind=QuestionKind.YES_NO))
    form.undo()
    form.undo()
    form.review()
    form.edit(RemoveQuestion(question=name))
    form.look()


@scenario()
def who_may_make_a_form(scene):
    form = Making(scene)
    section = form.look().document.sections[0].id
    adding = AddQuestion(section=section, kind=QuestionKind.YES_NO)
    scene.ask_as_everybody(START_TEMPLATE, StartTemplate(title="Theirs"))
    for who in scene.everybody().values():
        form.edit(adding, by=who)
    scene.ask_as_everybody(GET_TEMPLATE, GetTemplate(template_id=form.id))
    scene.ask_as_everybody(REVIEW_TEMPLATE, ReviewTemplate(template_id=form.id))
    scene.ask_as_everybody(UNDO_EDIT, UndoEdit(template_id=form.id, revision=form.revision))
    scene.ask_as_everybody(PUBLISH_TEMPLATE, PublishTemplate(template_id=form.id))
