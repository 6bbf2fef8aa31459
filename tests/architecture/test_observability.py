"""Rules and dashboard ask for metrics that there are, by labels that they have."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from portal_chassis.metrics import DECLARED
from portal_contracts.catalogue import SERVICES
from portal_contracts.notifications.rpc import DeliveryState

NAME = re.compile(r"\b(?:portal|process)[_:][a-z0-9_:]+")
SELECTOR = re.compile(r"\b((?:portal|process)[_:][a-z0-9_:]+)\{([^}]*)\}")
GROUPING = re.compile(r"\b(?:by|without) ?\(([^)]*)\)")
OF_THE_CLIENT = {"process_cpu_seconds_total", "process_resident_memory_bytes"}
"""What Prometheus' own library measures."""

OF_PROMETHEUS = {"instance", "job", "le"}
FUNCTIONS = {
    *("absent", "count", "delta", "histogram_quantile", "increase", "max", "min", "rate", "sum"),
    *("time", "topk"),
}
OPERATORS = {"by", "or", "and", "ignoring"}


@pytest.fixture(scope="session")
def folder(root: Path) -> Path:
    return root / "deploy/observability"


@pytest.fixture(scope="session")
def rules(folder: Path) -> list[dict[str, Any]]:
    groups = yaml.safe_load((folder / "rules.yaml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.fixture(scope="session")
def panels(folder: Path) -> list[dict[str, Any]]:
    dashboard = json.loads((folder / "dashboard.json").read_text("utf-8"))
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


@pytest.fixture(scope="session")
def asked(rules, panels) -> list[str]:
    """Every expression."""
    shown = [target["expr"] for panel in panels for target in panel["targets"]]
    return [*(rule["expr"] for rule in rules), *shown]


@pytest.fixture(scope="session")
def labels(root: Path, rules) -> dict[str, set[str]]:
    """Every series there is with its labels: measured, recorded, or of Prometheus' library."""
    reference = (root / "docs/reference/metrics.md").read_text("utf-8")
    known: dict[str, set[str]] = {name: set() for name in OF_THE_CLIENT}
    for name, kind, written in re.findall(
        r"^\| `(\w+)` \| (\w+) \| (.*?) \|", reference, re.MULTILINE
    ):
        own = set(re.findall(r"`(\w+)`", written))
        suffixes = ("_bucket", "_count", "_sum") if kind == "histogram" else ("",)
        known |= {name + suffix: own for suffix in suffixes}
    assert len(known) > len(DECLARED) > 0
    for rule in rules:
        if "record" in rule:
            groupings = GROUPING.findall(rule["expr"])
            by = {one for group in groupings for one in re.split(r", ?", group)} - {"le"}
            of = [known[name] for name in NAME.findall(rule["expr"])]
            known[rule["record"]] = by or (set() if "sum" in rule["expr"] else set.union(*of))
    return known


def test_every_metric_that_is_asked_for_is_there(asked, labels):
    for expression in asked:
        assert set(NAME.findall(expression)) <= set(labels), expression


def test_every_label_that_is_asked_for_is_one_of_the_metric(asked, labels):
    for expression in asked:
        for name, selector in SELECTOR.findall(expression):
            assert set(re.findall(r"(\w+) ?[=!]", selector)) <= labels[name], expression
        known = set.union(*(labels[name] for name in NAME.findall(expression))) | OF_PROMETHEUS
        for group in GROUPING.findall(expression):
            assert set(re.split(r", ?", group.strip())) <= known, expression


def test_an_expression_is_whole(asked):
    for expression in asked:
        for opening, closing in ("()", "[]", "{}"):
            assert expression.count(opening) == expression.count(closing), expression
        assert expression.count('"') % 2 == 0, expression
        assert set(re.findall(r"\b([a-z_]+)(?= ?\()", expression)) <= (FUNCTIONS | OPERATORS), (
            expression
        )


def test_a_counter_is_never_read_as_it_stands(asked, labels):
    """What a counter stands at says when its process started."""
    for expression in asked:
        for name in NAME.findall(expression):
            if (
                name.endswith(("_total", "_count", "_bucket", "_sum"))
                and "absent" not in expression
            ):
                after = expression.split(name, 1)[1]
                assert re.match(r"(\{[^}]*\})?\[", after), expression


def test_what_a_label_is_compared_with_exists(asked):
    states = [re.findall(r'state=~?"([\w|]+)"', expression) for expression in asked]
    named = {state for found in states for one in found for state in one.split("|")}
    assert named
    assert named <= set(DeliveryState)


def test_each_service_is_missed_when_it_is_gone(rules):
    (rule,) = [one for one in rules if one.get("alert") == "ServiceGone"]
    assert re.findall(r'service="(\w+)"', rule["expr"]) == list(SERVICES)


def test_an_alert_says_how_urgent_it_is_and_what_to_do(rules):
    alerts = [rule for rule in rules if "alert" in rule]
    assert len({rule["alert"] for rule in alerts}) == len(alerts)
    for rule in alerts:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert set(rule["annotations"]) == {"summary", "description", "runbook"}
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        used = re.findall(r"\$labels\.(\w+)", str(rule["annotations"]))
        assert all(label in rule["expr"] or "portal" in rule["expr"] for label in used)


def test_an_alert_leads_to_a_paragraph_that_tells_of_it(rules, root):
    document = (root / "docs/operations.md").read_text("utf-8")
    headings = re.findall(r"^### (.+)$", document, re.MULTILINE)
    paragraphs = {f"#{heading.lower().replace(' ', '-')}" for heading in headings}
    told = {
        name: where
        for names, where in re.findall(
            r"^\| (`\w+`.*?) \| .* \| \[.*\]\((#.*)\) \|$", document, re.MULTILINE
        )
        for name in re.findall(r"`(\w+)`", names)
    }
    led = {
        rule["alert"]: rule["annotations"]["runbook"].removeprefix("docs/operations.md")
        for rule in rules
        if "alert" in rule
    }
    assert told == led
    assert set(led.values()) <= paragraphs


def test_every_metric_of_ours_is_looked_at(asked, labels):
    looked_at = {name for expression in asked for name in NAME.findall(expression)}
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in looked_at}
    ours = {re.sub(r"_(bucket|count|sum)$", "", name) for name in labels}
    assert ours - families == set()


def test_the_dashboard_shows_a_panel_once_and_where_there_is_room(panels):
    ids = [panel["id"] for panel in panels]
    assert len(ids) == len(set(ids))
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (place["x"] + dx, place["y"] + dy)
            for dx in range(place["w"])
            for dy in range(place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_the_operators_rule_holds_the_same_rules(folder, rules):
    program = str(folder / "prometheus-rule")
    printed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    manifest = yaml.safe_load(printed)
    assert manifest["kind"] == "PrometheusRule"
    assert [rule for group in manifest["spec"]["groups"] for rule in group["rules"]] == rules
