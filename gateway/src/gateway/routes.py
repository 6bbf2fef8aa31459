"""Every address of the gateway, and whose page it is."""

from __future__ import annotations

from typing import Final

from gateway.anyone import brand, dev_mail, health, static, theme
from gateway.api import routes as api
from gateway.console import routes as console
from gateway.portal import routes as portal
from gateway.web.routing import Route, open_route

ANYONE: Final = (
    open_route("/static/{fingerprint}/{name:path}", static.StaticFilePage),
    open_route("/robots.txt", static.RobotsPage),
    open_route("/brand/{name}", brand.BrandPage),
    open_route("/health/live", health.LivePage),
    open_route("/health/ready", health.ReadyPage),
    open_route("/metrics", health.MetricsPage),
    open_route("/theme", theme.ThemePage),
    *api.PAGES,
)

DEV: Final = (
    open_route("/dev/mail", dev_mail.MailboxPage),
    open_route("/dev/mail/{mail_id}", dev_mail.MessagePage),
    open_route("/dev/mail/{mail_id}/html", dev_mail.MessageHtmlPage),
)

ROUTES: Final[tuple[Route, ...]] = (*ANYONE, *portal.ROUTES, *console.ROUTES)
"""The pages that are always served."""


def all_routes(*, dev: bool) -> tuple[Route, ...]:
    """What is served, the API too; with the pages for trying out where `dev` says so."""
    pages = (*ROUTES, *DEV) if dev else ROUTES
    return (*pages, *api.ROUTES)
