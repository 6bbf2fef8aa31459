"""The files that browsers load: small, ours or named with their licence, without tricks."""

from __future__ import annotations

import hashlib
import re
import tomllib

import pytest

from gateway.web.pages import HERE
from gateway.web.static_files import StaticFiles

STATIC = HERE / "static"
VENDOR = tomllib.loads((STATIC / "vendor" / "vendor.toml").read_text(encoding="utf-8"))
MODULES = sorted((STATIC / "js").glob("*.js"))
STYLESHEETS = {path.name: path.read_text(encoding="utf-8") for path in STATIC.glob("*.css")}
CSS = "".join(STYLESHEETS.values())
TEMPLATES = "".join(
    path.read_text(encoding="utf-8") for path in sorted((HERE / "templates").rglob("*.html"))
)


@pytest.mark.parametrize("name", VENDOR)
def test_files_of_others_are_as_they_were_published(name):
    entry = VENDOR[name]
    content = (STATIC / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert (STATIC / entry["licence_file"]).read_text(encoding="utf-8").strip()
    assert entry["version"]


def test_nothing_else_lies_beside_the_files_of_others():
    named = {entry[key] for entry in VENDOR.values() for key in ("file", "licence_file")}
    there = {path.relative_to(STATIC).as_posix() for path in (STATIC / "vendor").iterdir()}
    assert there - {"vendor/vendor.toml"} <= named


@pytest.mark.parametrize("name", sorted(STYLESHEETS))
def test_a_stylesheet_is_small_and_self_contained(name):
    css = STYLESHEETS[name]
    assert len(css.encode()) <= (30 if name == "portal.css" else 20) * 1000
    assert "@import" not in css
    assert "url(" not in css


def test_the_shared_stylesheet_says_in_which_order_the_layers_come():
    assert re.match(
        r"/\*.*?\*/\s*@layer reset, tokens, base,", STYLESHEETS["portal.css"], re.DOTALL
    )


def test_every_class_of_the_stylesheet_is_used():
    css = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
    scripts = "".join(path.read_text(encoding="utf-8") for path in MODULES)
    words = set(re.findall(r"[a-z][a-z0-9-]*", TEMPLATES + scripts))
    made = {"htmx-request", *(f"{kind}-" for kind in ("badge", "button", "flash", "icon", "note"))}
    prefixes = ("answer-", "badge-", "button-", "flash-", "icon-", "note-", "input-", "mark-")
    for name in set(re.findall(r"\.([a-z][a-z0-9-]+)", css)) - made:
        assert name in words or name.startswith(prefixes), name


def test_every_icon_is_in_the_sprite_and_every_symbol_is_used():
    sprite = (STATIC / "icons.svg").read_text(encoding="utf-8")
    symbols = set(re.findall(r'<symbol id="([a-z-]+)"', sprite))
    assert symbols == set(VENDOR["lucide"]["icons"])
    quoted = set(re.findall(r'"([a-z-]+)"', TEMPLATES))
    assert symbols <= quoted
    called = set(re.findall(r'icon\("([a-z-]+)"', TEMPLATES))
    assert called <= symbols


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_modules_are_short_and_need_no_eval(path):
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 60
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|\.style\b", source)


def test_every_static_file_a_template_names_is_served():
    served = StaticFiles(STATIC).names
    assert set(re.findall(r"static\('([^']+)'\)", TEMPLATES)) <= served
