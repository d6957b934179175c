"""A ritual that a stop or a kill cuts off: it changes nothing, and the message that showed it says so."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox import Sandbox
from tests.e2e.chat import chatting, components_of, text_of
from tests.e2e.conftest import Settings
from tests.e2e.helix_process import helix


async def test_a_stop_does_not_wait_for_it_and_says_so_where_it_was_shown(
    sandbox: Sandbox, on_sandbox: Settings, database: Mapping[str, str]
) -> None:
    async with chatting(sandbox.page_url, "member") as member:
        async with helix(env=on_sandbox(RITUAL_STEP_S="5", **database)) as process:
            await process.ready()
            shown = await member.ask("!ritual 1000")
            assert "of 1000" in text_of(shown)
            assert await process.terminate() == 0
        told = await member.message_where(lambda m: m["id"] == shown["id"] and "Cancelled" in text_of(m))
        assert "Helix stopped" in text_of(told)
        assert components_of(told) == []
        async with helix(env=on_sandbox(RITUAL_STEP_S="0.01", **database)) as process:
            await process.ready()
            assert "1, 1000 steps, cancelled" in text_of(await member.ask("!status"))
            again = await member.ask("!ritual 3")
            await member.message_where(lambda m: m["id"] == again["id"] and "Done: 3 steps" in text_of(m))


async def test_after_a_kill_it_is_interrupted_and_the_next_start_says_so_where_it_was_shown(
    sandbox: Sandbox, on_sandbox: Settings, database: Mapping[str, str]
) -> None:
    async with chatting(sandbox.page_url, "member") as member, chatting(sandbox.page_url, "mod") as mod:
        async with helix(env=on_sandbox(RITUAL_STEP_S="1", **database)) as process:
            await process.ready()
            await mod.ask("!schedule add every 6h 27")
            shown = await member.ask("!ritual 1000")
            await member.message_where(lambda m: m["id"] == shown["id"] and "1 of 1000" in text_of(m))
            await process.kill()
        async with helix(env=on_sandbox(**database)) as process:
            await process.ready()
            told = await member.message_where(
                lambda m: m["id"] == shown["id"] and "Interrupted by a crash" in text_of(m)
            )
            assert "The field and the folklore are unchanged." in text_of(told)
            assert components_of(told) == []
            assert "1, 1000 steps, interrupted" in text_of(await member.ask("!status"))
            assert "`every 6h` · 27 steps" in text_of(await mod.ask("!schedule"))
            await mod.ask("!rituals")
