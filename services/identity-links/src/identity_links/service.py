"""The identity-links service: decode, one operation, encode."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from eventlet import tpool
from eventlet.semaphore import Semaphore
from nameko.extensions import DependencyProvider

from identity_links.config import Settings
from identity_links.operations import (
    access_log,
    authority,
    clients,
    devices,
    entering,
    housekeeping,
    links,
    new_links,
    sign_in,
)
from identity_links.operations.passwords import NOBODYS_HASH, verify_password
from portal_chassis.database import Transaction, after_commit
from portal_chassis.jobs import job
from portal_chassis.providers import (
    ClockProvider,
    DatabaseProvider,
    InboxRetry,
    JobsProvider,
    OutboxRelay,
    SealerProvider,
    SettingsProvider,
)
from portal_chassis.rpc import Call, rpc
from portal_chassis.subscribe import subscribe
from portal_contracts.calls import Done, Nothing
from portal_contracts.envelope import Event
from portal_contracts.errors import PortalError
from portal_contracts.identity_links import rpc as contract
from portal_contracts.notifications.events import AccessRecorded

R = TypeVar("R")


class PasswordsProvider(DependencyProvider):
    """Checks passwords in threads of their own, a few at a time: argon2 takes core and memory."""

    def setup(self) -> None:
        """Read how many at a time."""
        self._free = Semaphore(self.container.config["runtime"].settings.passwords_at_once)

    def get_dependency(self, _worker_ctx: Any) -> sign_in.Verify:
        """The check; for no hash it takes as long as for one."""
        return self._verify

    def _verify(self, password_hash: str | None, password: str) -> bool:
        with self._free:
            matches: bool = tpool.execute(verify_password, password_hash or NOBODYS_HASH, password)
        return matches and password_hash is not None


class IdentityLinksService:
    """Who may enter: practices, practitioners, clients, portal links, devices, the access log."""

    name = "identity_links"
    settings_class = Settings
    seals = True

    database: Any = DatabaseProvider()
    settings: Any = SettingsProvider()
    clock: Any = ClockProvider()
    sealer: Any = SealerProvider()
    jobs: Any = JobsProvider()
    verify_password: Any = PasswordsProvider()
    relay = OutboxRelay()
    inbox = InboxRetry()

    # --- entering by link ------------------------------------------------------

    @rpc(contract.INSPECT_LINK)
    def inspect_link(self, command: contract.InspectLink, call: Call) -> contract.LinkStanding:
        """How a link stands; counts a scan."""
        with self.database.transaction() as tx:
            return entering.inspect_link(tx, command, now=call.now)

    @rpc(contract.REDEEM_LINK)
    def redeem_link(self, command: contract.RedeemLink, call: Call) -> contract.Entry:
        """Sign a device in by a link, or say what stands in the way."""
        with self.database.transaction() as tx:
            return entering.redeem_link(tx, command, call, now=call.now)

    @rpc(contract.RENEW_LINK)
    def renew_link(self, command: contract.RenewLink, call: Call) -> contract.LinkRequested:
        """Mail a new link to the client of a dead one."""
        with self.database.transaction() as tx:
            return new_links.renew_link(tx, command, call, now=call.now)

    @rpc(contract.REQUEST_LINK)
    def request_link(self, command: contract.RequestLink, call: Call) -> contract.LinkRequested:
        """Take a request by e-mail address; `answer_link_requests` answers it right after."""
        with self.database.transaction() as tx:
            after_commit(tx, lambda: self.jobs.wake("answer_link_requests"))
            return new_links.request_link(tx, command, call, now=call.now)

    # --- devices ---------------------------------------------------------------

    @rpc(contract.RESOLVE_DEVICE)
    def resolve_device(self, command: contract.ResolveDevice, call: Call) -> contract.ClientDevice:
        """Who is behind a portal cookie."""
        with self.database.transaction() as tx:
            return devices.resolve_device(tx, command, now=call.now)

    @rpc(contract.RESOLVE_CONSOLE_DEVICE)
    def resolve_console_device(
        self, command: contract.ResolveDevice, call: Call
    ) -> contract.ConsoleDevice:
        """Who is behind a console cookie."""
        with self.database.transaction() as tx:
            return devices.resolve_console_device(tx, command, now=call.now)

    @rpc(contract.SIGN_IN)
    def sign_in(self, command: contract.SignIn, call: Call) -> contract.ConsoleDevice:
        """Sign a practitioner in."""
        return sign_in.sign_in(
            self.database,
            command,
            call,
            verify=self.verify_password,
            lifetime=self.settings.console_lifetime,
            now=call.now,
        )

    @rpc(contract.END_DEVICE)
    def end_device(self, command: contract.EndDevice, call: Call) -> Done:
        """Sign a device out."""
        with self.database.transaction() as tx:
            return devices.end_device(tx, command, call, now=call.now)

    @rpc(contract.LIST_OWN_DEVICES)
    def list_own_devices(self, _command: Nothing, call: Call) -> contract.Devices:
        """The devices of whoever asks."""
        with self.database.transaction() as tx:
            return devices.list_own_devices(tx, call, now=call.now)

    @rpc(contract.LIST_CLIENT_DEVICES)
    def list_client_devices(
        self, command: contract.ListClientDevices, call: Call
    ) -> contract.Devices:
        """The devices of one client."""
        with self.database.transaction() as tx:
            return devices.list_client_devices(tx, command, call, now=call.now)

    @rpc(contract.REVOKE_DEVICE)
    def revoke_device(self, command: contract.RevokeDevice, call: Call) -> Done:
        """End one device."""
        return self._once(devices.revoke_device, command, call)

    # --- clients ---------------------------------------------------------------

    @rpc(contract.LIST_CLIENTS)
    def list_clients(self, command: contract.ListClients, call: Call) -> contract.ClientPage:
        """Search, filter and page the clients."""
        with self.database.transaction() as tx:
            return clients.list_clients(tx, command, call)

    @rpc(contract.GET_CLIENT)
    def get_client(self, command: contract.GetClient, call: Call) -> contract.ClientDetails:
        """One client's details."""
        with self.database.transaction() as tx:
            return clients.get_client(tx, command, call, sealer=self.sealer, now=call.now)

    @rpc(contract.NAME_CLIENTS)
    def name_clients(self, command: contract.NameClients, call: Call) -> contract.ClientNames:
        """Names for ids."""
        with self.database.transaction() as tx:
            return clients.name_clients(tx, command, call)

    @rpc(contract.ADD_CLIENT)
    def add_client(self, command: contract.AddClient, call: Call) -> contract.ClientChanged:
        """Add a client."""
        return self._once(clients.add_client, command, call, sealer=self.sealer)

    @rpc(contract.EDIT_CLIENT)
    def edit_client(self, command: contract.EditClient, call: Call) -> contract.ClientChanged:
        """Change a client."""
        return self._once(clients.edit_client, command, call, sealer=self.sealer)

    @rpc(contract.SET_CLIENT_STATUS)
    def set_client_status(
        self, command: contract.SetClientStatus, call: Call
    ) -> contract.ClientChanged:
        """Archive a client, or make her active again."""
        return self._once(clients.set_client_status, command, call)

    # --- portal links ----------------------------------------------------------

    @rpc(contract.SHARE_LINK)
    def share_link(self, command: contract.ShareLink, call: Call) -> contract.LinkCreated:
        """Make a link and have it mailed."""
        return self._once(links.share_link, command, call)

    @rpc(contract.CREATE_LINK)
    def create_link(self, command: contract.CreateLink, call: Call) -> contract.LinkCreated:
        """Make a link to copy or to show."""
        return self._once(links.create_link, command, call)

    @rpc(contract.LIST_LINKS)
    def list_links(self, command: contract.ListLinks, call: Call) -> contract.Links:
        """The links of one client."""
        with self.database.transaction() as tx:
            return links.list_links(tx, command, call, now=call.now)

    @rpc(contract.REVOKE_LINK)
    def revoke_link(self, command: contract.RevokeLink, call: Call) -> Done:
        """Revoke a link."""
        return self._once(links.revoke_link, command, call)

    @rpc(contract.REVOKE_ALL_LINKS)
    def revoke_all_links(self, command: contract.RevokeAllLinks, call: Call) -> Done:
        """Revoke all links of a client and end her devices."""
        return self._once(links.revoke_all_links, command, call)

    @rpc(contract.PREPARE_LINK)
    def prepare_link(self, command: contract.PrepareLink, call: Call) -> contract.LinkFacts:
        """Register a sending attempt's token, tell the facts of the mail."""
        with self.database.transaction() as tx:
            return links.prepare_link(tx, command, call, now=call.now)

    # --- authority and the access log ------------------------------------------

    @rpc(contract.MAY)
    def may(self, command: contract.May, call: Call) -> contract.Authority:
        """Whether a practitioner may do something to a client."""
        with self.database.transaction() as tx:
            return authority.may(tx, command, call)

    @rpc(contract.RECORD_REFUSAL)
    def record_refusal(self, command: contract.RecordRefusal, call: Call) -> Done:
        """Write down a refusal by the gateway."""
        with self.database.transaction() as tx:
            access_log.record_refusal(tx, command, call, now=call.now)
            return Done()

    @rpc(contract.LIST_ACCESS)
    def list_access(self, command: contract.ListAccess, call: Call) -> contract.AccessPage:
        """The access log, newest first."""
        with self.database.transaction() as tx:
            return access_log.list_access(tx, command, call)

    def on_call_refused(self, call: Call, error: PortalError) -> None:
        """Write down that a call was refused here, after its transaction was rolled back."""
        with self.database.transaction() as tx:
            access_log.record_refused_call(
                tx, call.method, call.arguments, error, call, now=call.now
            )

    @subscribe(AccessRecorded)
    def on_access_recorded(self, event: Event[AccessRecorded], tx: Transaction) -> None:
        """Write down what another service reports."""
        access_log.record_event(tx, event)

    def _once(
        self, operation: Callable[..., R], command: object, call: Call, **collaborators: Any
    ) -> R:
        """Run a mutation once per idempotency key, in one transaction."""
        done: R = self.database.once(
            call, lambda tx: operation(tx, command, call, now=call.now, **collaborators)
        )
        return done

    # --- jobs ------------------------------------------------------------------

    @job(every_seconds=30)
    def answer_link_requests(self) -> int:
        """Answer one request for a link by e-mail address; all work is in one transaction."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            return new_links.answer_request(tx, now=now)

    @job(every_seconds=3_600)
    def prune(self) -> int:
        """Delete what is past its time."""
        settings, now = self.settings, self.clock.now()
        with self.database.transaction() as tx:
            housekeeping.prune(
                tx,
                devices_kept=timedelta(days=settings.devices_kept_days),
                refusals_kept=timedelta(days=settings.refusal_counts_kept_days),
                now=now,
            )
        return 0
