import resource

import pytest

from core.runtime import file_limit


class Limits:
    """Stands in for the system."""

    def __init__(self, soft: int, hard: int, *, refuses: bool = False) -> None:
        self.now = (soft, hard)
        self._refuses = refuses

    def get(self, _: int) -> tuple[int, int]:
        return self.now

    def set(self, _: int, limits: tuple[int, int]) -> None:
        if self._refuses:
            raise ValueError("not allowed")
        self.now = limits


@pytest.mark.parametrize(
    ("soft", "hard", "possible", "after"),
    [
        (1024, 4096, 2000, 2000),
        (1024, 1500, 1500, 1500),
        (1024, resource.RLIM_INFINITY, 2000, 2000),
        # More than enough already.
        (3000, 4096, 3000, 3000),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, 2000, resource.RLIM_INFINITY),
    ],
)
def test_the_limit_is_raised_as_far_as_it_is_wanted_and_allowed(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, possible: int, after: int
) -> None:
    limits = Limits(soft, hard)
    monkeypatch.setattr(resource, "getrlimit", limits.get)
    monkeypatch.setattr(resource, "setrlimit", limits.set)
    assert file_limit.raise_file_limit(2000) == possible
    assert limits.now == (after, hard)


def test_where_it_may_not_be_raised_it_is_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(1024, 4096, refuses=True)
    monkeypatch.setattr(resource, "getrlimit", limits.get)
    monkeypatch.setattr(resource, "setrlimit", limits.set)
    assert file_limit.raise_file_limit(2000) == 1024
