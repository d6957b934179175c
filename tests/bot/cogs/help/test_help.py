"""`help` with the real client on the sandbox."""

from tests.bot.cogs.talk import Talk, items, text_of
from tests.bot.support import RunningBot


async def test_the_overview_shows_a_member_only_what_a_member_may_run(talk: Talk) -> None:
    text = text_of(await talk.ask("member", "!help"))
    assert "`status`" in text
    assert "`reload`" not in text


async def test_the_overview_shows_an_admin_the_admin_commands(talk: Talk) -> None:
    assert "`reload`" in text_of(await talk.ask("admin", "!help"))


async def test_a_category_alone_is_shown_with_its_commands(talk: Talk) -> None:
    text = text_of(await talk.ask("member", "!help monitoring"))
    assert "`!ping`" in text
    assert "**Usage**" not in text


async def test_help_by_slash_is_for_the_caller_alone(talk: Talk) -> None:
    reply = await talk.slash("member", "help", topic="status")
    assert reply["flags"] & 64
    assert "**Example** `!status`" in text_of(reply)


async def test_help_loads_no_cog_but_its_own(talk: Talk, running_bot: RunningBot) -> None:
    await talk.ask("admin", "!help status")
    loaded = {status.name for status in running_bot.bot.loader.status() if status.state == "loaded"}
    assert loaded == {"help"}


async def test_the_menu_turns_to_a_category_and_back(talk: Talk) -> None:
    reply = await talk.ask("member", "!help")
    await talk.choose("member", reply, "monitoring")
    turned = await talk.edited(reply, lambda one: "`!status`" in text_of(one))
    chosen = [option["value"] for option in items(turned)[0]["options"] if option.get("default")]
    assert chosen == ["monitoring"]
    await talk.choose("member", turned, "overview")
    await talk.edited(reply, lambda one: "You can use" in text_of(one))


async def test_the_menu_belongs_to_the_caller(talk: Talk) -> None:
    reply = await talk.ask("member", "!help")
    answer = await talk.answer_to(await talk.choose("mod", reply, "monitoring"))
    assert answer["flags"] & 64
    assert "belongs to" in answer["content"]


async def test_the_menu_shows_what_its_reader_may_run_at_the_moment_of_the_press(
    talk: Talk, running_bot: RunningBot
) -> None:
    reply = await talk.ask("admin", "!help")
    sandbox = running_bot.sandbox
    member = sandbox.engine.world.guilds[sandbox.home_guild_id].members[sandbox.users["admin"]]
    member.roles.clear()
    await talk.choose("admin", reply, "admin")
    turned = await talk.edited(reply, lambda one: one["edited_timestamp"] is not None)
    assert "`reload`" not in text_of(turned)


async def test_a_typo_is_answered_with_a_suggestion(talk: Talk) -> None:
    assert "Did you mean `status`" in text_of(await talk.ask("member", "!help staus"))


async def test_completion_offers_commands_and_categories(talk: Talk) -> None:
    offered = await talk.complete("member", "help", "topic", "agent")
    assert offered == ["agents", "agent"]
