"""Every address of the settings; who may come there stands in `sections`."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from gateway.console.settings import (
    access,
    account,
    api_tokens,
    booking,
    colleague_second_factor,
    crisis_contacts,
    face,
    hand_over,
    invitations,
    mail_server,
    overview,
    pictures,
    practice,
    second_factor,
    team,
    visibility,
)
from gateway.console.settings.sections import (
    ACCOUNT,
    API_TOKENS,
    BOOKING,
    FACE,
    LINKS,
    MAIL_SERVER,
    PRACTICE,
    SECURITY,
    SETTINGS,
    TEAM,
    VISIBILITY,
)
from gateway.web.routing import Route, practitioner_route

ROUTES: Final[tuple[Route, ...]] = (
    practitioner_route(SETTINGS, overview.SettingsPage, None),
    PRACTICE.page(practice.PracticePage),
    TEAM.page(team.TeamPage),
    TEAM.page(invitations.InvitePage, "/invite", changes=True),
    TEAM.page(
        invitations.ResendInvitationPage, "/invitations/{invitation_id:uuid}/resend", changes=True
    ),
    TEAM.page(
        invitations.WithdrawInvitationPage,
        "/invitations/{invitation_id:uuid}/withdraw",
        changes=True,
    ),
    TEAM.page(team.MemberPage, "/{practitioner_id:uuid}", changes=True),
    TEAM.page(
        colleague_second_factor.ResetColleaguePage,
        "/{practitioner_id:uuid}/second-factor",
        changes=True,
    ),
    TEAM.page(team.DeactivatePage, "/{practitioner_id:uuid}/deactivate", changes=True),
    TEAM.page(team.ReactivatePage, "/{practitioner_id:uuid}/reactivate", changes=True),
    TEAM.page(hand_over.HandOverPage, "/{practitioner_id:uuid}/hand-over", changes=True),
    PRACTICE.page(crisis_contacts.CrisisContactsPage, "/crisis-contacts", changes=True),
    FACE.page(face.FacePage),
    FACE.page(pictures.LogoPage, "/logo", changes=True),
    BOOKING.page(booking.BookingPage),
    LINKS.page(access.LinksPage),
    SECURITY.page(access.SecurityPage),
    MAIL_SERVER.page(mail_server.MailServerPage),
    VISIBILITY.page(visibility.VisibilityPage),
    VISIBILITY.page(visibility.ProposeCaseloadsPage, "/propose", changes=True),
    API_TOKENS.page(api_tokens.ApiTokensPage),
    API_TOKENS.page(api_tokens.NewApiTokenPage, "/new"),
    API_TOKENS.page(api_tokens.RevokeTokenPage, "/{token_id:uuid}/revoke"),
    ACCOUNT.page(pictures.PortraitPage, "/picture"),
    ACCOUNT.page(account.AccountPage),
    ACCOUNT.page(account.ProfilePage, "/profile"),
    ACCOUNT.page(account.PasswordPage, "/password"),
    replace(
        ACCOUNT.page(second_factor.SecondFactorPage, second_factor.MORE), before_second_factor=True
    ),
    ACCOUNT.page(second_factor.RecoveryCodesPage, f"{second_factor.MORE}/recovery-codes"),
    ACCOUNT.page(second_factor.SwitchOffPage, f"{second_factor.MORE}/off"),
    practitioner_route("/console/devices/{device_id:uuid}/end", account.EndOwnDevicePage, None),
)
