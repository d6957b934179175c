"""Storage, backups and reports with the real client on the sandbox."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from state.change import Actor
from state.events import ReportReady
from tests.bot.cogs.talk import Talk, items, text_of
from tests.bot.support import RunningBot
from tests.hearing import Hearing

ADA = Actor("command", "Ada", 7)


async def fetch(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200
        return await response.read()


@pytest.mark.parametrize("how", ["prefix", "slash"])
async def test_storage_shows_all_sizes(talk: Talk, how: str) -> None:
    reply = await (talk.ask("member", "!storage") if how == "prefix" else talk.slash("member", "storage"))
    text = text_of(reply)
    for word in ("**Disk**", "**Store**", "**Journal**", "**Backups** 0", "BACKUP_KEEP", "JOURNAL_DAYS"):
        assert word in text


async def test_clean_asks_first_and_lists_what_it_removed(talk: Talk, running_bot: RunningBot) -> None:
    question = await talk.ask("admin", "!storage clean")
    assert "past its retention" in text_of(question)
    await talk.press("admin", question, "Yes, do it")
    answer = await talk.until(lambda one: "Nothing was past its retention" in text_of(one))
    assert answer
    (entry,) = await running_bot.collective.journal.entries(kinds={"storage"})
    assert (entry.subject, entry.cause) == ("clean", "command")


async def test_declining_a_clean_removes_nothing(talk: Talk, running_bot: RunningBot) -> None:
    question = await talk.ask("admin", "!storage clean")
    await talk.press("admin", question, "No")
    await talk.edited(question, lambda one: "nothing was done" in text_of(one))
    assert await running_bot.collective.journal.count(kinds={"storage"}) == 0


async def test_clean_is_for_admins(talk: Talk) -> None:
    assert "needs an administrator" in text_of(await talk.ask("member", "!storage clean"))
    assert "needs an administrator" in text_of(await talk.slash("mod", "storage", action="clean"))


async def test_a_backup_shows_progress_and_only_the_caller_sees_it(
    talk: Talk, running_bot: RunningBot
) -> None:
    reply = await talk.slash("admin", "backup", action="create")
    assert reply["flags"] & 64
    done = await talk.edited(reply, lambda one: "and verified" in text_of(one))
    (record,) = running_bot.collective.backups.list()
    assert record.file in text_of(done)
    assert record.sha256 in text_of(done)
    assert "main.py restore" in text_of(done)
    assert items(done) == []
    (entry,) = await running_bot.collective.journal.entries(kinds={"backup"})
    assert entry.actor_id == running_bot.sandbox.users["admin"]


async def test_a_backup_can_be_stopped(talk: Talk, running_bot: RunningBot) -> None:
    """Make the worker wait, so that the test can stop it."""
    reached, worker = asyncio.Event(), running_bot.kernel.worker

    async def hang(*_: object, **__: object) -> bytes:
        reached.set()
        await asyncio.Event().wait()
        return b""

    worker.run = hang  # type: ignore[method-assign]  # a machine that takes its time
    reply = await talk.ask("admin", "!backup")
    await reached.wait()
    await talk.press("admin", reply, "Stop")
    await talk.until(lambda one: "stopped at" in text_of(one))
    backups = running_bot.collective.backups
    assert backups.list() == ()
    assert list(backups.folder.iterdir()) == []


async def test_backups_are_listed_in_pages_and_their_ids_completed(
    talk: Talk, running_bot: RunningBot
) -> None:
    backups = running_bot.collective.backups
    assert "There is no backup yet" in text_of(await talk.ask("owner", "!backup list"))
    record = await backups.create(ADA)
    data = (backups.folder / record.file).read_bytes()
    for day in range(1, 9):
        (backups.folder / f"helix-{day}-2025010{day}T000000Z.tar.gz").write_bytes(data)
    await backups.load()
    reply = await talk.ask("admin", "!backup list")
    assert "Page 1 of 2 · 9 backups" in text_of(reply)
    assert "🟢 **1** good" in text_of(reply)
    assert "by Ada" in text_of(reply)
    await talk.press("admin", reply, "▶️")
    await talk.edited(reply, lambda one: "Page 2 of 2" in text_of(one))
    offered = await talk.complete("admin", "backup", "backup", "")
    assert offered[0] == "1"
    assert len(offered) == 9
    assert await talk.complete("member", "backup", "backup", "") == []
    assert await talk.complete("member", "storage", "action", "") == ["status", "clean"]


async def test_a_damaged_backup_is_reported(talk: Talk, running_bot: RunningBot) -> None:
    backups = running_bot.collective.backups
    record = await backups.create(ADA)
    path = backups.folder / record.file
    path.write_bytes(path.read_bytes()[:-50])
    reply = await talk.slash("admin", "backup", action="verify", backup=f"#{record.id}")
    done = await talk.edited(reply, lambda one: "is bad" in text_of(one))
    assert "Do not rely on it" in text_of(done)


async def test_sync_attaches_the_report_as_markdown_and_json(talk: Talk, running_bot: RunningBot) -> None:
    events = Hearing(running_bot.kernel.broadcaster, "reports")
    await running_bot.collective.manager.record(ADA.row("cog", "fun", reason="a | private <reason>"))
    reply = await talk.ask("mod", "!sync")
    done = await talk.edited(reply, lambda one: "Ecosystem report" in text_of(one))
    text = text_of(done)
    for word in ("of 14 active", "harmony", "Needs attention", "cog 1", "Services"):
        assert word in text
    markdown, data = [await fetch(one["url"]) for one in done["attachments"]]
    assert [one["filename"].rpartition(".")[2] for one in done["attachments"]] == ["md", "json"]
    report = json.loads(data)
    assert len(report["agents"]) == 14
    assert report["journal_24h"]["cog"] == 1
    assert "| 🜂 Kael |" in markdown.decode()
    assert b"private" not in data + markdown
    assert b"Ada" not in data + markdown
    events.close()
    (event,) = [event.data async for event in events]
    assert isinstance(event, ReportReady)
    assert event.agents_total == 14
    (entry,) = await running_bot.collective.journal.entries(kinds={"report"})
    assert entry.actor_id == running_bot.sandbox.users["mod"]


async def test_sync_by_slash_attaches_too(talk: Talk) -> None:
    reply = await talk.slash("mod", "sync")
    done = await talk.edited(reply, lambda one: "Ecosystem report" in text_of(one))
    assert len(done["attachments"]) == 2


async def test_sync_is_for_mods(talk: Talk) -> None:
    assert "Manage Server" in text_of(await talk.ask("member", "!sync"))
