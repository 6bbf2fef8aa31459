"""What every page holds to, read from its HTML."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from html.parser import HTMLParser

import pytest
from gallery import Gallery
from scenes import SCENES

from gateway.routes import all_routes
from gateway.web.pages import HERE

VOID = {"meta", "link", "input", "img", "br", "hr", "wbr", "use"}
HTMX = {
    *("get", "post", "target", "swap", "select", "trigger", "push-url", "status", "sync"),
    *("indicator", "include", "vals"),
}
TEMPLATES = sorted(
    path.relative_to(HERE / "templates").as_posix() for path in (HERE / "templates").rglob("*.html")
)
REFERENCES = ("/api/v1/docs/schemas/", "/problems#", "#op-")
"""Links within a documentation, of which there are as many as it speaks of a thing."""
APART = re.compile(r'(.)<span class="[^"]*\bapart\b[^"]*">(.)', re.DOTALL)
BARE_ADDRESSES = ("/static/", "/brand/", "data:", "mailto:", "tel:", "#", "http")


class Page(HTMLParser):
    """Collects the elements of a page, and checks that they close."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.unclosed = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.unclosed.append((tag, self.getpos()))

    def all(self, *tags):
        return [attrs for tag, attrs in self.elements if tag in tags]

    def with_attribute(self, name):
        return [attrs for _, attrs in self.elements if name in attrs]


GALLERY = Gallery()


@cache
def rendered(name, language):
    return GALLERY.render(SCENES[name], language)


@cache
def parsed(name, language):
    """Read once for all that a page holds to; nothing here changes it."""
    return Page(rendered(name, language))


@cache
def addresses():
    """What an address has to match, of all routes there are."""
    return re.compile("|".join(f"(?:{_pattern(route.pattern)})" for route in all_routes(dev=True)))


@pytest.fixture
def gallery():
    return GALLERY


@pytest.fixture(params=["en", "de"])
def language(request):
    return request.param


@pytest.fixture(params=SCENES)
def name(request):
    return request.param


@pytest.fixture
def scene(name):
    return SCENES[name]


@pytest.fixture
def text(name, language):
    return rendered(name, language)


@pytest.fixture
def html(name, language):
    return parsed(name, language)


def test_elements_close_in_order(html):
    assert html.unclosed == []
    assert html.open == []


def test_a_line_breaks_after_the_dot_between_two_facts():
    """So that the dot stays with the fact before it: see `.apart` in `text.css`."""
    facts = {name: APART.findall(rendered(name, "en")) for name in SCENES}
    assert any(facts.values())
    apart = {name: [a + b for a, b in found] for name, found in facts.items()}
    wrong = {
        name for name, found in apart.items() if any(not re.match(r"\S\s", one) for one in found)
    }
    assert wrong == set()


def test_one_heading_one_main_one_title(html, language):
    assert len(html.all("h1")) == 1
    assert [main["id"] for main in html.all("main")] == ["main"]
    assert html.all("html")[0]["lang"] == language


def test_nothing_that_the_policy_forbids(html, text):
    for tag, attrs in html.elements:
        assert "style" not in attrs, tag
        assert not [name for name in attrs if name.startswith(("on", "hx-on"))], tag
    assert "<style" not in text
    assert all("src" in script for script in html.all("script"))
    assert "javascript:" not in text
    assert "js:" not in "".join(str(attrs.get("hx-vals", "")) for _, attrs in html.elements)


def test_htmx_only_by_the_agreed_attributes(html):
    used = {name[3:] for _, attrs in html.elements for name in attrs if name.startswith("hx-")}
    assert used <= HTMX
    triggers = [attrs["hx-trigger"] for attrs in html.with_attribute("hx-trigger")]
    assert not any("[" in trigger for trigger in triggers)


def test_ids_are_unique_and_named(html):
    ids = [attrs["id"] for attrs in html.with_attribute("id")]
    assert sorted(ids) == sorted(set(ids))
    known = set(ids)
    for name in ("for", "aria-describedby", "aria-labelledby", "data-said-by"):
        for attrs in html.with_attribute(name):
            assert set(attrs[name].split()) <= known, attrs


def test_everything_to_press_has_an_id_of_its_own(html):
    """The focus comes back by it after a partial update."""
    skip = {"skip"}
    for tag, attrs in html.elements:
        if tag in {"button", "select", "textarea"} or (tag == "a" and "href" in attrs):
            link = attrs.get("href", "")
            plain = link.startswith(
                ("mailto:", "tel:", "#field-", "http", *REFERENCES)
            ) or not link.strip("#")
            if tag == "a" and (plain or attrs.get("class") in skip):
                continue
            assert attrs.get("id"), (tag, attrs)


