"""The compose file: its services fit what Helix needs, and no secret stands in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict

from core.settings import TABLE
from core.store.postgres.connection import OLDEST_SERVER

FILE = Path(__file__).parents[2] / "deploy" / "compose.yaml"
PASSWORD = re.compile(r"\$\{POSTGRES_PASSWORD:\?[^}]+\}")


@pytest.fixture
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return found


def test_helix_is_given_settings_that_exist_and_services_that_are_there(compose: dict[str, Any]) -> None:
    helix = compose["services"]["helix"]
    assert helix["environment"].keys() <= {row.name for row in TABLE.values()}
    address = conninfo_to_dict(PASSWORD.sub("abc", helix["environment"]["DATABASE_URL"]))
    postgres = compose["services"][address["host"]]["environment"]
    assert (address["user"], address["dbname"]) == (postgres["POSTGRES_USER"], postgres["POSTGRES_DB"])
    assert helix["environment"]["REDIS_URL"].startswith("redis://redis:")
    assert helix["depends_on"].keys() == compose["services"].keys() - {"helix"}
    assert {one["condition"] for one in helix["depends_on"].values()} == {"service_healthy"}


def test_the_server_is_new_enough_and_its_data_stays(compose: dict[str, Any]) -> None:
    postgres = compose["services"]["postgres"]
    version = re.fullmatch(r"postgres:(\d+)-\w+", postgres["image"])
    assert version is not None
    assert int(version[1]) >= OLDEST_SERVER
    assert "UTF8" in postgres["environment"]["POSTGRES_INITDB_ARGS"]
    mounted = {one.partition(":")[0] for name in ("helix", "postgres") for one in volumes(compose, name)}
    assert mounted == set(compose["volumes"])


def volumes(compose: dict[str, Any], name: str) -> list[str]:
    found: list[str] = compose["services"][name]["volumes"]
    return found


def test_every_server_has_a_health_check_that_the_making_of_its_data_does_not_pass(
    compose: dict[str, Any],
) -> None:
    for name in ("postgres", "redis"):
        assert compose["services"][name]["healthcheck"]["test"][0] == "CMD"
    # While the image makes the data, its server listens on the Unix socket alone.
    assert "--host=127.0.0.1" in compose["services"]["postgres"]["healthcheck"]["test"]


def test_no_secret_stands_in_it_and_only_helix_is_reached_from_this_machine_alone(
    compose: dict[str, Any],
) -> None:
    assert PASSWORD.fullmatch(compose["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"])
    for name, service in compose["services"].items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
        assert name == "helix" or "ports" not in service
