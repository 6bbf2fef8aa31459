"""Every address of the gateway, and whose page it is."""

from __future__ import annotations

from typing import Final

from gateway import brand, health, static_files, theme
from gateway.api import routes as api
from gateway.console import (
    api_tokens,
    client,
    client_form,
    clients,
    confirm,
    links,
    mails,
    settings,
    sign_in,
    today,
)
from gateway.console import form_routes as console_forms
from gateway.console import schedule_routes as console_schedule
from gateway.dev import mail as dev_mail
from gateway.portal import asking, devices, entry, home, leaving
from gateway.portal import form_routes as portal_forms
from gateway.portal import schedule_routes as portal_schedule
from gateway.routing import Route, nobody, practitioner
from gateway.routing import client as hers
from portal_contracts.permissions import Permission

ANYONE: Final = (
    nobody("/static/{fingerprint}/{name:path}", static_files.StaticFilePage),
    nobody("/robots.txt", static_files.RobotsPage),
    nobody("/brand/{name}", brand.BrandPage),
    nobody("/health/live", health.LivePage),
    nobody("/health/ready", health.ReadyPage),
    nobody("/metrics", health.MetricsPage),
    nobody("/theme", theme.ThemePage),
    *api.PAGES,
)

ENTERING: Final = (
    nobody("/", asking.FrontPage),
    nobody("/link-requests", asking.LinkRequestsPage),
    nobody("/p/{token}", entry.EntryPage, carries_token=True),
    nobody("/p/{token}/renew", entry.RenewPage, carries_token=True),
    nobody("/sign-out", leaving.SignOutPage),
    nobody("/signed-out", leaving.SignedOutPage),
)

PORTAL: Final = (
    hers("/home", home.HomePage),
    hers("/contact", home.ContactPage),
    hers("/devices/{device_id:uuid}/end", devices.EndOwnDevicePage),
)

_ONE = "/console/clients/{client_id:uuid}"

CONSOLE: Final = (
    nobody("/console/sign-in", sign_in.SignInPage),
    nobody("/console/sign-out", sign_in.SignOutPage),
    practitioner("/console", today.TodayPage, None),
    practitioner("/console/clients", clients.ClientsPage, Permission.CLIENTS_READ),
    practitioner("/console/clients/new", client_form.AddClientPage, Permission.CLIENTS_WRITE),
    practitioner(_ONE, client.ClientPage, Permission.CLIENTS_READ),
    practitioner(f"{_ONE}/mails", client.ClientMailsPage, Permission.DELIVERIES_READ),
    practitioner(f"{_ONE}/access", client.ClientAccessPage, Permission.ACCESS_LOG_READ),
    practitioner(f"{_ONE}/preview", client.PreviewPage, Permission.CLIENTS_READ),
    practitioner(f"{_ONE}/edit", client_form.EditClientPage, Permission.CLIENTS_WRITE),
    practitioner(f"{_ONE}/archive", confirm.ArchivePage, Permission.CLIENTS_WRITE),
    practitioner(f"{_ONE}/restore", confirm.RestorePage, Permission.CLIENTS_WRITE),
    practitioner(f"{_ONE}/share", links.SharePage, Permission.LINKS_SHARE),
    practitioner(f"{_ONE}/links/copy", links.CopyLinkPage, Permission.LINKS_SHARE),
    practitioner(f"{_ONE}/links/qr", links.QrPage, Permission.LINKS_SHARE),
    practitioner(f"{_ONE}/links/revoke-all", confirm.RevokeAllPage, Permission.LINKS_REVOKE),
    practitioner(
        f"{_ONE}/links/{{link_id:uuid}}/revoke", confirm.RevokeLinkPage, Permission.LINKS_REVOKE
    ),
    practitioner(
        f"{_ONE}/devices/{{device_id:uuid}}/end",
        confirm.EndClientDevicePage,
        Permission.LINKS_REVOKE,
    ),
    practitioner("/console/mails", mails.MailsPage, Permission.DELIVERIES_READ),
    practitioner("/console/mails/{delivery_id:uuid}", mails.MailPage, Permission.DELIVERIES_READ),
    practitioner(
        "/console/mails/{delivery_id:uuid}/resend", mails.ResendPage, Permission.DELIVERIES_RESEND
    ),
    practitioner("/console/settings", settings.SettingsPage, None),
    practitioner("/console/settings/api-tokens", api_tokens.ApiTokensPage, None),
    practitioner("/console/settings/api-tokens/new", api_tokens.NewApiTokenPage, None),
    practitioner(
        "/console/settings/api-tokens/{token_id:uuid}/revoke", api_tokens.RevokeTokenPage, None
    ),
    practitioner("/console/devices/{device_id:uuid}/end", settings.EndOwnDevicePage, None),
)

DEV: Final = (
    nobody("/dev/mail", dev_mail.MailboxPage),
    nobody("/dev/mail/{mail_id}", dev_mail.MessagePage),
    nobody("/dev/mail/{mail_id}/html", dev_mail.MessageHtmlPage),
)

ROUTES: Final[tuple[Route, ...]] = (
    *ANYONE,
    *ENTERING,
    *PORTAL,
    *portal_schedule.ROUTES,
    *portal_forms.ROUTES,
    *CONSOLE,
    *console_schedule.ROUTES,
    *console_forms.ROUTES,
)
"""The pages that are always served."""


def all_routes(*, dev: bool) -> tuple[Route, ...]:
    """What is served, the API too; with the pages for trying out where `dev` says so."""
    pages = (*ROUTES, *DEV) if dev else ROUTES
    return (*pages, *api.ROUTES)
