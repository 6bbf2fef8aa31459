"""Past sessions, summaries and private notes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portal_chassis.authority.require_authority import require_authority
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import notes as note_contract
from portal_contracts.scheduling.rpc import sessions as contract
from scheduling.operations import notes, portal, sessions, summaries


class SessionCalls:
    """Past sessions, summaries and private notes."""

    database: Any
    sealer: Any
    rpc_client: Any

    # --- sessions, in the console ------------------------------------------------

    @rpc(contract.LIST_CLIENT_SESSIONS)
    def list_client_sessions(
        self, command: contract.ListClientSessions, call: Call
    ) -> contract.ClientSessions:
        """A client's past sessions, the latest first."""
        require_authority(self.rpc_client, call, command.client_id, Permission.SESSIONS_READ)
        with self.database.transaction() as tx:
            return sessions.list_client_sessions(tx, command, call.actor, now=call.now)

    @rpc(contract.GET_SESSION)
    def get_session(self, command: contract.GetSession, call: Call) -> contract.SessionRow:
        """One past session."""
        with self.database.transaction() as tx:
            return sessions.get_session(tx, command.session_id, call.actor, now=call.now)

    @rpc(contract.RECORD_SESSION)
    def record_session(
        self, command: contract.RecordSession, call: Call
    ) -> contract.SessionChanged:
        """Write down a session that had no appointment."""
        require_authority(self.rpc_client, call, command.client_id, Permission.SESSIONS_WRITE)

        def record(tx: Transaction) -> contract.SessionChanged:
            return sessions.record_session(tx, command, call, now=call.now)

        changed: contract.SessionChanged = self.database.once(call, record)
        return changed

    @rpc(contract.MARK_SESSION)
    def mark_session(self, command: contract.MarkSession, call: Call) -> contract.SessionChanged:
        """Say how a session went."""
        self._require_authority(call, command.session_id, Permission.SESSIONS_WRITE)

        def mark(tx: Transaction) -> contract.SessionChanged:
            return sessions.mark_session(tx, command, call, now=call.now)

        changed: contract.SessionChanged = self.database.once(call, mark)
        return changed

    # --- summaries, in the console -----------------------------------------------

    @rpc(contract.OPEN_SUMMARY)
    def open_summary(self, command: contract.GetSession, call: Call) -> contract.SummaryDraft:
        """The summary for editing."""
        with self.database.transaction() as tx:
            return summaries.open_summary(tx, command, call, self.sealer, now=call.now)

    @rpc(contract.OPEN_SUMMARY_VERSION)
    def open_summary_version(
        self, command: contract.OpenSummaryVersion, call: Call
    ) -> contract.SummaryText:
        """One version of a summary."""
        with self.database.transaction() as tx:
            return summaries.open_summary_version(tx, command, call, self.sealer, now=call.now)

    @rpc(contract.SAVE_SUMMARY)
    def save_summary(self, command: contract.SaveSummary, call: Call) -> contract.SummarySaved:
        """Save the draft of a summary."""
        self._require_authority(call, command.session_id, Permission.SUMMARIES_WRITE)

        def save(tx: Transaction) -> contract.SummarySaved:
            return summaries.save_summary(tx, command, call, self.sealer, now=call.now)

        saved: contract.SummarySaved = self.database.once(call, save)
        return saved

    @rpc(contract.SHARE_SUMMARY)
    def share_summary(self, command: contract.ShareSummary, call: Call) -> contract.SharedVersion:
        """Share the draft with the client."""
        self._require_authority(call, command.session_id, Permission.SUMMARIES_WRITE)

        def share(tx: Transaction) -> contract.SharedVersion:
            return summaries.share_summary(tx, command, call, self.sealer, now=call.now)

        shared: contract.SharedVersion = self.database.once(call, share)
        return shared

    @rpc(contract.UNSHARE_SUMMARY)
    def unshare_summary(self, command: contract.GetSession, call: Call) -> contract.SessionChanged:
        """Take the summary back from the client's portal."""
        self._require_authority(call, command.session_id, Permission.SUMMARIES_WRITE)

        def unshare(tx: Transaction) -> contract.SessionChanged:
            return summaries.unshare_summary(tx, command, call, now=call.now)

        changed: contract.SessionChanged = self.database.once(call, unshare)
        return changed

    # --- sessions and summaries, in the portal -----------------------------------

    @rpc(contract.LIST_OWN_SESSIONS)
    def list_own_sessions(
        self, command: contract.ListOwnSessions, call: Call
    ) -> contract.OwnSessions:
        """Past sessions of the client who asks."""
        with self.database.transaction() as tx:
            return portal.list_own_sessions(tx, command, call.actor, now=call.now)

    @rpc(contract.READ_SUMMARY)
    def read_summary(self, command: contract.ReadSummary, call: Call) -> contract.ReadableSession:
        """One's own session and its shared summary."""
        with self.database.transaction() as tx:
            return portal.read_summary(tx, command, call, self.sealer, now=call.now)

    # --- private notes, in the console -------------------------------------------

    @rpc(note_contract.OPEN_NOTE)
    def open_note(self, command: note_contract.OpenNote, call: Call) -> note_contract.PrivateNote:
        """The private note of a session."""
        with self.database.transaction() as tx:
            return notes.open_note(tx, command, call, self.sealer, now=call.now)

    @rpc(note_contract.SAVE_NOTE)
    def save_note(self, command: note_contract.SaveNote, call: Call) -> note_contract.NoteSaved:
        """Save the private note."""
        self._require_authority(call, command.session_id, Permission.NOTES_WRITE)

        def save(tx: Transaction) -> note_contract.NoteSaved:
            return notes.save_note(tx, command, call, self.sealer, now=call.now)

        saved: note_contract.NoteSaved = self.database.once(call, save)
        return saved

    def _require_authority(self, call: Call, session_id: UUID, permission: Permission) -> None:
        """Refuse a practitioner who may not do this to the client of a session."""
        with self.database.transaction() as tx:
            session = sessions.practice_session(
                tx, session_id, call.actor, permission, now=call.now
            )
        require_authority(self.rpc_client, call, session.client_id, permission)
