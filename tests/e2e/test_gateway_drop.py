"""The gateway goes away and comes back: no command is lost, none is answered twice."""

from collections.abc import Callable

from sandbox import Sandbox
from tests.e2e.chat import Json, chatting, text_of
from tests.e2e.conftest import Settings
from tests.e2e.helix_process import helix


async def test_a_dropped_gateway_resumes_without_a_lost_or_doubled_command(
    sandbox: Sandbox, on_sandbox: Settings
) -> None:
    async with helix(env=on_sandbox()) as process, chatting(sandbox.page_url) as member:
        await process.ready()
        assert "Pong" in text_of(await member.ask("!ping"))
        await member.post("control/gateway", {"action": "drop"})
        during = await member.say("!ping")
        await member.reply_to(during)
        after = await member.say("!ping")
        await member.reply_to(after)
        assert len(member.replies(during)) == 1
        assert len(member.replies(after)) == 1


async def test_a_session_that_is_gone_ends_in_a_fresh_one(sandbox: Sandbox, on_sandbox: Settings) -> None:
    async with helix(env=on_sandbox()) as process, chatting(sandbox.page_url) as member:
        await process.ready()
        await member.post("control/gateway", {"action": "invalid_session", "resumable": False})
        gone = await member.event_where(_connection(connected=False))
        await member.event_where(_connection(connected=True), after=gone)
        said = await member.say("!ping")
        await member.reply_to(said)
        assert len(member.replies(said)) == 1


def _connection(*, connected: bool) -> Callable[[Json], bool]:
    return lambda event: event["t"] == "BOT_CONNECTION" and event["d"]["connected"] is connected
