"""What is asked of every process is done in each, and each says how it went."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from bot.cogs.admin import _screens
from bot.loading import CogFailure, LoadResult
from bot.parts.everywhere import Everywhere, read_result
from core.runtime.kernel import Kernel, build_kernel
from core.settings import Settings
from core.store.members import LocalMembers
from tests.core.store.two_members import TwoMembers


class Part:
    """A process: its flags and caches, a loader that counts, and state files."""

    def __init__(self, *, works: bool = True) -> None:
        self.kernel: Kernel = build_kernel(Settings())
        self.own = LocalMembers("1")
        self.works = works
        self.reloaded: list[str] = []
        self.checks = 0

    def everywhere(self, members: Any = None) -> Everywhere:
        loader: Any = SimpleNamespace(reload=self.reload)
        projector: Any = SimpleNamespace(check=self.check)
        return Everywhere(
            members or self.own,
            loader=loader,
            flags=self.kernel.flags,
            caches=self.kernel.caches,
            projector=projector,
        )

    async def reload(self, cog: str) -> LoadResult:
        self.reloaded.append(cog)
        error = CogFailure(file="x.py", line=1, type="SyntaxError", message="bad", incident="i1")
        return LoadResult(cog, ok=self.works, ms=2.0, error=None if self.works else error)

    async def check(self) -> None:
        self.checks += 1


def two(*, other_works: bool = True) -> tuple[Part, Part, Everywhere]:
    here, there = Part(), Part(works=other_works)
    there.everywhere()
    return here, there, here.everywhere(TwoMembers(here.own, there.own))


async def test_a_flag_is_switched_in_both() -> None:
    here, there, everywhere = two()
    replies = await everywhere.switch("lazy_commands", on=False)
    assert [reply.text for reply in replies] == ["off", "off"]
    assert not here.kernel.flags.lazy_commands
    assert not there.kernel.flags.lazy_commands
    flag = here.kernel.flags.describe()[1]
    assert str(_screens.switched(flag, flag, replies).description).count("✅") == 2


async def test_a_cache_is_cleared_in_both_and_the_files_are_read_again() -> None:
    here, there, everywhere = two()
    for part, entries in ((here, 1), (there, 2)):
        cache = part.kernel.caches.create("http", owner="web", max_entries=5, ttl_s=60)
        for number in range(entries):
            cache.get_or_build(str(number), lambda: 1, ("state",))
        cache.get_or_build("other", lambda: 1, ())
    replies = await everywhere.clear("state")
    assert [reply.text for reply in replies] == ["1", "2"]
    assert (here.checks, there.checks) == (1, 1)
    replies = await everywhere.clear("all")
    assert [reply.text for reply in replies] == ["1", "1"]
    shown = _screens.cleared("all", 1, (), replies)
    assert str(shown.description).count("1 removed") == 2
    await everywhere.clear("http")
    assert (here.checks, there.checks) == (2, 2)


async def test_a_cog_is_reloaded_in_both_and_a_failure_of_one_is_told() -> None:
    here, there, everywhere = two(other_works=False)
    replies = await everywhere.reload("agents")
    assert here.reloaded == there.reloaded == ["agents"]
    assert [read_result(reply.text or "").ok for reply in replies] == [True, False]
    own, other = _screens.reloaded(replies)
    assert "reloaded" in own
    assert "SyntaxError" in other
    assert _screens.reloaded(replies[:1]) == ()
