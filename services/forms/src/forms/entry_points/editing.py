"""A practice makes and changes a form."""

from __future__ import annotations

from forms.entry_points.wiring import Wiring
from forms.operations import editing
from portal_chassis.authority.ownership import Practitioner
from portal_chassis.authority.who import by_practitioner
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_contracts.forms.rpc import editing as contract
from portal_contracts.forms.rpc import reviewing
from portal_contracts.permissions import Permission


class EditingCalls(Wiring):
    """The working copies of the practice's templates."""

    @rpc(contract.START_TEMPLATE, who=by_practitioner(Permission.TEMPLATES_WRITE))
    def start_template(
        self, tx: Transaction, command: contract.StartTemplate, call: Call, by: Practitioner
    ) -> contract.TemplateEdited:
        """Add a template to work on."""
        return editing.start_template(tx, command, by, now=call.now)

    @rpc(contract.EDIT_TEMPLATE, who=by_practitioner(Permission.TEMPLATES_WRITE))
    def edit_template(
        self, tx: Transaction, command: contract.EditTemplate, call: Call, by: Practitioner
    ) -> contract.TemplateEdited:
        """Change a template act by act."""
        return editing.edit_template(tx, command, by, now=call.now)

    @rpc(contract.UNDO_EDIT, who=by_practitioner(Permission.TEMPLATES_WRITE))
    def undo_edit(
        self, tx: Transaction, command: contract.UndoEdit, call: Call, by: Practitioner
    ) -> contract.TemplateEdited:
        """Take the last change of a template back."""
        return editing.undo_edit(tx, command, by, now=call.now)

    @rpc(reviewing.REVIEW_TEMPLATE, who=by_practitioner(Permission.TEMPLATES_WRITE))
    def review_template(
        self, tx: Transaction, command: reviewing.ReviewTemplate, call: Call, by: Practitioner
    ) -> reviewing.TemplateReview:
        """What publishing a template would change."""
        return editing.review_template(tx, command, by)

    @rpc(reviewing.TRY_TEMPLATE, who=by_practitioner(Permission.FORMS_READ))
    def try_template(
        self, tx: Transaction, command: reviewing.TryTemplate, call: Call, by: Practitioner
    ) -> reviewing.TriedTemplate:
        """What would become of answers to a template."""
        return editing.try_template(tx, command, by, now=call.now)
