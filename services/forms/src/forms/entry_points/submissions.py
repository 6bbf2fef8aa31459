"""What came back of forms: unlocked to be corrected, and exported."""

from __future__ import annotations

from forms.entry_points.checks import sight_of_request
from forms.entry_points.wiring import Wiring
from forms.operations import exporting, unlocking
from portal_chassis.authority.ownership import Practitioner
from portal_chassis.authority.seen import Seen
from portal_chassis.authority.who import by_practitioner, seen
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.forms.rpc import exports, submissions
from portal_contracts.permissions import Permission


class SubmissionCalls(Wiring):
    """What came back of forms: unlocked to be corrected, and exported."""

    @rpc(
        submissions.UNLOCK_FORM,
        who=by_practitioner(Permission.ANSWERS_REVIEW),
        checks=[sight_of_request(Permission.ANSWERS_REVIEW)],
    )
    def unlock_form(
        self, tx: Transaction, command: submissions.UnlockForm, call: Call, by: Practitioner
    ) -> submissions.Unlocked:
        """Let a client correct what was submitted."""
        return unlocking.unlock_form(tx, command, call, by, self.sealer)

    @rpc(exports.BEGIN_EXPORT, who=seen)
    def begin_export(
        self, tx: Transaction, command: exports.BeginExport, call: Call, found: Seen
    ) -> exports.ExportBegun:
        """What there is to export of a template."""
        return exporting.begin_export(tx, command, exporting.by_practitioner(call, found))

    @rpc(exports.EXPORT_ANSWERS, who=seen, runs_in=RunsIn.TRANSACTION)
    def export_answers(
        self, tx: Transaction, command: exports.ExportAnswers, call: Call, found: Seen
    ) -> exports.ExportedPage:
        """A page of a template's answers."""
        return exporting.export_answers(
            tx, command, exporting.by_practitioner(call, found), self.sealer, now=call.now
        )
