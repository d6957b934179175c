"""docs/deployment.md against what it speaks of: settings, commands, and the steps on one's own machine."""

import re
import shlex
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import main
from core.settings import TABLE
from tests.deploy.dockerfile import ROOT

PAGE = (ROOT / "docs/deployment.md").read_text()
# Of the platforms, of Docker and systemd, and of signals.
FOREIGN = {
    "RAILWAY_RUN_UID", "RAILWAY_PUBLIC_DOMAIN", "SIGTERM", "SIGKILL", "SIGINT", "FILE", "REPOSITORY",
    "VERSION", "USER_ID", "URL", "ADMIN", "SYSTEM", "DEVELOPMENT", "POSTGRES_PASSWORD",
    "CREATE", "GET", "SET", "PTTL", "PING", "SELECT",
}  # fmt: skip
NOT_CLONED = (".git", ".venv", "data", "node_modules", "__pycache__", ".*_cache", ".hypothesis", ".coverage*")


def _blocks(heading: str) -> list[str]:
    """The code blocks of a section, without their indentation."""
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert section is not None, heading
    found = re.findall(r"^( *)```\w*\n(.*?)^ *```$", section.group(1), re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]


def test_every_setting_that_it_names_exists() -> None:
    known = set(TABLE)
    named = set(re.findall(r"`([A-Z][A-Z_]{2,})\b", PAGE)) | set(re.findall(r"\b([A-Z]+_[A-Z_]+)\b", PAGE))
    assert len(named & known) > 20
    assert named - known - FOREIGN == set()


def test_every_command_line_that_it_names_exists() -> None:
    named = set(re.findall(r"main\.py ([a-z-]+)", PAGE)) | set(
        re.findall(r"--env-file \.env helix ([a-z]+)", PAGE)
    )
    assert {"check", "restore"} <= named
    assert named <= set(main._COMMANDS)
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", PAGE, re.MULTILINE)) <= targets


def test_every_flag_is_switched_off_by_the_name_that_the_command_takes() -> None:
    flags = {name for name in TABLE if name.startswith("ENABLE_")}
    switched = set(re.findall(r"`!flags ([a-z_]+) off`", PAGE))
    assert {f"ENABLE_{name.upper()}" for name in switched} == flags
    (first_day,) = re.findall(r"^\| 1 \|(.*)$", PAGE, re.MULTILINE)
    assert set(re.findall(r"`(ENABLE_[A-Z_]+)=false`", first_day)) == flags


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        page = (ROOT / "docs" / path) if path else ROOT / "docs/deployment.md"
        assert page.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}, (
                target
            )


@pytest.mark.timeout(180)
def test_the_steps_on_a_machine_of_ones_own_lead_to_a_helix_that_checks_its_settings(tmp_path: Path) -> None:
    """Each line runs as it stands, under another root; what only a system has is left out by name."""
    prepare, run, _ = _blocks("A machine of your own")
    for line in prepare.splitlines():
        words = [
            word.replace("/opt/", f"{tmp_path}/opt/") for word in shlex.split(line.removeprefix("sudo "))
        ]
        words = [word.replace("/etc/helix", f"{tmp_path}/etc/helix") for word in words]
        if words[0] in ("useradd", "sudoedit"):
            continue
        if words[:2] == ["git", "clone"]:
            # As it is here, with what is not committed yet.
            shutil.copytree(ROOT, words[3], ignore=shutil.ignore_patterns(*NOT_CLONED))
            continue
        if words[-2] == "-r":
            # The packages are those of the tests' own environment; installing them takes minutes.
            assert words[1:-1] == ["-m", "pip", "install", "-r"]
            assert Path(words[-1]).read_text() == (ROOT / "requirements.txt").read_text()
            shutil.rmtree(tmp_path / "opt/helix/.venv")
            (tmp_path / "opt/helix/.venv").symlink_to(sys.prefix)
            continue
        subprocess.run(words, check=True, timeout=120, cwd=tmp_path)
    config = tmp_path / "etc/helix/helix.env"
    assert config.stat().st_mode & 0o777 == 0o600
    words = shlex.split(run)
    # systemd-run sets user and environment; here the test does.
    command = words[next(i for i, word in enumerate(words) if word.startswith("/opt/")) :]
    given = dict(word.split("=", 1) for flag, word in pairwise(words) if flag == "-E")
    done = subprocess.run(
        [command[0].replace("/opt/", f"{tmp_path}/opt/"), *command[1:]],
        cwd=tmp_path / "opt/helix",
        env={**given, "HELIX_DATA_DIR": str(tmp_path / "data"), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The settings are valid.")


def test_the_update_uses_the_same_lines_as_the_installation() -> None:
    (update,) = _blocks("Update")
    installed = _blocks("A machine of your own")[0].splitlines()
    lines = update.splitlines()
    assert lines[0] == "sudo git -C /opt/helix pull --ff-only"
    assert set(lines[1:-1]) <= set(installed)
    assert lines[-1] == "sudo systemctl restart helix"


def test_the_paths_are_those_of_the_unit() -> None:
    unit = (ROOT / "deploy/helix.service").read_text()
    prepare, run, start = _blocks("A machine of your own")
    for path in ("/opt/helix", "/etc/helix/helix.env", "/opt/helix/.venv/bin/python"):
        assert path in unit
        assert path in prepare + run
    assert "HELIX_DATA_DIR=/var/lib/helix/data" in unit
    assert "HELIX_DATA_DIR=/var/lib/helix/data" in run
    assert "/opt/helix/deploy/helix.service" in start
    assert f"-p StateDirectory={re.search('^StateDirectory=(.*)$', unit, re.MULTILINE).group(1)} " in run  # type: ignore[union-attr]  # the unit's own test


def test_docker_gets_the_volume_the_port_and_the_time_that_it_needs() -> None:
    run = re.sub(r"\\\n *", "", _blocks("Docker")[0])
    (line,) = [line for line in run.splitlines() if line.startswith("docker run -d")]
    words = shlex.split(line)
    options = dict(pairwise(words))
    assert options["-v"].endswith(":/data")
    assert options["-p"] == "127.0.0.1:8080:8080"
    assert int(options["--stop-timeout"]) >= 5 + 5
    assert "--read-only" in words
    assert options["--tmpfs"] == "/tmp"  # noqa: S108 - the container's own
