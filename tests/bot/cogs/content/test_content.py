"""Documents with the real client on the sandbox: read in pages, posted, and posted again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest

from bot.text import documents
from core.store.kv import KeyValueStore
from sandbox import Sandbox
from sandbox.faults import Fault
from sandbox.permissions import Permission
from sandbox.records import Channel, Overwrite
from tests.bot.cogs.talk import Message, Talk, items, text_of
from tests.bot.support import SUPPRESSED, RunningBot, refuse_edits, running


@pytest.fixture(autouse=True)
def _documents_of_their_own() -> Iterator[None]:
    yield
    documents.load.cache_clear()


def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *parts: str) -> None:
    """Replace the manifesto by these parts, each of which nearly fills a message."""
    text = "\n\n".join(f"## {part}\n\n{part * 1500}" for part in parts)
    (tmp_path / "manifesto.md").write_text(f"# Title\n\n{text}\n")
    monkeypatch.setattr(documents, "_FOLDER", tmp_path)
    documents.load.cache_clear()


def place(sandbox: Sandbox, channel: int | None = None) -> Channel:
    found = sandbox.engine.world.find_channel(channel or sandbox.channel("general"))
    assert found is not None
    return found


def posted(sandbox: Sandbox, channel: int | None = None) -> list[str]:
    """What the bot has said in #general, in order, without the notices about pins."""
    bot = sandbox.engine.world.bot.id
    kept = place(sandbox, channel).messages.values()
    return [one.content for one in kept if one.author_id == bot and one.type == 0]


def ids(sandbox: Sandbox) -> list[int]:
    bot = sandbox.engine.world.bot.id
    return [one.id for one in place(sandbox).messages.values() if one.author_id == bot and one.type == 0]


def pins(sandbox: Sandbox) -> list[int]:
    return [one.id for one in sandbox.engine.pins.pinned(place(sandbox))]


async def post(talk: Talk) -> str:
    return text_of(await talk.ask("admin", "!manifesto post #general"))


async def test_a_document_is_read_in_pages(talk: Talk) -> None:
    shown = await talk.ask("member", "!manifesto")
    assert "One field" in text_of(shown)
    await talk.press("member", shown, "▶️")
    second = await talk.edited(shown, lambda one: "Page 2 of 2" in text_of(one))
    assert "What we practise" in text_of(second)
    shown = second
    await talk.press("member", shown, "◀️")
    await talk.edited(shown, lambda one: "Page 1 of 2" in text_of(one))


async def test_the_codex_has_a_menu_of_sections(talk: Talk) -> None:
    shown = await talk.ask("member", "!codex")
    assert "**Folklore** – Four anomalies" in text_of(shown)
    await talk.choose("member", shown, "folklore")
    chosen = await talk.edited(shown, lambda one: "Codex · Folklore" in text_of(one))
    menu = next(item for item in items(chosen) if "options" in item)
    assert [one["value"] for one in menu["options"] if one.get("default")] == ["folklore"]
    await talk.choose("member", shown, "contents")
    await talk.edited(shown, lambda one: "**Agents** – The fourteen" in text_of(one))


async def test_a_section_of_several_pages_has_both_menu_and_buttons(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "PAGE_LENGTH", 600)
    shown = await talk.slash("member", "codex", section="agents")
    await talk.press("member", shown, "▶️")
    turned = await talk.edited(shown, lambda one: "Page 2 of" in text_of(one))
    assert "SanghaCore" in text_of(turned)
    assert any("options" in item for item in items(turned))


async def test_sections_are_completed_and_post_only_for_those_who_may(talk: Talk) -> None:
    assert await talk.complete("member", "codex", "section", "e") == [
        "ethics", "consciousness", "agents", "folklore", "ceremony", "memory",
    ]  # fmt: skip
    assert await talk.complete("member", "codex", "section", "post") == []
    assert await talk.complete("admin", "codex", "section", "post") == ["post"]


async def test_a_post_is_pinned_and_repeating_it_changes_nothing(talk: Talk, running_bot: RunningBot) -> None:
    sandbox = running_bot.sandbox
    said = await post(talk)
    assert "2 messages posted, the first pinned" in said
    assert posted(sandbox) == list(documents.load("manifesto").messages())
    assert pins(sandbox) == ids(sandbox)[:1]
    assert "already up to date; nothing was changed" in await post(talk)
    assert len(posted(sandbox)) == 2
    entries = await running_bot.collective.journal.entries(kinds=["content"])
    assert [(entry.subject, entry.actor) for entry in entries] == [("manifesto", "Adam (admin)")]


