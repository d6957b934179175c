"""Start: to 200 on /health/live and on /health/ready, against importing discord.py and aiohttp alone.

Targets (docs/architecture.md, "What things cost"): at most 1.0 times the bare imports to live, 1.4 to ready.
Wall time and CPU time of the process, medians, the cases by turns. `python -m bench.start ROUNDS` sets how
many rounds there are.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench._process import ROOT, cpu_s, free_port, resident_mib, running, wait_for_http

ROUNDS = 15
TARGETS = {"live": 1.0, "ready": 1.4}
_BARE = "import discord.ext.commands, aiohttp.web"
_PACKAGES = ("core", "state", "bot", "web", "sandbox", "process")
_DEAREST = 10
# Each request costs the process a little of what is measured.
_ASKED_EVERY_S = {"/health/live": 0.002, "/health/ready": 0.01}
_LATER = ("process.run", "web.app", "state.opening", "bot.app")


class Spent(NamedTuple):
    """Seconds since Python was spawned."""

    wall_s: float
    cpu_s: float


class Start(NamedTuple):
    """One start; its memory is in MiB, when ready."""

    live: Spent
    ready: Spent
    memory: float


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdecimal() else ROUNDS
    bare: list[Spent] = []
    starts: dict[str, list[Start]] = {}
    with tempfile.TemporaryDirectory() as folder, _sandbox() as with_token:
        old = {kind: Path(folder) / kind.replace(" ", "-") for kind in ("token", "own sandbox")}
        sandboxed: dict[str, Mapping[str, str]] = {"token": with_token, "own sandbox": {}}
        for kind, settings in sandboxed.items():
            _start(settings, old[kind])
        for _ in range(rounds):
            bare.append(_bare_imports())
            for kind, settings in sandboxed.items():
                with tempfile.TemporaryDirectory() as new:
                    starts.setdefault(f"{kind}, new data", []).append(_start(settings, Path(new)))
                starts.setdefault(f"{kind}, old data", []).append(_start(settings, old[kind]))
            first = _first_start(with_token, Path(folder))
            starts.setdefault("no bytecode yet", []).append(first)
    _report(bare, starts)
    _print_dearest_imports()


def _report(bare: list[Spent], starts: Mapping[str, list[Start]]) -> None:
    base = Spent(*(statistics.median(values) for values in zip(*bare, strict=True)))
    print(f"two bare imports: {base.wall_s * 1e3:.0f} ms, CPU {base.cpu_s * 1e3:.0f} ms; times as much:")
    print(f"{'':<24}{'live':>8}{'CPU':>8}{'ready':>8}{'CPU':>8}{'MiB':>8}")
    for case, found in starts.items():
        ratios = [
            statistics.median(getattr(getattr(one, moment), kind) for one in found) / getattr(base, kind)
            for moment in TARGETS
            for kind in Spent._fields
        ]
        memory = statistics.median(one.memory for one in found)
        print(f"{case:<24}" + "".join(f"{ratio:8.2f}" for ratio in ratios) + f"{memory:8.0f}")
    print("targets: " + ", ".join(f"{moment} at most {target}" for moment, target in TARGETS.items()))


def _bare_imports() -> Spent:
    begun = time.perf_counter()
    with running(["-c", _BARE], {}) as process:
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
        return Spent(time.perf_counter() - begun, used.ru_utime + used.ru_stime)


def _start(settings: Mapping[str, str], data: Path, *, root: Path = ROOT) -> Start:
    port = free_port()
    env = {
        "SANDBOX_PORT": "0",
        "LOG_LEVEL": "WARNING",
        **settings,
        "HELIX_DATA_DIR": str(data),
        "PORT": str(port),
    }
    begun = time.perf_counter()
    with running([str(root / "main.py")], env) as process:
        spent = []
        for path, every_s in _ASKED_EVERY_S.items():
            wait_for_http(port, path, every_s=every_s)
            spent.append(Spent(time.perf_counter() - begun, cpu_s(process.pid)))
        return Start(spent[0], spent[1], resident_mib(process.pid))


def _first_start(settings: Mapping[str, str], folder: Path) -> Start:
    """The first start after an installation that compiled the libraries alone."""
    root = folder / "copy"
    shutil.rmtree(root, ignore_errors=True)
    for package in _PACKAGES:
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "main.py", root)
    return _start(settings, root / "data", root=root)


@contextmanager
def _sandbox() -> Iterator[Mapping[str, str]]:
    """A sandbox in a process of its own; gives the settings of a Helix that connects to it."""
    with running(["-m", "bench._sandbox_alone"], {}, heard=True) as process:
        assert process.stdout is not None  # noqa: S101 - a mistake in a benchmark
        yield json.loads(process.stdout.readline())


def _print_dearest_imports() -> None:
    code = f"import importlib, main\nfor name in {_LATER}: importlib.import_module(name)"
    done = subprocess.run(  # noqa: S603 - starts this project's own program
        [sys.executable, "-X", "importtime", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = []
    for line in done.stderr.splitlines():
        alone, in_all, name = line.removeprefix("import time:").split("|")
        if alone.strip().isdecimal():
            found.append((int(alone) / 1e3, int(in_all) / 1e3, name.strip()))
    print(f"the dearest imports of {len(found)} modules, in ms: alone, with what it imports")
    for alone_ms, in_all_ms, name in sorted(found, reverse=True)[:_DEAREST]:
        print(f"{alone_ms:8.1f}{in_all_ms:8.1f}  {name}")


if __name__ == "__main__":
    main()
