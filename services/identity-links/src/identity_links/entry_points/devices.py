"""Who is signed in: devices and the sign-in of practitioners."""

from __future__ import annotations

from identity_links.entry_points.wiring import Wiring
from identity_links.operations import devices, sign_in
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.calls import Done, Nothing
from portal_contracts.identity_links.rpc.devices import (
    END_DEVICE,
    LIST_CLIENT_DEVICES,
    LIST_OWN_DEVICES,
    RESOLVE_CONSOLE_DEVICE,
    RESOLVE_DEVICE,
    REVOKE_DEVICE,
    SIGN_IN,
    ClientDevice,
    ConsoleDevice,
    Devices,
    EndDevice,
    ListClientDevices,
    ResolveDevice,
    RevokeDevice,
    SignIn,
)


class DeviceCalls(Wiring):
    """Who is signed in: devices and the sign-in of practitioners."""

    @rpc(RESOLVE_DEVICE)
    def resolve_device(self, tx: Transaction, command: ResolveDevice, call: Call) -> ClientDevice:
        """Who is behind a portal cookie."""
        return devices.resolve_device(tx, command, now=call.now)

    @rpc(RESOLVE_CONSOLE_DEVICE)
    def resolve_console_device(
        self, tx: Transaction, command: ResolveDevice, call: Call
    ) -> ConsoleDevice:
        """Who is behind a console cookie."""
        return devices.resolve_console_device(tx, command, now=call.now)

    @rpc(SIGN_IN, runs_in=RunsIn.NOTHING)
    def sign_in(self, command: SignIn, call: Call) -> ConsoleDevice:
        """Sign a practitioner in."""
        return sign_in.sign_in(
            self.database,
            command,
            call,
            turn=self.password_turn,
            lifetime=self.settings.console_lifetime,
            now=call.now,
        )

    @rpc(END_DEVICE, runs_in=RunsIn.TRANSACTION)
    def end_device(self, tx: Transaction, command: EndDevice, call: Call) -> Done:
        """Sign a device out."""
        return devices.end_device(tx, command, call, now=call.now)

    @rpc(LIST_OWN_DEVICES)
    def list_own_devices(self, tx: Transaction, _command: Nothing, call: Call) -> Devices:
        """The devices of whoever asks."""
        return devices.list_own_devices(tx, call, now=call.now)

    @rpc(LIST_CLIENT_DEVICES)
    def list_client_devices(
        self, tx: Transaction, command: ListClientDevices, call: Call
    ) -> Devices:
        """The devices of one client."""
        return devices.list_client_devices(tx, command, call, now=call.now)

    @rpc(REVOKE_DEVICE)
    def revoke_device(self, tx: Transaction, command: RevokeDevice, call: Call) -> Done:
        """End one device."""
        return devices.revoke_device(tx, command, call, now=call.now)
