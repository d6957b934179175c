"""Limits that are too low are named, with what would be enough."""

import errno
import resource

import pytest

from core.errors import StartError
from core.runtime import machine_limits

_MIB = 1024 * 1024


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> dict[int, int]:
    """The limits of this process, soft and hard, as a test sets them; none at first."""
    lowered: dict[int, int] = {}

    def get(limit: int) -> tuple[int, int]:
        value = lowered.get(limit, resource.RLIM_INFINITY)
        return value, value

    monkeypatch.setattr(resource, "getrlimit", get)
    return lowered


def test_no_limit_is_enough(limits: dict[int, int]) -> None:
    machine_limits.require_enough()
    limits |= {resource.RLIMIT_AS: 768 * _MIB, resource.RLIMIT_DATA: 192 * _MIB, resource.RLIMIT_NOFILE: 64}
    machine_limits.require_enough()


@pytest.mark.parametrize(
    ("limit", "value", "told"),
    [
        (resource.RLIMIT_AS, 300 * _MIB, r"300 MiB of address space; Helix needs 768 MiB .* \(ulimit -v"),
        (resource.RLIMIT_DATA, 100 * _MIB, r"100 MiB of memory for data; Helix needs 192 MiB .* \(ulimit -d"),
        (resource.RLIMIT_NOFILE, 20, r"20 files; Helix needs 64 to start\. .* \(ulimit -n"),
    ],
)
def test_a_limit_that_is_too_low_is_named(limits: dict[int, int], limit: int, value: int, told: str) -> None:
    limits[limit] = value
    with pytest.raises(StartError, match=told):
        machine_limits.require_enough()


@pytest.mark.parametrize(
    ("error", "names"),
    [
        (MemoryError(), "ulimit -v"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "ulimit -v"),
        (OSError(errno.EMFILE, "Too many open files"), "ulimit -n"),
        (RuntimeError("can't start new thread"), "ulimit -u"),
    ],
)
def test_what_the_machine_is_short_of_is_explained(error: Exception, names: str) -> None:
    assert names in str(machine_limits.explain(error))


@pytest.mark.parametrize("error", [OSError(errno.EIO, "I/O error"), RuntimeError("a fault"), OSError("odd")])
def test_other_errors_are_not_explained_away(error: Exception) -> None:
    assert machine_limits.explain(error) is None
