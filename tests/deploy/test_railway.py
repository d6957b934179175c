"""What Railway is told, by its reference of "config as code" and what its parser was seen to refuse."""

import json
import shlex
from typing import Any

from core.settings.all_settings import Settings
from tests.deploy.dockerfile import ROOT
from web.routes.table import ROUTES

CONFIG: dict[str, Any] = json.loads((ROOT / "railway.json").read_text())
DEPLOY: dict[str, Any] = CONFIG["deploy"]
# Of https://docs.railway.com/config-as-code/reference; a key that Railway does not know is a typing mistake.
BUILD_KEYS = {"builder", "buildCommand", "watchPatterns", "dockerfilePath", "railpackVersion"}
DEPLOY_KEYS = {
    "startCommand", "preDeployCommand", "healthcheckPath", "healthcheckTimeout", "restartPolicyType",
    "restartPolicyMaxRetries", "cronSchedule", "multiRegionConfig", "overlapSeconds", "drainingSeconds",
    "numReplicas", "region", "sleepApplication",
}  # fmt: skip


def test_it_names_its_schema_and_has_no_unknown_key() -> None:
    assert CONFIG["$schema"] == "https://railway.com/railway.schema.json"
    assert set(CONFIG) == {"$schema", "build", "deploy"}
    assert set(CONFIG["build"]) <= BUILD_KEYS
    assert set(DEPLOY) <= DEPLOY_KEYS


def test_it_builds_the_dockerfile() -> None:
    assert CONFIG["build"]["builder"] == "DOCKERFILE"
    assert (ROOT / CONFIG["build"]["dockerfilePath"]).is_file()


def test_times_are_numbers_for_railway_refuses_texts() -> None:
    names = ("healthcheckTimeout", "drainingSeconds", "overlapSeconds", "restartPolicyMaxRetries")
    assert [name for name in names if type(DEPLOY[name]) is not int] == []


def test_the_start_command_is_that_of_the_procfile_and_takes_signals_itself() -> None:
    assert shlex.split(DEPLOY["startCommand"]) == ["python", "main.py"]
    assert (ROOT / "Procfile").read_text() == f"web: {DEPLOY['startCommand']}\n"


def test_it_asks_whether_helix_is_ready_on_a_route_that_needs_no_token() -> None:
    (route,) = [spec for spec in ROUTES if spec.path == DEPLOY["healthcheckPath"]]
    assert route.path == "/health/ready"
    assert route.auth == "none"


def test_a_stop_has_longer_than_it_takes() -> None:
    assert DEPLOY["drainingSeconds"] >= Settings().shutdown_s + 3


def test_one_process_owns_the_data_so_nothing_overlaps() -> None:
    assert DEPLOY["overlapSeconds"] == 0
    assert DEPLOY.get("numReplicas", 1) == 1


def test_a_crash_is_restarted_and_a_stop_is_not() -> None:
    assert DEPLOY["restartPolicyType"] == "ON_FAILURE"
    assert DEPLOY["restartPolicyMaxRetries"] > 0
