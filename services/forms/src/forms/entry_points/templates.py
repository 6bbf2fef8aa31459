"""The practice's templates, and the library."""

from __future__ import annotations

from typing import Any

from forms.operations import templates
from portal_chassis.authority.ownership import require_practitioner
from portal_chassis.call import Call
from portal_chassis.rpc.entry_point import rpc
from portal_contracts.calls import Nothing
from portal_contracts.forms.rpc import templates as contract
from portal_contracts.permissions import Permission


class TemplateCalls:
    """The practice's templates, and the library."""

    database: Any

    @rpc(contract.LIST_TEMPLATES)
    def list_templates(self, command: contract.ListTemplates, call: Call) -> contract.Templates:
        """The practice's templates."""
        by = require_practitioner(call.actor, Permission.FORMS_READ)
        with self.database.transaction() as tx:
            return templates.list_templates(tx, by.practice_id, with_archived=command.with_archived)

    @rpc(contract.GET_TEMPLATE)
    def get_template(self, command: contract.GetTemplate, call: Call) -> contract.Template:
        """One template as it is worked on."""
        by = require_practitioner(call.actor, Permission.FORMS_READ)
        with self.database.transaction() as tx:
            return templates.get_template(tx, by, command.template_id)

    @rpc(contract.SAVE_TEMPLATE)
    def save_template(self, command: contract.SaveTemplate, call: Call) -> contract.TemplateChanged:
        """Save a template or add one."""
        by = require_practitioner(call.actor, Permission.TEMPLATES_WRITE)
        changed: contract.TemplateChanged = self.database.once(
            call, lambda tx: templates.save_template(tx, command, by, now=call.now)
        )
        return changed

    @rpc(contract.PUBLISH_TEMPLATE)
    def publish_template(self, command: contract.GetTemplate, call: Call) -> contract.Published:
        """Freeze a template as its next version."""
        by = require_practitioner(call.actor, Permission.TEMPLATES_WRITE)
        published: contract.Published = self.database.once(
            call,
            lambda tx: templates.publish_template(tx, command.template_id, by, now=call.now),
        )
        return published

    @rpc(contract.ARCHIVE_TEMPLATE)
    def archive_template(
        self, command: contract.ArchiveTemplate, call: Call
    ) -> contract.TemplateChanged:
        """Take a template out of what can be sent, or bring it back."""
        by = require_practitioner(call.actor, Permission.TEMPLATES_WRITE)
        changed: contract.TemplateChanged = self.database.once(
            call, lambda tx: templates.archive_template(tx, command, by, now=call.now)
        )
        return changed

    @rpc(contract.LIST_LIBRARY)
    def list_library(self, _command: Nothing, call: Call) -> contract.Library:
        """The forms that ship."""
        by = require_practitioner(call.actor, Permission.FORMS_READ)
        with self.database.transaction() as tx:
            return templates.list_library(tx, by)

    @rpc(contract.ADD_FROM_LIBRARY)
    def add_from_library(self, command: contract.AddFromLibrary, call: Call) -> contract.Published:
        """Copy a form of the library into the practice and publish it."""
        by = require_practitioner(call.actor, Permission.TEMPLATES_WRITE)
        published: contract.Published = self.database.once(
            call, lambda tx: templates.add_from_library(tx, command, by, now=call.now)
        )
        return published
