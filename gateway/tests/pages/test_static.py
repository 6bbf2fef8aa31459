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
MODULES = sorted((STATIC / "js").rglob("*.js"))
SERVED = StaticFiles(STATIC)
SHEETS = tomllib.loads((STATIC / "css" / "stylesheets.toml").read_text(encoding="utf-8"))
WRITTEN = {
    path.relative_to(STATIC / "css").as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(STATIC.rglob("*.css"))
}
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


def test_every_stylesheet_is_part_of_one_that_is_served():
    assert sorted(part for parts in SHEETS.values() for part in parts) == sorted(WRITTEN)
    assert {name for name in SERVED.names if name.endswith(".css")} == set(SHEETS)


@pytest.mark.parametrize("name", SHEETS)
def test_a_served_stylesheet_is_small_and_self_contained(name):
    css = SERVED.find(name).content
    assert len(css) <= (31 if name == "portal.css" else 20) * 1000
    assert b"@import" not in css
    assert b"url(" not in css


def test_a_stylesheet_is_joined_without_what_is_for_readers(tmp_path):
    folder = tmp_path / "css" / "portal"
    folder.mkdir(parents=True)
    (folder / "a.css").write_text("/* A is\n * an A. */\na {\n  top: 0;\n}\n")
    (folder / "b.css").write_text("/* B. */\nb {\n  /* why */\n  left: 0;\n}\n")
    table = tmp_path / "css" / "stylesheets.toml"
    table.write_text('"portal.css" = ["portal/b.css", "portal/a.css"]')
    served = StaticFiles(tmp_path)
    assert served.names == {"portal.css"}
    assert served.find("portal.css").content.split() == (b"b { left: 0; } a { top: 0; }".split())
    assert b" \n" not in served.find("portal.css").content
    assert b"\n " not in served.find("portal.css").content


def test_the_shared_stylesheet_says_in_which_order_the_layers_come():
    css = SERVED.find("portal.css").content
    assert css.lstrip().startswith(b"@layer reset, tokens, base,")


LINES = {
    "a comment": r"/\* .* \*/",
    "a selector or a condition": r"[^;{}]* \{",
    "one selector of a list, or one value": r"[^;{}]*,",
    "a statement": r"@layer [^;{}]*;",
    "a declaration": r"[a-z0-9-]+: [^;{}]+;",
    "a declaration whose values follow": r"[a-z-]+:",
    "an end": r"\}",
    "nothing": "",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_stylesheet_has_one_declaration_a_line(name):
    css = WRITTEN[name]
    assert re.match(r"/\* [^\n]*[.] \*/\n@layer ", css), "a sentence, then rules in layers"
    depth, within = 0, False
    for number, line in enumerate(css.splitlines(), 1):
        words = line.strip()
        depth -= words == "}"
        assert line == "  " * (depth + within) * bool(words) + words, (number, line)
        if within:
            assert re.fullmatch(r"[^;{}]+[;,]?", words), (number, line)
        else:
            assert any(re.fullmatch(form, words) for form in LINES.values()), (number, line)
            assert not words.endswith(("{", ",")) or _alone(words[:-1]), (number, line)
        within = words.endswith(":") or (within and not words.endswith(";"))
        depth += words.endswith("{")
    assert depth == 0


def _alone(selector):
    """No other selector stands on the same line; those within brackets are one's own."""
    while selector != (selector := re.sub(r"\([^()]*\)", "", selector)):
        pass
    return "," not in selector


def test_every_class_of_a_stylesheet_is_used():
    css = re.sub(r"/\*.*?\*/", "", "".join(WRITTEN.values()), flags=re.DOTALL)
    scripts = "".join(path.read_text(encoding="utf-8") for path in MODULES)
    words = set(re.findall(r"[a-z][a-z0-9-]*", TEMPLATES + scripts))
    made = {"htmx-request", *(f"{kind}-" for kind in ("badge", "button", "flash", "icon", "note"))}
    prefixes = (
        "answer-",
        "badge-",
        "button-",
        "flash-",
        "icon-",
        "note-",
        "input-",
        "mark-",
        "swatch-",
        "at-",
        "for-",
        "from-",
        "to-",
        "lane-",
        "lanes-",
    )
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
    assert set(re.findall(r"static\('([^']+)'\)", TEMPLATES)) <= SERVED.names
