"""Practitioners' own accounts: password, second factor, and what a forgotten password leads to."""

from __future__ import annotations

from functools import partial

from identity_links.entry_points.password_turns import hash_in_turn
from identity_links.entry_points.wiring import Wiring
from identity_links.operations import accounts, devices, finishing, password_resets, second_factors
from identity_links.operations.confirming import Desk
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction, after_commit
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.calls import Done, Nothing
from portal_contracts.identity_links.rpc.accounts import (
    BEGIN_SECOND_FACTOR,
    CHANGE_PASSWORD,
    DISABLE_SECOND_FACTOR,
    EDIT_ACCOUNT,
    ENABLE_SECOND_FACTOR,
    FINISH_SIGN_IN,
    READ_ACCOUNT,
    READ_SIGN_IN_FACTS,
    RENEW_RECOVERY_CODES,
    RESET_SECOND_FACTOR,
    Account,
    ChangePassword,
    DisableSecondFactor,
    EditAccount,
    EnableSecondFactor,
    FinishSignIn,
    Proof,
    ReadSignInFacts,
    RecoveryCodes,
    ResetSecondFactor,
    SetupKey,
    SignInFacts,
)
from portal_contracts.identity_links.rpc.devices import ConsoleDevice
from portal_contracts.identity_links.rpc.password_resets import (
    INSPECT_PASSWORD_RESET,
    PREPARE_PASSWORD_RESET,
    REQUEST_PASSWORD_RESET,
    RESET_PASSWORD,
    InspectPasswordReset,
    PasswordResetFacts,
    PasswordResetRequested,
    PasswordResetStanding,
    PreparePasswordReset,
    RequestPasswordReset,
    ResetPassword,
)


class AccountCalls(Wiring):
    """Practitioners' own accounts."""

    @rpc(READ_ACCOUNT)
    def read_account(self, tx: Transaction, _command: Nothing, call: Call) -> Account:
        """The account of the practitioner who asks."""
        return accounts.read_account(tx, call)

    @rpc(EDIT_ACCOUNT)
    def edit_account(self, tx: Transaction, command: EditAccount, call: Call) -> Done:
        """Change the own name and language."""
        return accounts.edit_account(tx, command, call, now=call.now)

    @rpc(CHANGE_PASSWORD, runs_in=RunsIn.NOTHING)
    def change_password(self, command: ChangePassword, call: Call) -> Done:
        """Replace the own password."""
        return accounts.change_password(
            self._desk(call), command, call, make_hash=partial(hash_in_turn, self.password_turn)
        )

    @rpc(BEGIN_SECOND_FACTOR, runs_in=RunsIn.TRANSACTION)
    def begin_second_factor(self, tx: Transaction, _command: Nothing, call: Call) -> SetupKey:
        """A key for an authenticator app."""
        return second_factors.begin(tx, call, sealer=self.sealer, now=call.now)

    @rpc(ENABLE_SECOND_FACTOR, runs_in=RunsIn.NOTHING)
    def enable_second_factor(self, command: EnableSecondFactor, call: Call) -> RecoveryCodes:
        """Ask for a code at sign-in from now on."""
        return second_factors.enable(self._desk(call), command, call)

    @rpc(DISABLE_SECOND_FACTOR, runs_in=RunsIn.NOTHING)
    def disable_second_factor(self, command: DisableSecondFactor, call: Call) -> Done:
        """Ask for no code any more."""
        return second_factors.disable(self._desk(call), command, call)

    @rpc(RENEW_RECOVERY_CODES, runs_in=RunsIn.NOTHING)
    def renew_recovery_codes(self, command: Proof, call: Call) -> RecoveryCodes:
        """Fresh recovery codes."""
        return second_factors.renew_recovery_codes(self._desk(call), command, call)

    @rpc(RESET_SECOND_FACTOR, runs_in=RunsIn.NOTHING)
    def reset_second_factor(self, command: ResetSecondFactor, call: Call) -> Done:
        """Take a colleague's second factor away."""
        return second_factors.reset_of_colleague(self._desk(call), command, call)

    @rpc(FINISH_SIGN_IN, runs_in=RunsIn.NOTHING)
    def finish_sign_in(self, command: FinishSignIn, call: Call) -> ConsoleDevice:
        """Sign a practitioner in by a code."""
        return finishing.finish_sign_in(
            self.database,
            command,
            call,
            sealer=self.sealer,
            lifetime=self.settings.console_lifetime,
            now=call.now,
        )

    @rpc(REQUEST_PASSWORD_RESET, runs_in=RunsIn.TRANSACTION)
    def request_password_reset(
        self, tx: Transaction, command: RequestPasswordReset, call: Call
    ) -> PasswordResetRequested:
        """Take a forgotten password; `answer_password_resets` answers it right after."""
        after_commit(tx, lambda: self.jobs.wake("answer_password_resets"))
        return password_resets.request(tx, command, call, now=call.now)

    @rpc(INSPECT_PASSWORD_RESET)
    def inspect_password_reset(
        self, tx: Transaction, command: InspectPasswordReset, call: Call
    ) -> PasswordResetStanding:
        """How a mailed address stands."""
        return password_resets.inspect(tx, command, now=call.now)

    @rpc(RESET_PASSWORD, runs_in=RunsIn.NOTHING)
    def reset_password(self, command: ResetPassword, call: Call) -> Done:
        """Set a new password by a mailed address."""
        return password_resets.reset_password(
            self._desk(call), command, call, make_hash=partial(hash_in_turn, self.password_turn)
        )

    @rpc(PREPARE_PASSWORD_RESET, runs_in=RunsIn.TRANSACTION)
    def prepare_password_reset(
        self, tx: Transaction, command: PreparePasswordReset, call: Call
    ) -> PasswordResetFacts:
        """Register the token of one sending attempt."""
        return password_resets.prepare(tx, command, call, now=call.now)

    @rpc(READ_SIGN_IN_FACTS)
    def read_sign_in_facts(
        self, tx: Transaction, command: ReadSignInFacts, call: Call
    ) -> SignInFacts:
        """What a mail about a new device is written from."""
        return devices.read_sign_in_facts(tx, command, call)

    def _desk(self, call: Call) -> Desk:
        return Desk(self.database, self.password_turn, self.sealer, call.now)
