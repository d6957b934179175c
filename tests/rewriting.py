"""The rewriting of asserts, shared among the workers: with nothing cached, each would rewrite every file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from _pytest.assertion.rewrite import (
    PYC_TAIL,
    _rewrite_test,
    _write_pyc,
    assertstate_key,
    get_cache_dir,
    try_makedirs,
)


def rewrite_share(config: pytest.Config, tests: Path) -> None:
    """Rewrites this worker's share of the files below `tests` that were never rewritten.

    It is done before coverage starts, which makes it take 70 % longer. A cached file that is outdated is
    left to pytest, which rewrites whatever this leaves.
    """
    worker = getattr(config, "workerinput", None)
    if worker is None or sys.dont_write_bytecode:
        return
    number = int(worker["workerid"].removeprefix("gw"))
    for path in sorted(tests.rglob("test_*.py"))[number :: worker["workercount"]]:
        folder = get_cache_dir(path)
        cached = folder / f"{path.stem}{PYC_TAIL}"
        if not cached.exists() and try_makedirs(folder):
            status, code = _rewrite_test(path, config)
            _write_pyc(config.stash[assertstate_key], code, status, cached)
