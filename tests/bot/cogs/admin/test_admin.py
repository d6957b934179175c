"""The admin commands with the real client on the sandbox: what they do, for whom, and what is journalled."""

from pathlib import Path

import pytest

from tests.bot.cogs.talk import Talk, text_of
from tests.bot.conftest import StartBot
from tests.bot.support import RunningBot

COGS = ("help", "monitoring", "agents", "admin")
LINES = ("!cogs", "!load help", "!unload help", "!reload help", "!flags", "!cache")
BROKEN = "def setup(:\n"


def package_of(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of four cogs, of which only admin is the real one; returns its folder."""
    package = folder / name
    package.mkdir()
    (package / "__init__.py").write_text("")
    for cog in COGS:
        (package / f"{cog}.py").write_text(f"from bot.cogs.{cog} import setup as setup\n")
    monkeypatch.syspath_prepend(str(folder))
    return package


async def journal(running_bot: RunningBot, kind: str) -> list[tuple[str, str | None, int | None, object]]:
    entries = await running_bot.collective.journal.entries(kinds=[kind])
    return [(entry.subject, entry.actor, entry.actor_id, entry.after) for entry in entries]


@pytest.mark.parametrize("line", LINES)
async def test_a_member_is_refused_politely(talk: Talk, line: str) -> None:
    text = text_of(await talk.ask("member", line))
    assert "needs an administrator of the home server" in text or "needs an administrator." in text


@pytest.mark.parametrize("line", LINES)
async def test_an_admin_of_another_server_is_refused(talk: Talk, running_bot: RunningBot, line: str) -> None:
    sandbox = running_bot.sandbox
    channel = sandbox.channel("bots", sandbox.other_guild_id)
    text = text_of(await talk.ask("visitor-admin", line, channel=channel))
    assert "of the home server" in text


@pytest.mark.parametrize(
    ("command", "options"),
    [("reload", {"cogs": "all"}), ("flags", {"name": "lazy_commands", "value": "off"}), ("cache", {})],
)
async def test_an_admin_of_another_server_is_refused_by_slash(
    talk: Talk, running_bot: RunningBot, command: str, options: dict[str, str]
) -> None:
    sandbox = running_bot.sandbox
    channel = sandbox.channel("bots", sandbox.other_guild_id)
    reply = await talk.slash("visitor-admin", command, channel=channel, **options)
    assert reply["flags"] & 64
    assert "of the home server" in reply["content"]
    assert running_bot.kernel.flags.lazy_commands
    assert await journal(running_bot, "cog") == []


async def test_in_a_direct_message_only_owners_may_use_admin_commands(talk: Talk) -> None:
    assert "only owners may do that" in text_of(await talk.ask("admin", "!flags", dm=True))
    assert "`lazy_commands`" in text_of(await talk.ask("owner", "!flags", dm=True))


async def test_a_refusal_by_slash_is_for_the_caller_alone(talk: Talk) -> None:
    reply = await talk.slash("member", "reload", cogs="all")
    assert reply["flags"] & 64
    assert "needs an administrator" in reply["content"]


async def test_a_refused_caller_gets_no_completion(talk: Talk) -> None:
    assert await talk.complete("member", "reload", "cogs", "") == []


async def test_cogs_shows_the_state_of_every_cog(talk: Talk) -> None:
    reply = await talk.ask("admin", "!cogs")
    assert "**monitoring** not yet" in text_of(reply)
    await talk.press("admin", reply, "▶️")
    second = await talk.edited(reply, lambda one: "Page 2" in text_of(one))
    assert "**admin** loaded" in text_of(second)


async def test_a_cog_is_loaded_unloaded_and_stays_off(talk: Talk, running_bot: RunningBot) -> None:
    assert "✅ **agents** loaded in" in text_of(await talk.ask("admin", "!load agents"))
    assert "is already loaded" in text_of(await talk.ask("admin", "!load agents"))
    await talk.press("admin", await talk.ask("admin", "!unload agents"), "Yes, do it")
    await talk.until(lambda one: "✅ **agents** unloaded" in text_of(one))
    assert "switched off" in text_of(await talk.ask("member", "!agents"))
    assert [(subject, after) for subject, _, _, after in await journal(running_bot, "cog")] == [
        ("agents", "unloaded"),
        ("agents", "loaded"),
    ]


async def test_the_journal_keeps_who_reloaded(talk: Talk, running_bot: RunningBot) -> None:
    await talk.ask("admin", "!reload monitoring")
    subject, actor, actor_id, after = (await journal(running_bot, "cog"))[0]
    assert (subject, after, actor_id) == ("monitoring", "reloaded", running_bot.sandbox.users["admin"])
    assert actor


async def test_reload_all_ticks_every_loaded_cog(talk: Talk) -> None:
    await talk.ask("admin", "!help status")
    await talk.ask("admin", "!agents")
    reply = await talk.ask("admin", "!reload all")
    done = await talk.edited(reply, lambda one: "3 of 3 reloaded" in text_of(one))
    for cog in ("help", "agents", "admin"):
        assert f"✅ **{cog}** reloaded in" in text_of(done)


async def test_reload_all_by_slash(talk: Talk) -> None:
    await talk.ask("admin", "!agents")
    reply = await talk.slash("admin", "reload", cogs="all")
    assert reply["flags"] & 64
    await talk.edited(reply, lambda one: "2 of 2 reloaded" in text_of(one))


async def test_reload_of_broken_code_keeps_the_old_and_names_file_and_line(
    start_bot: StartBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = package_of(tmp_path, "helix_broken_cogs", monkeypatch)
    running_bot = await start_bot(package="helix_broken_cogs")
    talk = Talk(running_bot.sandbox)
    await talk.ask("member", "!agents")
    (package / "agents.py").write_text(BROKEN)
    text = text_of(await talk.ask("admin", "!reload changed"))
    assert "❌ **agents** not reloaded; the old code keeps running" in text
    assert "agents.py:1` SyntaxError" in text
    assert "of 14 active" in text_of(await talk.ask("member", "!agents"))
    assert "**agents** loaded" in text_of(await talk.ask("admin", "!cogs"))
    assert [after for _, _, _, after in await journal(running_bot, "cog")] == ["reload failed"]
    talk.close()


async def test_reload_changed_with_nothing_changed_says_so(talk: Talk) -> None:
    assert "no loaded cog has changed on disk" in text_of(await talk.ask("admin", "!reload changed"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!reload", "`cogs` is missing."),
        ("!reload monitorin", "Did you mean `monitoring`?"),
        ("!reload all help", "Use `all` alone"),
        ("!flags lazy_comands", "Did you mean `lazy_commands`?"),
        ("!flags lazy_commands maybe", "`on` or `off`"),
        ("!cache claer", "Did you mean `clear`?"),
        ("!cache clear", "Say which cache to clear"),
        ("!cache clear nothing", "There is no cache called `nothing`"),
    ],
)
async def test_each_kind_of_mistake_is_named(talk: Talk, line: str, said: str) -> None:
    assert said in text_of(await talk.ask("admin", line))


async def test_a_flag_is_shown_switched_and_journalled(talk: Talk, running_bot: RunningBot) -> None:
    assert "`response_caching` **on** (default)" in text_of(await talk.ask("admin", "!flags"))
    reply = await talk.slash("admin", "flags", name="response_caching", value="off")
    assert "**on** → **off**" in text_of(reply)
    assert not running_bot.kernel.flags.response_caching
    text = text_of(await talk.ask("admin", "!flags ENABLE_RESPONSE_CACHING"))
    assert "**off** (overridden until restart)" in text
    assert "lazy_commands" not in text
    subject, _, actor_id, after = (await journal(running_bot, "flag"))[0]
    assert (subject, after, actor_id) == ("response_caching", False, running_bot.sandbox.users["admin"])


async def test_caches_are_shown_and_cleared(talk: Talk, running_bot: RunningBot) -> None:
    await talk.ask("admin", "!status")
    assert "**commands-5s** 1 of 256" in text_of(await talk.ask("admin", "!cache"))
    assert "Cleared **commands-5s**: 1 entry removed." in text_of(
        await talk.ask("admin", "!cache clear commands-5s")
    )
    assert [subject for subject, *_ in await journal(running_bot, "cache")] == ["commands-5s"]


async def test_clearing_the_state_reads_an_unnoticed_edit(talk: Talk, running_bot: RunningBot) -> None:
    running_bot.kernel.flags.switch("state_watching", False)
    file = running_bot.kernel.settings.data_dir / "ucf_state.json"
    file.write_text(file.read_text().replace('"harmony": 0.5', '"harmony": 1.5'))
    assert "read again" in text_of(await talk.ask("admin", "!cache clear state"))
    assert running_bot.collective.manager.snapshot.ucf.harmony == 1.5


async def test_clearing_the_state_says_which_edit_is_refused(talk: Talk, running_bot: RunningBot) -> None:
    running_bot.kernel.flags.switch("state_watching", False)
    (running_bot.kernel.settings.data_dir / "ucf_state.json").write_text("{\n  broken")
    text = text_of(await talk.ask("admin", "!cache clear state"))
    assert "these problems remain" in text
    assert "`ucf_state.json:2`" in text
    assert running_bot.collective.manager.snapshot.ucf.harmony == 0.5


async def test_completion_of_cogs_flags_and_caches(talk: Talk) -> None:
    offered = await talk.complete("admin", "reload", "cogs", "a")
    assert offered[:3] == ["all", "agents", "admin"]
    assert "changed" in offered
    assert await talk.complete("admin", "load", "cogs", "help mon") == ["help monitoring"]
    assert await talk.complete("admin", "flags", "name", "state") == ["state_watching"]
    assert await talk.complete("admin", "cache", "name", "al") == ["all"]


async def test_the_pages_of_cogs_turn_only_for_a_current_admin(
    talk: Talk, running_bot: RunningBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk.ask("admin", "!load help")
    # Loading the cog imports its modules again, so change the loaded one.
    monkeypatch.setattr("bot.cogs.admin._screens.COGS_PER_PAGE", 2)
    reply = await talk.ask("admin", "!cogs")
    await talk.press("admin", reply, "▶️")
    second = await talk.edited(reply, lambda one: "Page 2 of" in text_of(one))
    sandbox = running_bot.sandbox
    sandbox.engine.world.guilds[sandbox.home_guild_id].members[sandbox.users["admin"]].roles.clear()
    answer = await talk.answer_to(await talk.press("admin", second, "◀️"))
    assert "needs an administrator" in answer["content"]
