"""identity-links in memory: a practitioner's own account, without what takes a second factor."""

from __future__ import annotations

from dataclasses import dataclass

from identity_links.domain.access import Act
from identity_links.domain.networks import counted_network
from identity_links.domain.passwords import check_password
from identity_links.domain.practice_fields import PractitionerFields, check_practitioner_fields
from identity_links.domain.second_factor import KEY_BYTES, PROOFS_BY_PRACTITIONER, setup_address
from identity_links.domain.throttle import LINK_BY_NETWORK, LINK_BY_PERSON
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.calls import Done, Nothing
from portal_contracts.errors import Forbidden
from portal_contracts.identity_links.rpc.accounts import (
    Account,
    ChangePassword,
    EditAccount,
    SetupKey,
)
from portal_contracts.identity_links.rpc.password_resets import (
    InspectPasswordReset,
    PasswordResetRequested,
    PasswordResetStanding,
    RequestPasswordReset,
)
from portal_contracts.permissions import require_kind
from tests.kit.gateway.fake_entering import FakeEntering
from tests.kit.gateway.state import FakePractitioner


@dataclass
class FakeAccounts(FakeEntering):
    """Nobody has a second factor here, and no mailed address works."""

    def read_account(self, _command: Nothing, actor: Actor) -> Account:
        """One's own."""
        own = self._own_account(actor)
        return Account(
            name=own.name,
            email=own.email,
            language=own.language,
            role=own.role,
            second_factor_since=None,
            recovery_codes_left=0,
            required_from=None,
        )

    def edit_account(self, command: EditAccount, actor: Actor) -> Done:
        """Name and language."""
        own = self._own_account(actor)
        checked = check_practitioner_fields(
            PractitionerFields(
                name=own.name if command.name is None else command.name,
                email=own.email,
                role=own.role,
                language=own.language if command.language is None else command.language,
            )
        )
        if (checked.name, checked.language) != (own.name, own.language):
            own.name, own.language = checked.name, checked.language
            self.note(actor, Act.PRACTITIONER_CHANGED)
        return Done()

    def change_password(self, command: ChangePassword, actor: Actor) -> Done:
        """By the present one; the device and browser that ask stay."""
        own = self._own_account(actor)
        key = f"proof {own.id}"
        if wait := self.limits.count_try(key, PROOFS_BY_PRACTITIONER, self.clock.now()):
            raise Forbidden("too_many_tries", retry_after_seconds=wait)
        if command.password != own.password:
            raise Forbidden("not_confirmed")
        self.limits.forget(key)
        check_password(command.new_password, (own.name, own.email, own.practice.card.name))
        own.password = command.new_password
        self.note(actor, Act.PASSWORD_CHANGED)
        for device in [one for one in self.devices.values() if one.owner is own]:
            if device.hash != command.device_hash:
                self.end(device)
                self.note(actor, Act.DEVICE_REVOKED)
        return Done()

    def begin_second_factor(self, _command: Nothing, actor: Actor) -> SetupKey:
        """Always the same key."""
        own = self._own_account(actor)
        address = setup_address(bytes(KEY_BYTES), account=own.email, issuer=own.practice.card.name)
        return SetupKey(key="A" * 32, address=address)

    def request_password_reset(
        self, command: RequestPasswordReset, _actor: Actor
    ) -> PasswordResetRequested:
        """One answer for every address."""
        now, network = self.clock.now(), counted_network(command.address)
        wait = self.limits.count_try(f"reset {network}", LINK_BY_NETWORK, now)
        wait = wait or self.limits.count_try(
            f"reset {command.email.strip().lower()}", LINK_BY_PERSON, now
        )
        return PasswordResetRequested(retry_after_seconds=wait or LINK_BY_PERSON.wait_after(1))

    def inspect_password_reset(
        self, _command: InspectPasswordReset, _actor: Actor
    ) -> PasswordResetStanding:
        """None works."""
        return PasswordResetStanding(works=False)

    def _own_account(self, actor: Actor) -> FakePractitioner:
        require_kind(actor, ActorKind.PRACTITIONER)
        if actor.token_id is not None or actor.id is None:
            raise Forbidden("not_allowed")
        return self.practitioners[actor.id]
