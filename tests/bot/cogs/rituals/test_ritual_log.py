"""The log of rituals: pages, one whole, its replay, folklore."""

from __future__ import annotations

import msgspec

from sandbox import Sandbox
from state.change import Change
from state.models import Lore
from tests.bot.cogs.rituals.ritual_talk import ANA, elsewhere, tune
from tests.bot.cogs.talk import Talk, items, text_of
from tests.bot.support import RunningBot


async def perform(running_bot: RunningBot, steps: int = 12) -> int:
    run = await running_bot.collective.rituals.start(steps, actor=ANA)
    await run.wait()
    return run.id


async def test_the_log_is_empty_at_first(talk: Talk) -> None:
    assert "There is no ritual yet" in text_of(await talk.ask("member", "!rituals"))


async def test_the_log_comes_in_pages_and_names_people_at_home_only(
    talk: Talk, running_bot: RunningBot, sandbox: Sandbox
) -> None:
    for _ in range(10):
        await perform(running_bot, 3)
    shown = await talk.ask("member", "!rituals")
    assert "🟢 **10** z88, 3 steps · done" in text_of(shown)
    assert "by Ana" in text_of(shown)
    assert "Page 1 of 2 · 10 rituals" in text_of(shown)
    await talk.press("member", shown, "▶️")
    shown = await talk.edited(shown, lambda one: "Page 2 of 2" in text_of(one))
    assert "**1** z88" in text_of(shown)
    assert "Page 2 of 2" in text_of(await talk.slash("member", "rituals", page=2))
    away = await talk.ask("visitor-admin", "!rituals 2", channel=elsewhere(sandbox))
    assert "**1** z88" in text_of(away)
    assert "Ana" not in text_of(away)


async def test_a_missing_page_is_refused(talk: Talk, running_bot: RunningBot) -> None:
    await perform(running_bot, 3)
    for page in ("0", "2", "-1"):
        assert f"There is 1 page, but no page {page}." in text_of(
            await talk.ask("member", f"!rituals {page}")
        )


async def test_a_ritual_is_shown_in_full_and_replayed(talk: Talk, running_bot: RunningBot) -> None:
    await perform(running_bot)
    await tune(running_bot.collective, klesha=0.6)
    shown = await talk.ask("member", "!rituals")
    await talk.choose("member", shown, "1")
    shown = await talk.edited(shown, lambda one: "**Seed** `1`" in text_of(one))
    assert "by Ana" in text_of(shown)
    await talk.press("member", shown, "Replay")
    shown = await talk.edited(shown, lambda one: "gives the same numbers" in text_of(one))
    await talk.press("member", shown, "Back")
    await talk.edited(shown, lambda one: "**1** z88" in text_of(one))


async def test_a_forged_record_differs_from_its_replay(talk: Talk, running_bot: RunningBot) -> None:
    await perform(running_bot)
    record = await running_bot.collective.rituals.get(1)
    assert record.finish is not None
    forged = msgspec.structs.replace(record.finish, promotions=("flare: law",))
    text = msgspec.json.encode(forged).decode()
    await running_bot.collective.database.write(
        lambda connection: connection.execute("UPDATE rituals SET finish = ?", (text,)).rowcount
    )
    shown = await talk.ask("member", "!rituals")
    await talk.choose("member", shown, "1")
    shown = await talk.edited(shown, lambda one: "**Seed** `1`" in text_of(one))
    await talk.press("member", shown, "Replay")
    await talk.edited(shown, lambda one: "❌ The replay differs" in text_of(one))


async def test_the_running_one_is_in_the_log_with_its_step(slow: tuple[RunningBot, Talk]) -> None:
    _, talk = slow
    await talk.ask("member", "!ritual 27")
    shown = await talk.ask("mod", "!rituals")
    assert "🔵 **1** z88, 27 steps · at step 0" in text_of(shown)
    await talk.choose("mod", shown, "1")
    shown = await talk.edited(shown, lambda one: "Running: 27 steps" in text_of(one))
    assert [item.get("disabled") for item in items(shown)] == [True, False]


async def test_folklore_shows_counts_ranks_and_what_comes_next(talk: Talk, running_bot: RunningBot) -> None:
    assert text_of(await talk.ask("member", "!folklore")).count("Not met yet.") == 4
    now = running_bot.kernel.clock.now()
    counts = {"flare": 20, "void": 7, "echo": 1}
    lore = {kind: Lore(kind=kind, encounters=count, last_seen=now) for kind, count in counts.items()}
    await running_bot.collective.manager.change(lambda _: Change(folklore=lore, source="tune"))
    text = text_of(await talk.ask("member", "!folklore"))
    assert "1 anomaly · 1 legend · 0 hymns · 1 law" in text
    assert "It is a law, the highest rank." in text
    assert "hymn at 10, 3 to go" in text
    assert "Not met yet." in text
    assert "✅ **legend** at 5: harmony +0.1, drishti +0.05" in text_of(await talk.ask("mod", "!lore Voids"))
    assert "Did you mean" in text_of(await talk.slash("mod", "folklore", entry="resonanse"))
    assert await talk.complete("member", "folklore", "entry", "o") == ["void", "echo", "resonance"]
