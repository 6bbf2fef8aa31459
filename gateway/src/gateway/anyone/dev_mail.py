"""The mailbox of a try-out: what the folder transport wrote instead of sending.

Only there when the settings name a folder, and only under a host name of this
machine: another name that resolves here is a page of somebody else's that
wants to read these mails (DNS rebinding).
"""

from __future__ import annotations

import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Final

import falcon

from gateway.config import is_local
from gateway.web.addresses import named_host
from gateway.web.resource import Resource, Wiring

NEWEST: Final = 200
SUFFIX: Final = ".eml"
# A mail's own styles are inline; nothing in it may run, load or frame.
MAIL_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation"
)


@dataclass(frozen=True)
class Mail:
    """One mail in the folder. `at`: when it was written, aware UTC."""

    id: str
    at: datetime
    subject: str
    sender: str
    to: str
    text: str
    html: str


class Mailbox:
    """The folder as a mailbox.

    Args:
        folder: where the ``.eml`` files are; it need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def newest(self) -> list[Mail]:
        """The newest mails, latest first."""
        paths = [path for path in self._folder.glob(f"*{SUFFIX}") if path.is_file()]
        paths.sort(key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
        return [_read(path) for path in paths[:NEWEST]]

    def find(self, mail_id: str) -> Mail | None:
        """One mail by its id; only names that stand in the folder are looked at."""
        for path in self._folder.glob(f"*{SUFFIX}"):
            if path.stem == mail_id and path.is_file():
                return _read(path)
        return None


class _DevPage(Resource):
    shows_secret = True

    def __init__(self, wiring: Wiring) -> None:
        super().__init__(wiring)
        self.mailbox = Mailbox(wiring.settings.dev_mail_folder or Path())
        self.timezone = wiring.settings.dev_mail_timezone

    def require_local_host(self, req: falcon.Request) -> None:
        """Refuse a request that was addressed to another name than this machine's.

        Raises:
            falcon.HTTPNotFound: it was.
        """
        if not is_local(named_host(req)):
            raise falcon.HTTPNotFound

    def mail(self, req: falcon.Request, mail_id: str) -> Mail:
        """The mail with this id.

        Raises:
            falcon.HTTPNotFound: there is none.
        """
        self.require_local_host(req)
        mail = self.mailbox.find(mail_id)
        if mail is None:
            raise falcon.HTTPNotFound
        return mail


class MailboxPage(_DevPage):
    """``/dev/mail``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The mails, latest first."""
        self.require_local_host(req)
        self.show(req, resp, "dev/mail.html", messages=self.mailbox.newest(), zone=self.timezone)


class MessagePage(_DevPage):
    """``/dev/mail/<id>``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, mail_id: str) -> None:
        """One mail's text."""
        message = self.mail(req, mail_id)
        self.show(req, resp, "dev/mail_message.html", message=message, zone=self.timezone)


class MessageHtmlPage(_DevPage):
    """``/dev/mail/<id>/html``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, mail_id: str) -> None:
        """One mail's HTML, in a sandbox."""
        mail = self.mail(req, mail_id)
        if not mail.html:
            raise falcon.HTTPNotFound
        resp.set_header("Content-Security-Policy", MAIL_POLICY)
        resp.content_type = "text/html; charset=utf-8"
        resp.data = mail.html.encode("utf-8", "replace")


def _read(path: Path) -> Mail:
    with path.open("rb") as file:
        message = BytesParser(_class=EmailMessage, policy=email.policy.default).parse(file)
    return Mail(
        id=path.stem,
        at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        subject=str(message["Subject"] or ""),
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
