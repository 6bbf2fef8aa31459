"""Events that identity-links publishes."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from portal_contracts.envelope import EventData


class ShareCause(StrEnum):
    """Why a link is to be mailed; only the first two ever are.

    The set is closed: subscribers were promised these.
    """

    SHARED = "shared"
    REQUESTED = "requested"
    COPIED = "copied"
    QR = "qr"


class AccountStatus(StrEnum):
    """Whether a practitioner's account is in use."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"


class PortalLinkShared(EventData, frozen=True, kw_only=True):
    """A link is to be mailed to a client: a practitioner shared it, or she asked for a new one.

    Attributes:
        link_id: the link; its tokens are made by whoever writes the mail.
        client_id: to whom.
        cause: ``shared`` by a practitioner or ``requested`` by the client.
    """

    TYPE: ClassVar[str] = "identity_links.portal_link.shared.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_portal_link_shared",)

    link_id: UUID
    client_id: UUID
    cause: ShareCause


class EntryCodeRequested(EventData, frozen=True, kw_only=True):
    """A new device needs a code to enter: it is to be mailed to the client.

    Attributes:
        code_id: what asks for it; the code is made when the mail is written.
        client_id: to whom.
    """

    TYPE: ClassVar[str] = "identity_links.entry_code.requested.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_entry_code_requested",)

    code_id: UUID
    client_id: UUID


class ClientErased(EventData, frozen=True, kw_only=True):
    """A client was erased: whoever keeps a data key of this client deletes it.

    Attributes:
        client_id: the client; an id without anybody from then on.
    """

    TYPE: ClassVar[str] = "identity_links.client.erased.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = (
        "scheduling.on_client_erased",
        "forms.on_client_erased",
        "notifications.on_client_erased",
    )

    client_id: UUID


class ClientAddressSettled(EventData, frozen=True, kw_only=True):
    """A client's e-mail address waits no longer to be confirmed: what waited for it can go.

    Attributes:
        client_id: whose address.
    """

    TYPE: ClassVar[str] = "identity_links.client_address.settled.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_client_address_settled",)

    client_id: UUID


class PractitionerInvited(EventData, frozen=True, kw_only=True):
    """Somebody was invited into the practice: the invitation is to be mailed.

    Attributes:
        invitation_id: the invitation; its tokens are made by whoever writes the mail.
    """

    TYPE: ClassVar[str] = "identity_links.practitioner.invited.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_practitioner_invited",)

    invitation_id: UUID


class PractitionerStatusChanged(EventData, frozen=True, kw_only=True):
    """A practitioner's account was deactivated, or is in use again.

    Attributes:
        practitioner_id: whose account.
        status: while it is not in use, nobody is offered times of theirs.
    """

    TYPE: ClassVar[str] = "identity_links.practitioner_status.changed.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("scheduling.on_practitioner_status_changed",)

    practitioner_id: UUID
    status: AccountStatus


class HandOverStarted(EventData, frozen=True, kw_only=True):
    """What a practitioner has to come is another one's from now on.

    Attributes:
        from_practitioner_id: who handed over.
        to_practitioner_id: who takes over.
        client_ids: only what concerns these clients; None is all of them.
        left_appointment_ids: appointments that stay where they are.
    """

    TYPE: ClassVar[str] = "identity_links.hand_over.started.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = (
        "scheduling.on_hand_over_started",
        "forms.on_hand_over_started",
    )

    from_practitioner_id: UUID
    to_practitioner_id: UUID
    client_ids: list[UUID] | None
    left_appointment_ids: list[UUID]


class AccountChange(StrEnum):
    """What became of a practitioner's account, or was done in the practice, that is mailed.

    The set is closed: subscribers were promised these.
    """

    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a change
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"
    SECOND_FACTOR_RESET = "second_factor_reset"
    COLLEAGUE_RESET = "colleague_reset"
    RECOVERY_CODE_USED = "recovery_code_used"
    NEW_DEVICE = "new_device"
    EMERGENCY_ACCESS = "emergency_access"
    EVERYONE_SHOWN = "everyone_shown"


class AccountChanged(EventData, frozen=True, kw_only=True):
    """A practitioner is to be told of something that happened to the account, or to a client.

    Attributes:
        practitioner_id: who is to be told.
        change: what happened; ``colleague_reset`` tells an owner that a colleague's second
            factor was reset, ``emergency_access`` whoever works with a client that an owner
            opened what the client's practitioner keeps, ``everyone_shown`` all who work in the
            practice that everybody sees all clients from now on.
        subject_id: the practitioner, the device or the emergency access it is about; a new one
            for each time that everyone is shown.
    """

    TYPE: ClassVar[str] = "identity_links.account.changed.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_account_changed",)

    practitioner_id: UUID
    change: AccountChange
    subject_id: UUID


class PasswordResetAsked(EventData, frozen=True, kw_only=True):
    """Somebody forgot the password of an account: an address is to be mailed.

    Attributes:
        reset_id: what asks for it; its token is made by whoever writes the mail.
        practitioner_id: to whom.
    """

    TYPE: ClassVar[str] = "identity_links.password_reset.requested.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_password_reset_requested",)

    reset_id: UUID
    practitioner_id: UUID


EVENTS = (
    PortalLinkShared,
    EntryCodeRequested,
    ClientErased,
    ClientAddressSettled,
    PractitionerInvited,
    PractitionerStatusChanged,
    HandOverStarted,
    AccountChanged,
    PasswordResetAsked,
)
