"""A page as a person without JavaScript sees it: headings, links and forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]


@dataclass
class Form:
    """One form of a page.

    Attributes:
        method: ``get`` or ``post``.
        action: its address; empty for the page's own.
        fields: what the browser would send as it stands, hidden fields included.
        buttons: their labels.
        sent_by: for a button that sends something itself: label to name and value.
        choices: for radio buttons and boxes: name to the values there are.
    """

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)
    sent_by: dict[str, tuple[str, str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Page:
    """An answer, read.

    Attributes:
        status: the HTTP status.
        path: the address it came from, after redirects.
        headers: by lower-case name; of several the last.
        html: the body.
    """

    status: int
    path: str
    headers: dict[str, str]
    html: str
    _read: _Reader = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._read = _Reader()
        self._read.feed(self.html)
        self._read.close()

    @property
    def title(self) -> str:
        """What stands in the browser's tab."""
        return _words(self._read.title)

    @property
    def heading(self) -> str:
        """The page's one h1."""
        assert len(self._read.headings) == 1, f"{self.path} has h1: {self._read.headings}"
        return _words(self._read.headings[0])

    @property
    def text(self) -> str:
        """All words of the page, in order."""
        return _words(" ".join(self._read.texts))

    @property
    def links(self) -> dict[str, str]:
        """Label to address; of equal labels the first."""
        found: dict[str, str] = {}
        for label, address in self._read.links:
            found.setdefault(_words(label), address)
        return found

    @property
    def forms(self) -> list[Form]:
        """Its forms."""
        return self._read.forms

    def form(self, button: str) -> Form:
        """The form with this button.

        Raises:
            LookupError: there is none; the text names those there are.
        """
        for one in self.forms:
            if button in one.buttons:
                return one
        labels = [label for one in self.forms for label in one.buttons]
        message = f"{self.path} ({self.status}) has no button {button!r}, only {labels}"
        raise LookupError(message)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.headings: list[str] = []
        self.texts: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self._open: list[str] = []
        self._form: Form | None = None
        self._by_id: dict[str, Form] = {}
        # The form of the control that was begun last: a control may stand outside of its form.
        self._owner: Form | None = None
        self._select: tuple[str, bool] | None = None
        self._button: tuple[str, str] | None = None
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"title", "h1", "a", "button", "textarea", "script", "style"}:
            self._open.append(tag)
        if tag == "h1":
            self.headings.append("")
        elif tag == "a":
            self.links.append(("", given.get("href", "")))
        elif tag == "form":
            self._begin_form(given)
        elif tag in {"button", "input", "textarea", "select"}:
            self._owner = self._form_called(given["form"]) if "form" in given else self._form
            if self._owner is not None:
                self._handle_control(tag, given, self._owner)
        elif tag == "option" and self._select is not None and self._owner is not None:
            self._handle_option(given, self._select, self._owner)

    def _form_called(self, name: str) -> Form:
        return self._by_id.setdefault(name, Form("get", ""))

    def _begin_form(self, given: dict[str, str]) -> None:
        form = self._form_called(given["id"]) if "id" in given else Form("get", "")
        form.method, form.action = given.get("method", "get").lower(), given.get("action", "")
        self._form = form
        self.forms.append(form)

    def _handle_control(self, tag: str, given: dict[str, str], form: Form) -> None:
        name = given.get("name", "")
        if tag == "button":
            form.buttons.append("")
            self._button = (name, given.get("value", "")) if name else None
        elif tag == "input" and name:
            kind = given.get("type", "text")
            if kind in {"checkbox", "radio"}:
                form.choices.setdefault(name, []).append(given.get("value", "on"))
            if kind not in {"checkbox", "radio"} or "checked" in given:
                form.fields[name] = given.get("value", "on" if kind == "checkbox" else "")
        elif tag == "textarea" and name:
            self._textarea = name
            form.fields[name] = ""
        elif tag == "select" and name:
            self._select = (name, False)

    def _handle_option(self, given: dict[str, str], select: tuple[str, bool], form: Form) -> None:
        name, chosen = select
        if "selected" in given or (not chosen and name not in form.fields):
            form.fields[name] = given.get("value", "")
            self._select = (name, "selected" in given)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "form":
            self._form = None
        elif tag == "button" and self._owner is not None and self._button is not None:
            self._owner.sent_by.setdefault(self._owner.buttons[-1], self._button)
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if "script" in self._open or "style" in self._open:
            return
        if "title" in self._open:
            self.title += data
            return
        self.texts.append(data)
        if "h1" in self._open:
            self.headings[-1] += data
        if "a" in self._open:
            label, address = self.links[-1]
            self.links[-1] = (label + data, address)
        if self._owner is None:
            return
        if "button" in self._open and self._owner.buttons:
            self._owner.buttons[-1] = _words(self._owner.buttons[-1] + data)
        if self._textarea:
            self._owner.fields[self._textarea] += data.removeprefix("\n")


def _words(text: str) -> str:
    return " ".join(text.split())
