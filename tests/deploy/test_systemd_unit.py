"""The systemd unit, by what it says and by systemd's own judgement."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import main
from core.settings import TABLE
from core.settings.all_settings import Settings
from tests.deploy.dockerfile import ROOT

UNIT = ROOT / "deploy/helix.service"
# What `systemd-analyze security` calls "OK" ends at 4.9, tenfold; lower is better.
EXPOSURE_AT_MOST = 15

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def _values(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)


def _value(name: str) -> str:
    (value,) = _values(name)
    return value


def test_what_an_operator_must_mend_is_not_restarted() -> None:
    assert _value("Restart") == "on-failure"
    assert _value("RestartPreventExitStatus") == str(main.EXIT_UNUSABLE)


def test_a_stop_has_longer_than_it_takes() -> None:
    assert int(_value("TimeoutStopSec")) >= Settings().shutdown_s + 10
    # systemd's own default is SIGTERM, to the main process first.
    assert _values("KillSignal") == []
    assert _value("KillMode") == "mixed"


def test_it_writes_where_it_may() -> None:
    assert _value("ProtectSystem") == "strict"
    settings = dict(pair.split("=", 1) for line in _values("Environment") for pair in line.split())
    data = Path(settings["HELIX_DATA_DIR"])
    # The parent is its own as well: a restore replaces the folder as a whole.
    assert data.parent == Path("/var/lib") / _value("StateDirectory")
    assert settings["MPLCONFIGDIR"] == f"/var/cache/{_value('CacheDirectory')}"
    known = set(TABLE)
    assert set(settings) - known == {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "MPLCONFIGDIR"}


def test_it_may_open_as_many_files_as_it_may_have_listeners() -> None:
    assert int(_value("LimitNOFILE")) > Settings().max_streams + 1000


def test_it_runs_as_a_user_of_its_own_with_secrets_out_of_reach() -> None:
    assert _value("User") == _value("Group") == "helix"
    assert _value("EnvironmentFile").startswith("/etc/helix/")
    assert _value("NoNewPrivileges") == "yes"
    assert _value("CapabilityBoundingSet") == ""


def test_the_worker_may_still_lower_its_priority() -> None:
    # The group @resources has setpriority(2), without which core/runtime/_worker_child.py does not start.
    assert "@resources" not in " ".join(_values("SystemCallFilter"))


@needs_systemd
def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    # The program is where an operator puts it; here it is the tests' own.
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace(_value("ExecStart").split()[0], sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(unit)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_systemd
def test_systemd_finds_it_little_exposed() -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_AT_MOST}", str(UNIT)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-400:] + done.stderr
