"""A browser without JavaScript: cookies, forms, redirects, and what it says of itself."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import falcon
from falcon.testing import Result, TestClient

NAVIGATION = {
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Site": "none",
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
}
"""What a browser sends with a person's navigation."""
TYPED = {"text", "email", "tel", "date", "time", "number", "search", "url"}
"""Kinds of input that a person types into and that a page may show again."""
ADDRESS = "192.0.2.7"
"""Where it is."""


@dataclass
class Form:
    """One form of a page: where it goes, the fields it holds, and of which kind one types in.

    `entered` is what its first button sends, which the Enter key presses; None: it has none yet.
    """

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    entered: dict[str, str] | None = None


class Page(HTMLParser):
    """A page as it was answered.

    Args:
        path: the address it was asked for.
        result: the answer.
    """

    def __init__(self, path: str, result: Result) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.status = result.status_code
        self.headers = result.headers
        self.cookies = result.cookies
        self.body = result.content
        packed = result.headers.get("content-encoding") == "gzip"
        text = gzip.decompress(result.content) if packed else result.content
        is_picture = (result.headers.get("content-type") or "").startswith("image/")
        self.html = "" if is_picture else text.decode()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._select: str | None = None
        self._area: str | None = None
        if "html" in (result.headers.get("content-type") or ""):
            self.feed(self.html)

    def form(self, action: str) -> Form:
        """The form that goes to `action`."""
        found = [form for form in self.forms if form.action == action]
        assert found, f"no form to {action} on {self.path}: {[f.action for f in self.forms]}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forms, their fields, and links."""
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "form":
            own = values.get("action", urlsplit(self.path).path)
            self.forms.append(Form(values.get("method", "get"), own))
        elif tag == "input" and values.get("name") and self.forms and _is_sent(values):
            self.forms[-1].fields[values["name"]] = values.get("value", "")
            kind = "number" if "inputmode" in values else values.get("type", "text")
            if kind in TYPED and values.get("autocomplete") != "one-time-code":
                self.forms[-1].typed[values["name"]] = kind
        elif tag == "button" and self.forms and values.get("type") == "submit":
            if self.forms[-1].entered is None:
                name = values.get("name")
                self.forms[-1].entered = {name: values.get("value", "")} if name else {}
        elif tag == "select" and values.get("name"):
            self._select = values["name"]
        elif tag == "option" and self._select and "selected" in values and self.forms:
            self.forms[-1].fields[self._select] = values.get("value", "")
        elif tag == "textarea" and values.get("name") and self.forms:
            self._area = values["name"]
            self.forms[-1].fields[self._area] = ""
            self.forms[-1].typed[self._area] = "lines"

    def handle_endtag(self, tag: str) -> None:
        """A field that has content ends."""
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        """The content of a text area."""
        if self._area is not None:
            # The line feed after the opening tag is not part of the value.
            self.forms[-1].fields[self._area] += data.removeprefix("\n")


def _is_sent(values: dict[str, str]) -> bool:
    """Whether a browser sends this field: what is not chosen stays out."""
    return values.get("type") not in ("radio", "checkbox") or "checked" in values


class Browser:
    """One browser with its cookies.

    Args:
        app: the gateway.
        origin: the address it is opened under.
    """

    def __init__(self, app: falcon.App[Any, Any], origin: str) -> None:
        self._client = TestClient(app)
        self._origin = origin
        self.cookies: dict[str, str] = {}

    def open(self, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Page:
        """Ask for a page; by default as a person's navigation."""
        return self._send(method, path, NAVIGATION if headers is None else headers, None)

    def follow(self, page: Page) -> Page:
        """Go where a redirect leads."""
        assert page.status == 303, page.status
        return self.open(urljoin(page.path, page.headers["location"]))

    def submit(self, page: Page, action: str, fields: dict[str, str] | None = None) -> Page:
        """Send one form of a page, with some fields filled in."""
        return self.post(action, page.form(action).fields | (fields or {}))

    def enter(self, page: Page, action: str, fields: dict[str, str] | None = None) -> Page:
        """Press Enter in a field of a form, with some fields filled in."""
        return self.submit(page, action, (fields or {}) | (page.form(action).entered or {}))

    def post(
        self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None
    ) -> Page:
        """Send fields; by default as a form of the same origin does."""
        own = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send(
            "POST", path, (own if headers is None else headers) | form, urlencode(fields)
        )

    def post_body(self, path: str, body: bytes, content_type: str) -> Page:
        """Send a body as a form of the same origin does that is made otherwise."""
        headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
        return self._send("POST", path, headers | {"Content-Type": content_type}, body)

    def _send(
        self, method: str, path: str, headers: dict[str, str], body: str | bytes | None
    ) -> Page:
        parts = urlsplit(path)
        result = self._client.simulate_request(
            method,
            parts.path,
            query_string=parts.query,
            headers=headers,
            body=body,
            cookies=self.cookies,
            protocol=urlsplit(self._origin).scheme,
            remote_addr=ADDRESS,
            host=urlsplit(self._origin).hostname or "",
        )
        for name, cookie in result.cookies.items():
            if cookie.expires is not None:  # only ever set to take a cookie away
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = cookie.value
        return Page(path, result)
