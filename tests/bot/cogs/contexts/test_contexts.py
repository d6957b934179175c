"""Checkpoints and search with the real client on the sandbox."""

import msgspec

from state.change import Actor, Change, JournalRow
from tests.bot.cogs.talk import Talk, items, text_of
from tests.bot.support import RunningBot

ADA = Actor("command", "Ada", 5)


async def tune(running_bot: RunningBot, harmony: float) -> None:
    await running_bot.collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, harmony=harmony), source="tune")
    )


def elsewhere(running_bot: RunningBot) -> int:
    sandbox = running_bot.sandbox
    return sandbox.channel("bots", sandbox.other_guild_id)


async def test_a_checkpoint_is_saved_and_restored_after_confirmation(
    talk: Talk, running_bot: RunningBot
) -> None:
    kept = await talk.ask("member", "!archive before the storm")
    assert "**before the storm** (#1) holds version 1" in text_of(kept)
    await tune(running_bot, 0.9)
    question = await talk.ask("admin", "!restore before the storm")
    assert "**harmony** 0.90 → 0.50" in text_of(question)
    assert running_bot.collective.manager.snapshot.ucf.harmony == 0.9
    await talk.press("admin", question, "Yes, do it")
    done = await talk.until(lambda one: "Restored" in text_of(one))
    assert "Changed: harmony." in text_of(done)
    assert running_bot.collective.manager.snapshot.ucf.harmony == 0.5
    row = (await running_bot.collective.journal.entries(kinds=["context"]))[0]
    assert (row.actor, row.after) == ("Adam (admin)", {"restored": 1, "version": 1})


async def test_a_restore_that_is_declined_changes_nothing(talk: Talk, running_bot: RunningBot) -> None:
    await talk.ask("member", "!archive calm")
    await tune(running_bot, 0.9)
    question = await talk.ask("admin", "!restore calm")
    await talk.press("admin", question, "No")
    await talk.edited(question, lambda one: "nothing was done" in text_of(one))
    assert running_bot.collective.manager.snapshot.ucf.harmony == 0.9


async def test_a_changed_state_is_shown_again_before_the_restore(talk: Talk, running_bot: RunningBot) -> None:
    await talk.ask("member", "!archive calm")
    await tune(running_bot, 0.9)
    question = await talk.ask("admin", "!restore calm")
    await tune(running_bot, 0.8)
    await talk.press("admin", question, "Yes, do it")
    again = await talk.until(lambda one: "has changed in the meantime" in text_of(one))
    assert "**harmony** 0.80 → 0.50" in text_of(again)
    await talk.press("admin", again, "Yes, do it")
    await talk.until(lambda one: "Restored" in text_of(one))
    assert running_bot.collective.manager.snapshot.ucf.harmony == 0.5


async def test_folklore_is_part_of_the_difference(talk: Talk, running_bot: RunningBot) -> None:
    run = await running_bot.collective.rituals.start(3, actor=ADA)
    await run.wait()
    lore = running_bot.collective.manager.snapshot.folklore
    question = await talk.ask("admin", "!restore defaults")
    assert all(
        f"**{kind}** met {one.encounters} → 0 times" in text_of(question) for kind, one in lore.items()
    )


async def test_checkpoints_come_in_pages_and_one_can_be_looked_at_whole(
    talk: Talk, running_bot: RunningBot
) -> None:
    for number in range(10):
        await running_bot.collective.contexts.archive(f"storm {number}", ADA, note="clouds")
    listed = await talk.ask("member", "!contexts STORM")
    assert "Page 1 of 2 · 10 checkpoints" in text_of(listed)
    assert "by Ada · clouds" in text_of(listed)
    await talk.press("member", listed, "▶️")
    second = await talk.edited(listed, lambda one: "Page 2 of 2" in text_of(one))
    await talk.choose("member", second, "1")
    whole = await talk.edited(listed, lambda one: "storm 0 (#1)" in text_of(one))
    assert "**harmony** 0.5" in text_of(whole)
    assert "Kael" in text_of(whole)
    await talk.press("member", whole, "Back to the list")
    await talk.edited(listed, lambda one: "Page 2 of 2" in text_of(one))


async def test_outside_home_no_names_are_shown(talk: Talk, running_bot: RunningBot) -> None:
    await running_bot.collective.contexts.archive("storm", ADA, note="clouds")
    row = JournalRow(
        kind="agent", subject="Vega", cause="command", actor="Ada", actor_id=5, reason="a drill", after="down"
    )
    await running_bot.collective.manager.record(row)
    channel = elsewhere(running_bot)
    listed = await talk.ask("visitor-admin", "!contexts", channel=channel)
    await talk.choose("visitor-admin", listed, "1")
    whole = await talk.edited(listed, lambda one: "storm (#1)" in text_of(one))
    found = await talk.ask("visitor-admin", "!search vega", channel=channel)
    assert "**Vega**" in text_of(found)
    for one in (listed, whole, found):
        assert "Ada" not in text_of(one)
        assert "clouds" not in text_of(one)
    assert "Nothing found" in text_of(await talk.ask("visitor-admin", "!search drill", channel=channel))
    assert "a **drill**" in text_of(await talk.ask("member", "!search drill"))


async def test_hits_come_in_pages_with_their_markdown_escaped(talk: Talk, running_bot: RunningBot) -> None:
    row = JournalRow(kind="x", subject="**storm** `[a](b)`", cause="command")
    await running_bot.collective.manager.record(*[row] * 7)
    first = await talk.ask("member", "!search storm")
    assert "Page 1 of 2 · 7 hits" in text_of(first)
    assert "x \\*\\***storm**\\*\\* \\`\\[a](b)\\`" in text_of(first)
    await talk.press("member", first, "▶️")
    second = await talk.edited(first, lambda one: "Page 2 of 2" in text_of(one))
    assert text_of(second).count("journal #") == 2


async def test_a_phrase_by_prefix_keeps_its_quotes(talk: Talk, running_bot: RunningBot) -> None:
    await running_bot.collective.contexts.archive("before the storm", ADA)
    await running_bot.collective.contexts.archive("the storm before", ADA)
    text = text_of(await talk.ask("member", '!search "before the" checkpoint'))
    assert "1 hit" in text
    assert "**before the** storm" in text


async def test_names_are_completed(talk: Talk, running_bot: RunningBot) -> None:
    await running_bot.collective.contexts.archive("Storm", ADA)
    assert await talk.complete("admin", "restore", "name", "st") == ["Storm"]
    assert await talk.complete("admin", "restore", "name", "") == ["Storm", "defaults"]
    assert await talk.complete("member", "contexts", "filter", "s") == ["Storm", "defaults"]
    assert await talk.complete("member", "restore", "name", "st") == []
    assert items(await talk.ask("member", "!contexts nothing")) == []
