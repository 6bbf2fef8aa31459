"""The practice's templates, and the library."""

from __future__ import annotations

from forms.entry_points.wiring import Wiring
from forms.operations import templates
from portal_chassis.authority.ownership import Practitioner
from portal_chassis.authority.who import by_practitioner
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_contracts.calls import Nothing
from portal_contracts.forms.rpc import templates as contract
from portal_contracts.permissions import Permission


class TemplateCalls(Wiring):
    """The practice's templates, and the library."""

    @rpc(contract.LIST_TEMPLATES, who=by_practitioner(Permission.FORMS_READ))
    def list_templates(
        self, tx: Transaction, command: contract.ListTemplates, call: Call, by: Practitioner
    ) -> contract.Templates:
        """The practice's templates."""
        return templates.list_templates(tx, by.practice_id, with_archived=command.with_archived)

    @rpc(contract.GET_TEMPLATE, who=by_practitioner(Permission.FORMS_READ))
    def get_template(
        self, tx: Transaction, command: contract.GetTemplate, call: Call, by: Practitioner
    ) -> contract.Template:
        """One template as it is worked on."""
        return templates.get_template(tx, by, command.template_id)

    @rpc(contract.SAVE_TEMPLATE, who=by_practitioner(Permission.TEMPLATES_WRITE))
    def save_template(
        self, tx: Transaction, command: contract.SaveTemplate, call: Call, by: Practitioner
    ) -> contract.TemplateChanged:
        """Save a template or add one."""
        return templates.save_template(tx, command, by, now=call.now)

    @rpc(contract.PUBLISH_TEMPLATE, who=by_practitioner(Permission.TEMPLATES_WRITE))
    def publish_template(
        self, tx: Transaction, command: contract.PublishTemplate, call: Call, by: Practitioner
    ) -> contract.Published:
        """Freeze a template as its next version."""
        return templates.publish_template(tx, command, by, now=call.now)

    @rpc(contract.ARCHIVE_TEMPLATE, who=by_practitioner(Permission.TEMPLATES_WRITE))
    def archive_template(
        self, tx: Transaction, command: contract.ArchiveTemplate, call: Call, by: Practitioner
    ) -> contract.TemplateChanged:
        """Take a template out of what can be sent, or bring it back."""
        return templates.archive_template(tx, command, by, now=call.now)

    @rpc(contract.LIST_LIBRARY, who=by_practitioner(Permission.FORMS_READ))
    def list_library(
        self, tx: Transaction, _command: Nothing, call: Call, by: Practitioner
    ) -> contract.Library:
        """The forms that ship."""
        return templates.list_library(tx, by)

    @rpc(contract.ADD_FROM_LIBRARY, who=by_practitioner(Permission.TEMPLATES_WRITE))
    def add_from_library(
        self, tx: Transaction, command: contract.AddFromLibrary, call: Call, by: Practitioner
    ) -> contract.Published:
        """Copy a form of the library into the practice and publish it."""
        return templates.add_from_library(tx, command, by, now=call.now)
