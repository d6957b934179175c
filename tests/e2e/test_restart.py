"""What lasts across a restart: buttons, unloaded cogs, and what Discord was told."""

from collections.abc import Mapping

from sandbox import Sandbox
from tests.e2e.chat import chatting, components_of, text_of
from tests.e2e.conftest import Settings
from tests.e2e.helix_process import helix


async def test_a_menu_from_before_a_restart_answers_its_owner_only(
    sandbox: Sandbox, on_sandbox: Settings, database: Mapping[str, str]
) -> None:
    async with (
        chatting(sandbox.page_url, "member") as member,
        chatting(sandbox.page_url, "mod") as other,
    ):
        async with helix(env=on_sandbox(**database)) as process:
            await process.ready()
            page = await member.ask("!help")
            assert await process.terminate() == 0
        async with helix(env=on_sandbox(**database)) as process:
            await process.ready()
            menu = next(item for item in components_of(page) if item["type"] == 3)
            value = next(o["value"] for o in menu["options"] if "monitoring" in o["label"].lower())
            assert "cog.loaded" not in process.output
            refused = await other.select(page, menu["custom_id"], value)
            assert int((await other.answer_to(refused))["flags"]) & 64
            await member.select(page, menu["custom_id"], value)
            changed = await member.message_where(
                lambda m: m["id"] == page["id"] and "heartbeat" in text_of(m)
            )
            assert changed["id"] == page["id"]


async def test_an_unloaded_cog_stays_off_across_a_restart(
    sandbox: Sandbox, on_sandbox: Settings, database: Mapping[str, str]
) -> None:
    async with (
        chatting(sandbox.page_url, "admin") as admin,
        chatting(sandbox.page_url, "member") as member,
    ):
        async with helix(env=on_sandbox(**database)) as process:
            await process.ready()
            question = await admin.ask("!unload agents")
            yes = next(item for item in components_of(question) if item.get("label") == "Yes, do it")
            await admin.click(question, yes["custom_id"])
            await admin.message_where(lambda m: "**agents** unloaded" in text_of(m))
            assert await process.terminate() == 0
        async with helix(env=on_sandbox(**database)) as process:
            await process.ready()
            assert "Kael" not in text_of(await member.ask("!agents"))
            await admin.ask("!load agents")
            assert "Kael" in text_of(await member.ask("!agents"))


async def test_the_slash_commands_are_sent_once_and_not_at_every_start(
    sandbox: Sandbox, on_sandbox: Settings, database: Mapping[str, str]
) -> None:
    async with helix(env=on_sandbox(**database)) as process:
        await process.wait_for("slash.registered")
        assert await process.terminate() == 0
    async with helix(env=on_sandbox(**database)) as process, chatting(sandbox.page_url) as member:
        await process.ready()
        assert "Kael" in text_of(await member.slash("agents"))
        assert "slash.registered" not in process.output
