"""What a container of Helix is made of; there need be no Docker where the tests run."""

import json
import re
import shutil
from pathlib import Path

import pytest

from core.settings import TABLE
from core.settings.all_settings import Settings
from tests.deploy.dockerfile import ROOT, Step, copied_sources, environment, read_stages, rests
from tests.e2e.helix_process import HelixProcess, get_json, sandbox_env

STAGES = read_stages((ROOT / "Dockerfile").read_text())
FINAL = STAGES[-1]
ENV = environment(FINAL)


def test_it_is_built_in_two_stages_from_one_slim_image_with_a_tag() -> None:
    images = [rests(stage, "FROM")[0].split()[0] for stage in STAGES]
    assert len(images) == 2
    assert len(set(images)) == 1
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", images[0])


def test_its_python_is_one_that_helix_supports() -> None:
    version = re.search(r"python:3\.(\d+)", rests(FINAL, "FROM")[0])
    assert version is not None
    assert int(version.group(1)) >= 11


def test_it_runs_as_a_user_without_rights_by_number() -> None:
    last = rests(FINAL, "USER")[-1]
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", last)
    uid = last.split(":")[0]
    assert f"--uid {uid}" in " ".join(rests(FINAL, "RUN"))
    steps = [step.instruction for step in FINAL]
    assert "RUN" not in steps[steps.index("USER") :]


def test_what_it_runs_takes_signals_itself() -> None:
    assert json.loads(rests(FINAL, "ENTRYPOINT")[0]) == ["python", "main.py"]
    assert json.loads(rests(FINAL, "CMD")[0]) == ["run"]


def test_its_health_check_needs_nothing_that_the_image_lacks() -> None:
    (check,) = rests(FINAL, "HEALTHCHECK")
    command = json.loads(check.partition("CMD ")[2])
    assert command == ["python", "deploy/probe.py"]
    assert "deploy/probe.py" in copied_sources(STAGES)


def test_it_declares_no_volume_and_mounts_no_cache_since_railway_refuses_both() -> None:
    steps = [step for stage in STAGES for step in stage]
    assert [step for step in steps if step.instruction == "VOLUME" or "--mount" in step.rest] == []


def test_nothing_is_fetched_past_the_pinned_packages() -> None:
    steps = [step for stage in STAGES for step in stage]
    assert [step for step in steps if step.instruction == "ADD"] == []
    assert not re.search(r"curl|wget|apt-get|apk |pip install (?!.*-r requirements\.txt)", _commands(steps))


def test_no_secret_is_built_in() -> None:
    secret = {row.name for row in TABLE.values() if row.secret}
    assert secret
    text = (ROOT / "Dockerfile").read_text()
    assert [name for name in secret if re.search(rf"\b{name}=", text)] == []
    assert "ARG" not in [step.instruction for stage in STAGES for step in stage]


def test_what_it_sets_are_settings_of_helix_or_of_python() -> None:
    known = set(TABLE)
    others = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "MPLCONFIGDIR"}
    assert set(ENV) <= known | others
    assert ENV["PYTHONDONTWRITEBYTECODE"] == ENV["PYTHONUNBUFFERED"] == "1"
    assert rests(FINAL, "EXPOSE") == [ENV["PORT"]]
    assert int(ENV["PORT"]) == Settings().port


def test_what_is_copied_is_there_and_passes_the_ignore_file() -> None:
    sources = copied_sources(STAGES)
    assert [source for source in sources if not (ROOT / source).exists()] == []
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert lines[[line.startswith("#") for line in lines].index(False)] == "*"
    assert allowed == set(sources)


@pytest.mark.timeout(180)
async def test_what_is_copied_is_all_that_helix_needs(tmp_path: Path) -> None:
    app = tmp_path / "app"
    for source in copied_sources(STAGES):
        target = app / source
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            # With what is compiled already, which spares a busy machine some seconds.
            shutil.copytree(ROOT / source, target)
        else:
            shutil.copy2(ROOT / source, target)
    env = sandbox_env(tmp_path / "data", ENABLE_LAZY_COMMANDS="false")
    process = await HelixProcess.start(env=env, cwd=app, program=app / "main.py")
    try:
        await process.wait_for(r"\bready in\b", timeout_s=120)
        http = await process.http()
        assert (await get_json(f"{http}/status"))["gateway"]["status"] == "pass"
        checks = (await get_json(f"{http}/health"))["checks"]
        assert {name: checks[name][0]["status"] for name in ("cogs", "slash-commands")} == {
            "cogs": "pass",
            "slash-commands": "pass",
        }
        assert await process.terminate() == 0
    finally:
        await process.kill()


@pytest.mark.parametrize("given", [{}, {"PORT": "8081"}])
async def test_without_a_token_it_ends_and_says_so(tmp_path: Path, given: dict[str, str]) -> None:
    settings = {name: ENV[name] for name in ("HOST", "PORT")}
    env = {**settings, "HELIX_DATA_DIR": str(tmp_path), **given}
    process = await HelixProcess.start("run", env=env)
    assert await process.exit_code() == 2
    assert "DISCORD_TOKEN" in process.output


def _commands(steps: list[Step]) -> str:
    return "\n".join(step.rest for step in steps if step.instruction == "RUN")
