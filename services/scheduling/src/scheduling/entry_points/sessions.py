"""Past sessions, summaries and private notes."""

from __future__ import annotations

from portal_chassis.authority.who import about_client
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import notes as note_contract
from portal_contracts.scheduling.rpc import sessions as contract
from scheduling.entry_points.checks import about_client_of_session, sight_of_session
from scheduling.entry_points.wiring import Wiring
from scheduling.operations import notes, portal, sessions, summaries


class SessionCalls(Wiring):
    """Past sessions, summaries and private notes."""

    # --- sessions, in the console ------------------------------------------------

    @rpc(contract.LIST_CLIENT_SESSIONS, checks=[about_client(Permission.SESSIONS_READ)])
    def list_client_sessions(
        self, tx: Transaction, command: contract.ListClientSessions, call: Call
    ) -> contract.ClientSessions:
        """A client's past sessions, the latest first."""
        return sessions.list_client_sessions(tx, command, call.actor, now=call.now)

    @rpc(contract.GET_SESSION, checks=[sight_of_session(Permission.SESSIONS_READ)])
    def get_session(
        self, tx: Transaction, command: contract.GetSession, call: Call
    ) -> contract.SessionRow:
        """One past session."""
        return sessions.get_session(tx, command.session_id, call.actor, now=call.now)

    @rpc(contract.RECORD_SESSION, checks=[about_client(Permission.SESSIONS_WRITE)])
    def record_session(
        self, tx: Transaction, command: contract.RecordSession, call: Call
    ) -> contract.SessionChanged:
        """Write down a session that had no appointment."""
        return sessions.record_session(tx, command, call, now=call.now)

    @rpc(contract.MARK_SESSION, checks=[about_client_of_session(Permission.SESSIONS_WRITE)])
    def mark_session(
        self, tx: Transaction, command: contract.MarkSession, call: Call
    ) -> contract.SessionChanged:
        """Say how a session went."""
        return sessions.mark_session(tx, command, call, now=call.now)

    # --- summaries, in the console -----------------------------------------------

    @rpc(
        contract.OPEN_SUMMARY,
        checks=[sight_of_session(Permission.SUMMARIES_READ)],
        runs_in=RunsIn.TRANSACTION,
    )
    def open_summary(
        self, tx: Transaction, command: contract.GetSession, call: Call
    ) -> contract.SummaryDraft:
        """The summary for editing."""
        return summaries.open_summary(tx, command, call, self.sealer, now=call.now)

    @rpc(
        contract.OPEN_SUMMARY_VERSION,
        checks=[sight_of_session(Permission.SUMMARIES_READ)],
        runs_in=RunsIn.TRANSACTION,
    )
    def open_summary_version(
        self, tx: Transaction, command: contract.OpenSummaryVersion, call: Call
    ) -> contract.SummaryText:
        """One version of a summary."""
        return summaries.open_summary_version(tx, command, call, self.sealer, now=call.now)

    @rpc(contract.SAVE_SUMMARY, checks=[about_client_of_session(Permission.SUMMARIES_WRITE)])
    def save_summary(
        self, tx: Transaction, command: contract.SaveSummary, call: Call
    ) -> contract.SummarySaved:
        """Save the draft of a summary."""
        return summaries.save_summary(tx, command, call, self.sealer, now=call.now)

    @rpc(contract.SHARE_SUMMARY, checks=[about_client_of_session(Permission.SUMMARIES_WRITE)])
    def share_summary(
        self, tx: Transaction, command: contract.ShareSummary, call: Call
    ) -> contract.SharedVersion:
        """Share the draft with the client."""
        return summaries.share_summary(tx, command, call, self.sealer, now=call.now)

    @rpc(contract.UNSHARE_SUMMARY, checks=[about_client_of_session(Permission.SUMMARIES_WRITE)])
    def unshare_summary(
        self, tx: Transaction, command: contract.GetSession, call: Call
    ) -> contract.SessionChanged:
        """Take the summary back from the client's portal."""
        return summaries.unshare_summary(tx, command, call, now=call.now)

    # --- sessions and summaries, in the portal -----------------------------------

    @rpc(contract.LIST_OWN_SESSIONS)
    def list_own_sessions(
        self, tx: Transaction, command: contract.ListOwnSessions, call: Call
    ) -> contract.OwnSessions:
        """Past sessions of the client who asks."""
        return portal.list_own_sessions(tx, command, call.actor, now=call.now)

    @rpc(contract.READ_SUMMARY, runs_in=RunsIn.TRANSACTION)
    def read_summary(
        self, tx: Transaction, command: contract.ReadSummary, call: Call
    ) -> contract.ReadableSession:
        """One's own session and its shared summary."""
        return portal.read_summary(tx, command, call, self.sealer, now=call.now)

    # --- private notes, in the console -------------------------------------------

    @rpc(
        note_contract.OPEN_NOTE,
        checks=[sight_of_session(Permission.NOTES_READ)],
        runs_in=RunsIn.TRANSACTION,
    )
    def open_note(
        self, tx: Transaction, command: note_contract.OpenNote, call: Call
    ) -> note_contract.PrivateNote:
        """One's own note of a session."""
        return notes.open_note(tx, command, call, self.sealer, now=call.now)

    @rpc(
        note_contract.OPEN_NOTE_VERSION,
        checks=[sight_of_session(Permission.NOTES_READ)],
        runs_in=RunsIn.TRANSACTION,
    )
    def open_note_version(
        self, tx: Transaction, command: note_contract.OpenNoteVersion, call: Call
    ) -> note_contract.NoteText:
        """One version of one's own note."""
        return notes.open_note_version(tx, command, call, self.sealer, now=call.now)

    @rpc(note_contract.SAVE_NOTE, checks=[about_client_of_session(Permission.NOTES_WRITE)])
    def save_note(
        self, tx: Transaction, command: note_contract.SaveNote, call: Call
    ) -> note_contract.NoteSaved:
        """Save one's own note."""
        return notes.save_note(tx, command, call, self.sealer, now=call.now)