async def test_a_changed_document_edits_adds_and_deletes_messages(
    talk: Talk, running_bot: RunningBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = running_bot.sandbox
    write(tmp_path, monkeypatch, "a", "b")
    await post(talk)
    first = ids(sandbox)
    write(tmp_path, monkeypatch, "a", "c", "d")
    assert "1 message posted, 1 message edited." in await post(talk)
    assert ids(sandbox)[:2] == first
    assert [one[-1] for one in posted(sandbox)] == ["a", "c", "d"]
    write(tmp_path, monkeypatch, "e")
    assert "1 message edited, 2 messages deleted." in await post(talk)
    assert ids(sandbox) == first[:1]
    assert "already up to date" in await post(talk)


async def test_a_deleted_message_is_posted_again_in_order(
    talk: Talk, running_bot: RunningBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = running_bot.sandbox
    write(tmp_path, monkeypatch, "a", "b", "c")
    await post(talk)
    await sandbox.act.delete(user="owner", message=ids(sandbox)[0])
    assert "1 message posted, 2 messages edited, the first pinned" in await post(talk)
    assert [one[-1] for one in posted(sandbox)] == ["a", "b", "c"]
    for message in ids(sandbox):
        await sandbox.act.delete(user="owner", message=message)
    assert "3 messages posted, the first pinned" in await post(talk)
    assert [one[-1] for one in posted(sandbox)] == ["a", "b", "c"]


async def test_messages_that_take_no_edits_are_posted_again_in_order_silently(
    talk: Talk, running_bot: RunningBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = running_bot.sandbox
    write(tmp_path, monkeypatch, "a", "b", "c")
    await post(talk)
    first = ids(sandbox)
    write(tmp_path, monkeypatch, "a", "x", "c")
    refuse_edits(sandbox)
    said = await post(talk)
    assert "2 messages posted." in said
    assert "no longer accepts edits" in said
    assert [one[-1] for one in posted(sandbox)] == ["a", "x", "c"]
    assert ids(sandbox)[0] == first[0]
    flags = [one.flags & SUPPRESSED for one in place(sandbox).messages.values() if one.id in ids(sandbox)]
    assert [bool(each) for each in flags] == [False, True, True]
    write(tmp_path, monkeypatch, "y", "x", "c")
    refuse_edits(sandbox)
    assert "3 messages posted, the first pinned" in await post(talk)
    assert pins(sandbox) == ids(sandbox)[:1]
    assert "already up to date" in await post(talk)


async def test_a_deleted_channel_is_not_mistaken_for_deleted_messages(
    talk: Talk, running_bot: RunningBot
) -> None:
    await post(talk)
    running_bot.sandbox.engine.faults.add(Fault("GET", "/channels/*/messages/*", code=10003))
    assert "That channel is gone" in await post(talk)
    assert len(posted(running_bot.sandbox)) == 2


@pytest.mark.parametrize("remembered_by_discord", [True, False])
@pytest.mark.parametrize("crash", range(1, 8))
async def test_after_a_crash_at_any_write_nothing_is_posted_twice(
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    crash: int,
    remembered_by_discord: bool,
) -> None:
    write(tmp_path, monkeypatch, "a", "b", "c")
    kept, writes = KeyValueStore.set, 0

    async def keep(store: KeyValueStore, scope: str, key: str, value: str) -> None:
        nonlocal writes
        writes += scope.endswith("#posted")
        if writes == crash:
            raise OSError("the power is gone")
        await kept(store, scope, key, value)

    talk = Talk(sandbox)
    async with running(sandbox, tmp_path / "data", in_sandbox=False):
        with monkeypatch.context() as patch:
            patch.setattr(KeyValueStore, "set", keep)
            await post(talk)
    if not remembered_by_discord:
        sandbox.engine.messages._nonces.clear()
    async with running(sandbox, tmp_path / "data", in_sandbox=False):
        await post(talk)
        assert [one[-1] for one in posted(sandbox)] == ["a", "b", "c"]
        assert pins(sandbox) == ids(sandbox)[:1]
        assert "already up to date" in await post(talk)
    talk.close()


async def test_a_document_changed_since_a_crash_is_not_posted_twice(
    talk: Talk, running_bot: RunningBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, monkeypatch, "a")
    kept, writes = KeyValueStore.set, 0

    async def keep(store: KeyValueStore, scope: str, key: str, value: str) -> None:
        nonlocal writes
        writes += scope.endswith("#posted")
        if writes == 2:
            raise OSError("the power is gone")
        await kept(store, scope, key, value)

    with monkeypatch.context() as patch:
        patch.setattr(KeyValueStore, "set", keep)
        assert "incident" in await post(talk)
    write(tmp_path, monkeypatch, "b")
    await post(talk)
    assert [one[-1] for one in posted(running_bot.sandbox)] == ["b"]


async def test_each_document_and_each_channel_has_messages_of_its_own(
    talk: Talk, running_bot: RunningBot
) -> None:
    sandbox = running_bot.sandbox
    await post(talk)
    assert "2 messages posted" in text_of(await talk.ask("admin", "!rules post #general"))
    channel = sandbox.channel("telemetry")
    assert "posted" in text_of(await talk.ask("admin", f"!codex post <#{channel}>"))
    assert len(posted(sandbox)) == 4
    assert posted(sandbox, channel) == list(documents.load("codex").messages())


async def test_an_admin_elsewhere_posts_in_their_server_without_a_journal_entry(
    talk: Talk, running_bot: RunningBot
) -> None:
    sandbox = running_bot.sandbox
    elsewhere = sandbox.channel("general", sandbox.other_guild_id)
    said = text_of(await talk.ask("visitor-admin", "!rules post #general", channel=elsewhere))
    assert "2 messages posted" in said
    assert len(posted(sandbox)) == 0
    assert await running_bot.collective.journal.entries(kinds=["content"]) == ()
    home = sandbox.channel("general")
    refused = await talk.ask("visitor-admin", f"!rules post <#{home}>", channel=elsewhere)
    assert "not found" in text_of(refused)


async def forbid(running_bot: RunningBot, permissions: int) -> None:
    """Take permissions from the bot in #general, and wait until it knows."""
    sandbox = running_bot.sandbox
    guild, channel = sandbox.engine.world.guilds[sandbox.home_guild_id], place(sandbox)
    bot = sandbox.engine.world.bot.id
    overwrite = Overwrite(bot, 1, 0, int(permissions))
    sandbox.engine.channels.set_overwrite(guild, guild.owner_id, channel, overwrite)
    async with asyncio.timeout(40):
        while True:
            known = running_bot.bot.get_channel(channel.id)
            assert isinstance(known, discord.TextChannel)
            if any(target.id == bot for target in known.overwrites):
                return
            await asyncio.sleep(0.005)


async def test_missing_permissions_are_named_before_anything_is_done(
    talk: Talk, running_bot: RunningBot
) -> None:
    await forbid(running_bot, Permission.SEND_MESSAGES | Permission.PIN_MESSAGES)
    said = await post(talk)
    assert "I lack **Send Messages**, **Pin Messages** there" in said
    assert posted(running_bot.sandbox) == []


async def test_without_the_permission_to_pin_a_post_says_so(talk: Talk, running_bot: RunningBot) -> None:
    await forbid(running_bot, Permission.PIN_MESSAGES)
    said = await post(talk)
    assert "2 messages posted." in said
    assert "I lack the permission **Pin Messages**" in said


async def test_a_failed_pin_is_reported_and_repeating_the_command_pins(
    talk: Talk, running_bot: RunningBot
) -> None:
    running_bot.sandbox.engine.faults.add(Fault("PUT", "/channels/*/pins/*", status=403, times=1))
    assert "It is not pinned: Discord does not let me" in await post(talk)
    assert "in <#" in (said := await post(talk))
    assert "the first pinned" in said


async def test_one_at_a_time(talk: Talk, running_bot: RunningBot) -> None:
    with running_bot.bot.guild_work.hold(running_bot.sandbox.home_guild_id, "setup"):
        assert "`setup` is already running on this server" in await post(talk)


async def test_by_slash_the_channel_is_chosen(talk: Talk, running_bot: RunningBot) -> None:
    channel = running_bot.sandbox.channel("general")
    started = await running_bot.sandbox.act.slash(
        user="admin",
        channel=running_bot.sandbox.channel("bot-commands"),
        command="codex",
        options={"section": "post", "channel": str(channel)},
    )
    answer: Message = await talk.answer_to(started["interaction_id"])
    assert "posted, the first pinned" in text_of(answer)


async def test_contradicting_arguments_are_explained(talk: Talk) -> None:
    assert "Say where: `!codex post #channel`" in text_of(await talk.ask("admin", "!codex post"))
    assert "A channel needs the action `post`" in text_of(await talk.ask("admin", "!codex agents #general"))
    assert "not in a direct message, which has no channels" in text_of(
        await talk.ask("owner", "!rules post #general", dm=True)
    )
    assert "Be kind" in text_of(await talk.ask("member", "!rules", dm=True))
