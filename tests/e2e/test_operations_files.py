"""The dashboard and the alert rules: every series in them is one that Helix really has."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from core.metrics import Counter
from core.runtime.kernel import build_kernel
from core.settings import Settings
from tests.e2e.everything_used import Scraped

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "docs/operations/prometheus-alerts.yml"
DASHBOARD = ROOT / "docs/operations/grafana-dashboard.json"
GUIDE = ROOT / "docs/operations.md"
# What Grafana puts in before Prometheus sees it.
VARIABLES = {"$__rate_interval": "5m", "$__interval": "1m", "$__range": "6h"}
# Prometheus' own, about each target.
OF_PROMETHEUS = {"up"}
OF_THE_SCRAPE = {"job", "instance"}
# Only a crash brings it about, which nobody can order from outside.
ONLY_ON_FAILURE = {"helix_loop_restarts_total"}


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboard() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return loaded


def panels() -> list[dict[str, Any]]:
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[tuple[str, str]]:
    """Each expression, with where it stands."""
    for rule in rules():
        yield f"alert {rule['alert']}", rule["expr"]
    for panel in panels():
        for target in panel["targets"]:
            yield f"panel {panel['title']}", target["expr"]
    for annotation in dashboard()["annotations"]["list"]:
        yield f"annotation {annotation['name']}", annotation["expr"]


ALL = list(expressions())


def parsed(expression: str) -> Any:
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return promql_parser.parse(expression)


def selectors(expression: str) -> list[Any]:
    found: list[Any] = []

    def visit(node: Any) -> None:
        if isinstance(node, promql_parser.MatrixSelector):
            node = node.vector_selector
        if isinstance(node, promql_parser.VectorSelector):
            found.append(node)

    promql_parser.walk(parsed(expression), visit)
    return found


def matchers(selector: Any) -> dict[str, str]:
    return {one.name: one.value for one in selector.matchers.matchers}


@pytest.mark.parametrize(("where", "expression"), ALL, ids=[where for where, _ in ALL])
def test_every_series_in_an_expression_is_one_that_helix_has(
    scraped: Scraped, where: str, expression: str
) -> None:
    labels: dict[str, dict[str, set[str]]] = {}
    for metric, pairs in scraped.text.samples:
        seen = labels.setdefault(metric, {})
        for label, value in pairs:
            seen.setdefault(label, set()).add(value)
    named = selectors(expression)
    assert named, where
    for selector in named:
        if selector.name in OF_PROMETHEUS | ONLY_ON_FAILURE:
            continue
        assert selector.name in labels, f"{where}: there is no {selector.name}"
        for label in set(matchers(selector)) - OF_THE_SCRAPE:
            assert label in labels[selector.name], f"{where}: {selector.name} has no label {label}"


@pytest.mark.parametrize(("where", "expression"), ALL, ids=[where for where, _ in ALL])
def test_what_is_grouped_by_is_a_label_of_what_is_grouped(
    scraped: Scraped, where: str, expression: str
) -> None:
    known = {label for _, pairs in scraped.text.samples for label, _ in pairs} | OF_THE_SCRAPE | {"loop"}
    for group in re.findall(r"\bby \(([^)]*)\)", expression):
        assert {name.strip() for name in group.split(",")} <= known, where


def test_what_only_a_crash_brings_about_is_declared() -> None:
    metrics = build_kernel(Settings()).metrics
    assert all(isinstance(metrics.get(name), Counter) for name in ONLY_ON_FAILURE)


def test_every_part_of_helix_is_on_the_dashboard() -> None:
    rows = [panel["title"] for panel in dashboard()["panels"] if panel["type"] == "row"]
    assert rows == [
        "Overview", "HTTP", "Commands", "Webhooks", "The field", "Agents", "Discord", "Process",
    ]  # fmt: skip


def test_the_dashboard_asks_for_its_data_source_and_names_none() -> None:
    board = dashboard()
    variables = {variable["name"]: variable for variable in board["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    assert variables["datasource"]["query"] == "prometheus"
    assert variables["job"]["query"]["query"] == "label_values(helix_build_info, job)"
    uids = set(re.findall(r'"uid": "([^"]+)"', DASHBOARD.read_text(encoding="utf-8")))
    assert uids == {"${datasource}", board["uid"]}
    assert board["id"] is None
    assert board["schemaVersion"] >= 36


def test_every_panel_can_be_read() -> None:
    for panel in panels():
        assert panel["title"], panel
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        for target in panel["targets"]:
            for label in re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]):
                grouped = re.findall(r"\bby \(([^)]*)\)", target["expr"])
                assert not grouped or any(label in group for group in grouped), panel["title"]
            assert 'job=~"$job",instance=~"$instance"' in target["expr"], panel["title"]


def test_no_panel_lies_on_another() -> None:
    ids = [panel["id"] for panel in dashboard()["panels"]]
    assert len(ids) == len(set(ids))
    places = [(panel["title"], panel["gridPos"]) for panel in dashboard()["panels"]]
    for title, place in places:
        assert 0 <= place["x"] <= place["x"] + place["w"] <= 24, title
    for (one, a), (other, b) in itertools.combinations(places, 2):
        beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        above = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        assert beside or above, (one, other)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_every_alert_says_how_grave_it_is_what_it_means_and_where_to_read_on(rule: dict[str, Any]) -> None:
    assert re.fullmatch(r"Helix([A-Z][a-z]+)+", rule["alert"])
    assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"\d+[mh]", rule["for"])
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook"}
    assert rule["annotations"]["runbook"] == f"docs/operations.md#{rule['alert'].lower()}"
    kept = {"job", "instance", "destination", "event", "queue", "kind", "loop", "check", "promise", "breaker"}
    texts = " ".join(rule["annotations"].values())
    assert set(re.findall(r"\$labels\.(\w+)", texts)) <= kept


def test_each_alert_has_a_section_and_each_section_an_alert() -> None:
    headings = re.findall(r"^### (Helix\w+)\n\S.*", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    alerts = [rule["alert"] for rule in rules()]
    assert sorted(headings) == sorted(alerts)
    assert len(alerts) == len(set(alerts))


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
@pytest.mark.parametrize(
    "arguments",
    [("check", "rules", str(RULES)), ("test", "rules", "tests/e2e/alert_cases.yml")],
    ids=["check", "cases"],
)
def test_prometheus_own_tool_takes_the_rules_and_they_fire_when_they_should(
    arguments: tuple[str, ...],
) -> None:
    done = subprocess.run(
        ["promtool", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
