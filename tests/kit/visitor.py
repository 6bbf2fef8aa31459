"""A person with a browser without JavaScript: cookies, redirects, links and forms."""

from __future__ import annotations

import http.client
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from tests.kit.pages import Form, Page

MOST_REDIRECTS = 5
TIMEOUT_SECONDS = 20
REDIRECTS = frozenset({301, 302, 303, 307, 308})
USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Visitor:
    """One browser with a profile of its own.

    Args:
        base_url: of the portal; absolute addresses elsewhere are refused.
        language: preferred, e.g. ``de``.
    """

    def __init__(self, base_url: str, language: str = "en") -> None:
        self.base_url = base_url.rstrip("/")
        self.language = language
        self.cookies: dict[str, str] = {}
        self.page: Page | None = None

    def open(self, address: str) -> Page:
        """Follow a link from outside, as from a mail or by typing it."""
        return self._navigate("GET", address, site="none")

    def follow(self, label: str) -> Page:
        """Click the link `label` of the present page."""
        page = self._here()
        if label not in page.links:
            message = f"{page.path} ({page.status}) has no link {label!r}, only {list(page.links)}"
            raise LookupError(message)
        return self._navigate("GET", page.links[label], site="same-origin")

    def press(self, button: str, /, **values: str | list[str]) -> Page:
        """Fill in `values` and press `button` of the present page."""
        form = self._here().form(button)
        name, value = form.sent_by.get(button, ("", ""))
        return self._send(form, {name: value} if name else {}, values)

    def submit(self, form: Form, /, **values: str | list[str]) -> Page:
        """Send `form` with `values` filled in; several values for boxes."""
        return self._send(form, {}, values)

    def _send(
        self, form: Form, pressed: dict[str, str], values: dict[str, str | list[str]]
    ) -> Page:
        known = {*form.fields, *form.choices}
        assert values.keys() <= known, f"{self._here().path}: no {values.keys() - known} in {known}"
        content = urlencode(form.fields | pressed | values, doseq=True)
        action = form.action or self._here().path
        if form.method == "post":
            return self._navigate("POST", action, site="same-origin", body=content)
        return self._navigate("GET", f"{action}?{content}", site="same-origin")

    def request(
        self, method: str, address: str, *, body: str = "", headers: dict[str, str] | None = None
    ) -> Page:
        """One bare request with this browser's cookies; no redirect is followed."""
        url = urlsplit(urljoin(f"{self.base_url}/", address))
        base = urlsplit(self.base_url)
        assert url.netloc == base.netloc, f"{address} leads away from {self.base_url}"
        path = url.path + (f"?{url.query}" if url.query else "")
        sent = {
            "User-Agent": USER_AGENT,
            "Accept": "text/html,application/xhtml+xml",
            "Accept-Language": self.language,
            **({"Cookie": self._cookie_header()} if self.cookies else {}),
            **(headers or {}),
        }
        connection = http.client.HTTPConnection(
            base.hostname or "", base.port or 80, timeout=TIMEOUT_SECONDS
        )
        try:
            connection.request(method, path, body=body or None, headers=sent)
            reply = connection.getresponse()
            html = reply.read().decode("utf-8", errors="replace")
            self._keep_cookies(reply.msg.get_all("Set-Cookie") or [])
            received = {name.lower(): value for name, value in reply.getheaders()}
            return Page(reply.status, path, received, html)
        finally:
            connection.close()

    def _navigate(self, method: str, address: str, *, site: str, body: str = "") -> Page:
        marks = {
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": "document",
            "Sec-Fetch-Site": site,
            "Sec-Fetch-User": "?1",
        }
        if method == "POST":
            marks |= {
                "Origin": self.base_url,
                "Content-Type": "application/x-www-form-urlencoded",
            }
        page = self.request(method, address, body=body, headers=marks)
        for _ in range(MOST_REDIRECTS):
            if page.status not in REDIRECTS:
                break
            marks = {name: value for name, value in marks.items() if name.startswith("Sec-")}
            page = self.request("GET", page.headers["location"], headers=marks)
        self.page = page
        return page

    def _here(self) -> Page:
        assert self.page is not None, "no page is open"
        return self.page

    def _cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _keep_cookies(self, lines: list[str]) -> None:
        for line in lines:
            cookie: SimpleCookie = SimpleCookie(line)
            for name, morsel in cookie.items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
