"""Two processes see the same Discord, as in an overlapping deploy: each message gets one reply."""

import asyncio

from sandbox import Sandbox
from tests.e2e.chat import chatting
from tests.e2e.conftest import Settings
from tests.e2e.helix_process import helix


async def test_two_processes_with_separate_data_folders_give_one_reply(
    sandbox: Sandbox, on_sandbox: Settings
) -> None:
    async with (
        helix(env=on_sandbox("blue")) as blue,
        helix(env=on_sandbox("green")) as green,
        chatting(sandbox.page_url) as member,
        chatting(sandbox.page_url, "owner") as owner,
    ):
        await asyncio.gather(blue.ready(), green.ready())
        said = [await member.say("!ping"), await owner.say("!status"), await member.say("!pingg")]
        for message in said:
            await member.reply_to(message)
        # Both are asked to stop: what they accepted is answered by then, so nothing more can come.
        assert list(await asyncio.gather(blue.terminate(), green.terminate())) == [0, 0]
        history = await member.history()
        replies = [(m.get("message_reference") or {}).get("message_id") for m in history]
        assert [replies.count(message["id"]) for message in said] == [1, 1, 1]
        for process in (blue, green):
            assert "incident" not in process.output
            assert "Traceback" not in process.output


async def test_two_processes_answer_one_interaction_once(sandbox: Sandbox, on_sandbox: Settings) -> None:
    async with (
        helix(env=on_sandbox("blue")) as blue,
        helix(env=on_sandbox("green")) as green,
        chatting(sandbox.page_url) as member,
    ):
        await asyncio.gather(blue.ready(), green.ready())
        await member.slash("ping")
        assert list(await asyncio.gather(blue.terminate(), green.terminate())) == [0, 0]
        answers = [m for m in await member.history() if m["author"]["id"] == member.bot]
        assert len(answers) == 1
        for process in (blue, green):
            assert "incident" not in process.output
            assert "Traceback" not in process.output