def test_every_form_that_changes_something_is_guarded(html, text):
    forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, re.DOTALL)
    assert len(forms) == sum(form.get("method") == "post" for form in html.all("form"))
    for form in forms:
        assert 'name="csrf"' in form
        assert 'name="idempotency_key"' in form or 'action="/theme"' in form


def test_what_is_missing_is_told_by_us_and_not_by_the_browser(text):
    """In the reader's language, on top and at the field, as in every other form."""
    for form in re.findall(r"<form\b.*?</form>", text, re.DOTALL):
        head, _, fields = form.partition(">")
        if re.search(r"<(?:input|select|textarea)\b[^>]*\srequired\b", fields):
            assert " novalidate" in head, head


def test_every_address_of_ours_exists(html):
    for attrs in [*html.with_attribute("href"), *html.with_attribute("action")]:
        address = attrs.get("action", attrs.get("href"))
        if address.startswith(BARE_ADDRESSES):
            continue
        path = re.split("[?#]", address, maxsplit=1)[0]
        assert addresses().fullmatch(path), address


def test_a_page_with_errors_says_so_in_its_title(html, text, scene, language):
    wrong = bool(scene.context.get("errors")) or bool(
        scene.flash and scene.flash["kind"] == "error"
    )
    title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)[1]
    assert title.startswith({"en": "Error: ", "de": "Fehler: "}[language]) is wrong
    assert (
        len([attrs for attrs in html.with_attribute("role") if attrs["role"] == "alert"]) == wrong
    )


def test_a_page_loads_the_stylesheet_that_its_classes_are_styled_in():
    """One that it does not load leaves its classes without any style, and nothing else says so."""
    folder = HERE / "static" / "css"
    written = tomllib.loads((folder / "stylesheets.toml").read_text(encoding="utf-8"))
    sheets = {
        name: "".join((folder / part).read_text(encoding="utf-8") for part in parts)
        for name, parts in written.items()
    }
    alone = re.findall(r"^  \.([\w-]+)(?: \{|,)$", "".join(sheets.values()), re.MULTILINE)
    styled = set(alone) - {"zone-note", "crisis-call"}  # left out in print; large in a form alone
    for name in SCENES:
        page = rendered(name, "en")
        loaded = re.findall(r'rel="stylesheet" href="/static/\w+/([\w.-]+)"', page)
        here = set(re.findall(r"\.([\w-]+)", "".join(sheets[one] for one in loaded)))
        classes = {one for names in re.findall(r'class="([^"]+)"', page) for one in names.split()}
        assert classes & styled <= here, (name, classes & styled - here)


def test_every_page_has_a_scene():
    pages = {
        name
        for name in TEMPLATES
        if name.startswith(("console/", "portal/"))
        and "{% extends" in (HERE / "templates" / name).read_text("utf-8")
    }
    assert pages - {scene.template for scene in SCENES.values()} == set()


def test_personal_text_is_escaped(gallery):
    from dataclasses import replace

    import fixtures
    import msgspec

    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    client = msgspec.structs.replace(
        fixtures.CLIENT, name=attack, preferred_name=attack, email=f"{attack}@x", remark=attack,
        tags=[attack], phone=attack, pronouns=attack,
    )  # fmt: skip
    scene = SCENES["console-client"]
    text = gallery.render(replace(scene, context={**scene.context, "client": client}))
    assert "<script>alert" not in text
    assert "<img src=x" not in text


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_has_no_line_longer_than_140_characters(template):
    lines = (HERE / "templates" / template).read_text(encoding="utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > 140] == []


def test_templates_say_nothing_that_is_not_translated():
    """Words between tags stand in a translation; only marks and numbers may stand bare."""
    for path in sorted((HERE / "templates").rglob("*.html")):
        bare = _bare_words(path.read_text(encoding="utf-8"))
        assert not bare, (path.name, bare)


def _bare_words(source):
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{% block body_\w+ %\}.*?\{% endblock %\}", "", source)
    source = re.sub(r"<code>[^<]*</code>", "", source)  # what is typed is not translated
    source = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", source, flags=re.DOTALL)
    source = re.sub(r'[\w:-]+="[^"]*"', "", source)
    source = re.sub(r"<[^>]*>", " ", source)
    return [word for word in re.findall(r"[A-Za-zÄÖÜäöü]{2,}", source) if word != "UTC"]


def _pattern(pattern):
    text = re.sub(r"\{name:path\}", ".+", pattern)
    return re.sub(r"\{[a-z_]+(:[a-z]+)?\}", "[^/]+", text)
