"""The proxy before the gateway: what it serves, what it hides, what it writes down."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway import serving
from gateway.serving.incoming import LONGEST_SECONDS
from gateway.web.begin_request import REQUEST_ID_HEADER, TRACE_HEADER
from gateway.web.security import HSTS, TOKEN_PATHS
from tests.kit.portal.images import image


@pytest.fixture(scope="session")
def compose(root: Path) -> dict[str, Any]:
    return yaml.safe_load((root / "docker-compose.yml").read_text("utf-8"))


@pytest.fixture(scope="session")
def caddyfile(root: Path) -> list[str]:
    """Its lines without comments, spaces and empty ones."""
    text = (root / "deploy/proxy/Caddyfile").read_text("utf-8")
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@pytest.fixture(scope="session")
def nginx(root: Path) -> str:
    """It without comments, in one line."""
    text = (root / "deploy/proxy/nginx.conf").read_text("utf-8")
    return " ".join(re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE).split())


def test_the_proxy_serves_the_public_address_from_the_gateway(compose, caddyfile):
    assert "{$PORTAL_PUBLIC_URL} {" in caddyfile
    assert set(compose["services"]["proxy"]["environment"]) == {"PORTAL_PUBLIC_URL"}
    assert "name gateway" in caddyfile
    assert f"port {image('gateway').one('EXPOSE').rest}" in caddyfile
    assert caddyfile.count("}") == sum(line.endswith("{") for line in caddyfile)


def test_the_proxy_writes_down_no_token_and_no_search(caddyfile):
    assert all(f"log_skip {path}*" in caddyfile for path in TOKEN_PATHS)
    assert 'request>uri regexp "\\?.*" ""' in caddyfile
    # Errors are logged elsewhere than requests: without their address at all.
    default = caddyfile[
        caddyfile.index("log default {") : caddyfile.index("http://127.0.0.1:2015 {")
    ]
    assert "request>uri delete" in default
    assert caddyfile.count("request>headers delete") == 2


def test_the_gateway_trusts_one_proxy_which_passes_on_nothing_that_callers_claim(
    compose, caddyfile
):
    given = compose["services"]["gateway"]["environment"]["GATEWAY_TRUSTED_PROXIES"]
    assert given == "${GATEWAY_TRUSTED_PROXIES:-1}"
    assert f"header_up {REQUEST_ID_HEADER} {{http.request.uuid}}" in caddyfile
    assert f"header_up -{TRACE_HEADER.title()}" in caddyfile


def test_pages_for_machines_are_not_reached_through_the_proxy(caddyfile):
    matcher = next(line for line in caddyfile if line.startswith("@inside path "))
    assert set(matcher.split()[2:]) == {"/metrics", "/health/*"}
    assert "respond @inside 404" in caddyfile


def test_browsers_are_told_to_stay_with_https_whoever_answers(caddyfile):
    assert f'?Strict-Transport-Security "{HSTS}"' in caddyfile
    assert f'header Strict-Transport-Security "{HSTS}"' in after(caddyfile, "handle_errors {")


def test_without_a_gateway_there_is_an_answer_that_says_when_to_come_back(caddyfile):
    away = after(caddyfile, "handle_errors {")
    assert "header Retry-After 5" in away
    assert any(line.startswith("respond ") and line.endswith(" 503") for line in away)
    seconds = [line.split() for line in caddyfile if line.startswith(("lb_try_", "dial_timeout"))]
    assert sum(int(value.removesuffix("s")) for _, value in seconds) < 5


def test_the_proxy_waits_for_slow_senders_itself(caddyfile):
    limits = after(caddyfile, "timeouts {")
    limits = dict(line.split() for line in limits[1 : limits.index("}")])
    assert set(limits) == {"read_header", "read_body", "write", "idle"}
    assert {"request_buffers 4MB", "response_buffers 1MB"} <= set(caddyfile)
    assert seconds_of(after(caddyfile, "transport http {"), "keepalive") < kept_alive()


def test_the_sample_for_nginx_keeps_the_same_rules(nginx):
    for line in (
        "proxy_set_header X-Forwarded-For $remote_addr;",
        f"proxy_set_header {REQUEST_ID_HEADER} $request_id;",
        f'proxy_set_header {TRACE_HEADER.title()} "";',
        "proxy_request_buffering on;",
        "proxy_buffering on;",
        "client_header_timeout 10s;",
        "limit_conn portal_connections 100;",
        "location = /metrics { return 404; }",
        "location /health/ { return 404; }",
        f'add_header Strict-Transport-Security "{HSTS}" always;',
        "add_header Retry-After 5 always;",
    ):
        assert line in nginx, line
    logs = re.findall(r"access_log (.*?);", nginx)
    assert logs
    assert all(log.endswith(" portal if=$portal_is_logged") for log in logs)
    assert re.findall(r"error_log (.*?);", nginx) == ["/dev/null crit"] * len(logs)
    written = re.search(r"log_format portal '(.*?)';", nginx)[1]
    assert not {"$request_uri", "$request", "$args", "$remote_addr", "$http_referer"} & set(
        written.split()
    )
    assert int(re.search(r"keepalive_timeout (\d+)s; } server", nginx)[1]) < kept_alive()


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        *((f"{path}anything", False) for path in TOKEN_PATHS),
        *((f"{path.upper()}ANYTHING", False) for path in TOKEN_PATHS),
        *((f"/console{path}anything", False) for path in TOKEN_PATHS),
        ("/lk_A", False),
        ("/console/clients", True),
    ],
)
def test_nginx_writes_down_no_path_with_a_token_however_it_was_encoded(nginx, path, logged):
    judged, rules = re.search(
        r"map (\S+) \$portal_is_logged \{ (.*?) default 1; \}", nginx
    ).groups()
    # The path that is written has its escapes undone, so it is that one that has to be judged.
    assert judged in re.search(r"log_format portal '(.*?)';", nginx)[1].split()
    patterns = re.findall(r"~\*(\S+) 0;", rules)
    assert " ".join(f"~*{one} 0;" for one in patterns) == rules
    found = any(re.search(one, path, re.IGNORECASE) for one in patterns)
    assert found is not logged


SAMPLES = {
    "Caddy": ["Caddyfile"],
    "nginx": ["nginx.conf"],
    "Traefik": ["traefik.yaml", "traefik-portal.yaml"],
}


def rules(root: Path) -> list[dict[str, str]]:
    """The table of what every proxy has to do: each row by the names of its columns."""
    text = (root / "deploy/proxy/README.md").read_text("utf-8")
    rows = re.findall(r"^\| (.*) \|$", text.partition("## What every")[2], re.MULTILINE)
    names, *cells = [[cell.strip() for cell in row.split(" | ")] for row in rows]
    return [dict(zip(names, row, strict=True)) for row in cells]


@pytest.mark.parametrize("proxy", SAMPLES)
def test_a_sample_keeps_every_rule_as_the_table_says(root, proxy):
    files = [root / "deploy/proxy" / name for name in SAMPLES[proxy]]
    text = " ".join(
        " ".join(re.sub(r"^\s*#.*$", "", path.read_text("utf-8"), flags=re.MULTILINE).split())
        for path in files
    )
    found = rules(root)
    assert len(found) >= 12
    for rule in found:
        words = re.findall(r"`` ?(.+?) ?``(?!`)|`([^`]+)`", rule[proxy])
        assert words, (proxy, rule["rule"])
        for word in (two or one for two, one in words):
            if rule[proxy].startswith("by itself: no"):
                assert word not in text, (proxy, word)
            else:
                assert word in text, (proxy, word)


def test_the_samples_for_traefik_are_read_as_they_are_meant(root):
    static, dynamic = (
        yaml.safe_load((root / "deploy/proxy" / name).read_text("utf-8"))
        for name in SAMPLES["Traefik"]
    )
    assert static["providers"]["file"]["filename"].endswith("/traefik-portal.yaml")
    fields = static["accessLog"]["fields"]
    assert fields["defaultMode"] == fields["headers"]["defaultMode"] == "drop"
    personal = {"ClientAddr", "ClientHost", "RequestPath", "RequestLine", "RequestAddr"}
    assert not personal & set(fields["names"])
    [router] = dynamic["http"]["routers"].values()
    assert set(router["middlewares"]) == set(dynamic["http"]["middlewares"])
    assert router["service"] in dynamic["http"]["services"]
    taken = dynamic["http"]["middlewares"]["headers"]["headers"]["customRequestHeaders"]
    assert {name.lower() for name in taken} == {REQUEST_ID_HEADER.lower(), TRACE_HEADER.lower()}
    assert set(taken.values()) == {""}
    resting = dynamic["http"]["serversTransports"]["portal"]["forwardingTimeouts"]
    assert int(resting["idleConnTimeout"].removesuffix("s")) < kept_alive()
    assert f"max-age={dynamic['http']['middlewares']['headers']['headers']['stsSeconds']};" in HSTS


def test_a_file_is_not_cut_while_it_is_taken_as_slowly_as_the_gateway_allows(root, caddyfile):
    """Both proxies count from the request on; what is exported may be many parts of an answer."""
    traefik = yaml.safe_load((root / "deploy/proxy/traefik.yaml").read_text("utf-8"))
    limits = traefik["entryPoints"]["websecure"]["transport"]["respondingTimeouts"]
    [written] = [line.split()[1] for line in caddyfile if line.startswith("write ")]
    assert written == limits["writeTimeout"]
    assert int(written.removesuffix("m")) * 60 >= 5 * LONGEST_SECONDS


def kept_alive() -> int:
    """For how many seconds the gateway keeps a connection that rests, however it is started."""
    assert not [one for one in image("gateway").command if one.startswith("--keep-alive")]
    return serving.keepalive


def seconds_of(lines: list[str], name: str) -> int:
    return next(int(line.split()[1][:-1]) for line in lines if line.startswith(f"{name} "))


def after(caddyfile: list[str], line: str) -> list[str]:
    return caddyfile[caddyfile.index(line) :]
