"""Discord refuses the token or an intent: exit code 2 and what mends it; or a reply, no fault of ours."""

from sandbox import Sandbox
from tests.e2e.chat import chatting
from tests.e2e.conftest import Settings
from tests.e2e.helix_process import get_json, helix


async def test_a_refused_token_names_the_setting_and_the_portal(on_sandbox: Settings) -> None:
    async with helix(
        env=on_sandbox(DISCORD_TOKEN="MTIzNDU2Nzg5MDEyMzQ1Njc4.wrong1.the-token-of-somebody-else-1")
    ) as process:
        assert await process.exit_code() == 2, process.output
        assert "DISCORD_TOKEN" in process.output
        assert "Developer Portal" in process.output
        assert "Traceback" not in process.output
        assert "somebody-else" not in process.output


async def test_a_privileged_intent_that_is_off_names_the_switch(
    sandbox: Sandbox, on_sandbox: Settings
) -> None:
    sandbox.engine.world.application.message_content_intent = False
    async with helix(env=on_sandbox()) as process:
        assert await process.exit_code() == 2, process.output
        assert "Message Content Intent" in process.output
        assert "Developer Portal" in process.output
        assert "Traceback" not in process.output


async def test_an_unreachable_discord_leaves_the_http_server_up(on_sandbox: Settings) -> None:
    nowhere = {"DISCORD_API_URL": "http://127.0.0.1:9/api/v10", "DISCORD_GATEWAY_URL": "ws://127.0.0.1:9/"}
    async with helix(env=on_sandbox(**nowhere)) as process:
        http = await process.http()
        await process.wait_for("discord.login_failed")
        assert (await get_json(f"{http}/health/live")) is not None
        ready = await get_json(f"{http}/health/ready")
        assert "gateway" in str(ready)
        assert await process.terminate() == 0


async def test_a_member_whose_replies_are_refused_does_not_turn_the_error_rate_red(
    sandbox: Sandbox, on_sandbox: Settings
) -> None:
    async with helix(env=on_sandbox()) as process, chatting(sandbox.page_url) as member:
        await process.ready()
        for code in (10003, 50083, 160005, 200000, 40333):
            fault = {"method": "POST", "route": "/channels/*/messages", "code": code, "times": 1}
            await member.post("control/fault", fault)
            reply = await member.ask("!ping")
            assert "incident" not in reply["content"], code
        health = await get_json(f"{await process.http()}/health")
        (commands,) = health["checks"]["commands"]
        assert (commands["status"], commands["counters"]["failures"]) == ("pass", 0)
        assert "Traceback" not in process.output
