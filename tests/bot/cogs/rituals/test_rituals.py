"""A ritual in chat: its progress, its end, who may stop it; and harmony."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.cards import ritual_messages
from bot.replies import buttons
from sandbox import Sandbox
from state.change import Actor, Change
from state.models import DEFAULT_UCF, Lore
from tests.bot.cogs.rituals.ritual_talk import ANA, QUICK_S, elsewhere, tune
from tests.bot.cogs.talk import Message, Talk, items, text_of
from tests.bot.conftest import StartBot
from tests.bot.support import RunningBot, is_ephemeral, running
from tests.bot.support import ended as command_ended
from tests.manual_clock import ManualClock


async def until_remembered(bot: RunningBot) -> None:
    """Wait until the message of the running ritual is stored, which happens after the reply."""
    async with asyncio.timeout(40):
        while not await ritual_messages.known(bot.bot):
            await asyncio.sleep(0.01)


async def ended(talk: Talk, message: Message, words: str) -> Message:
    """The message after its last edit, which contains this text and has no buttons."""
    return await talk.edited(message, lambda one: words in text_of(one) and not one["components"])


async def test_a_ritual_shows_its_progress_and_what_it_changed(talk: Talk, running_bot: RunningBot) -> None:
    shown = await talk.ask("member", "!ritual 27")
    assert "🌀 Ritual 1" in text_of(shown)
    assert "of 27" in text_of(shown)
    assert [item["label"] for item in items(shown)] == ["Stop"]
    done = text_of(await ended(talk, shown, "Done: 27 steps"))
    assert "**klesha** `0.10` → `0.09` (−0.0125)" in done
    assert "**Anomalies**" in done
    assert "**Promotions** none this time" in done
    assert running_bot.collective.rituals.last is not None
    async with asyncio.timeout(40):
        while await ritual_messages.known(running_bot.bot):
            await asyncio.sleep(0.01)


async def test_a_ritual_by_slash_shows_its_promotions(talk: Talk, running_bot: RunningBot) -> None:
    now = running_bot.kernel.clock.now()
    lore = {kind: Lore(kind=kind, encounters=4, last_seen=now) for kind in ("flare", "void")}
    await running_bot.collective.manager.change(lambda _: Change(folklore=lore, source="tune"))
    shown = await talk.slash("member", "ritual", steps=60)
    done = text_of(await ended(talk, shown, "Done: 60 steps"))
    assert "✨ 🔥 **flare** is now a legend" in done
    assert "**harmony** `0.50` → `0.70` (+0.2)" in done


async def test_edits_made_during_the_ritual_are_mentioned(hear: Talk, start_bot: StartBot) -> None:
    talk, bot = hear, await start_bot(ritual_step_s=0.02)
    shown = await talk.ask("member", "!ritual 20")
    await tune(bot.collective, harmony=1.2)
    done = text_of(await ended(talk, shown, "Done: 20 steps"))
    assert "The field was edited while it ran; the edits are kept." in done
    assert "**harmony** `1.20` → `1.20`" in done


async def test_a_second_ritual_is_refused_with_the_progress_of_the_first(
    slow: tuple[RunningBot, Talk],
) -> None:
    _, talk = slow
    await talk.ask("member", "!ritual 27")
    assert "Ritual 1 is running, at step 0 of 27." in text_of(await talk.ask("mod", "!ritual 12"))
    answer = await talk.slash("mod", "ritual")
    assert is_ephemeral(answer)
    assert "Ritual 1 is running" in text_of(answer)


async def test_the_caller_can_stop_it(slow: tuple[RunningBot, Talk]) -> None:
    started, talk = slow
    shown = await talk.ask("member", "!ritual 27")
    await talk.press("member", shown, "Stop")
    text = text_of(await ended(talk, shown, "Cancelled at step 0 of 27"))
    assert "The field and the folklore are unchanged." in text
    assert "stopped by button" in text
    assert started.collective.manager.snapshot.ucf == DEFAULT_UCF


async def test_a_mod_can_stop_a_ritual_and_other_members_cannot(slow: tuple[RunningBot, Talk]) -> None:
    started, talk = slow
    shown = await talk.ask("owner", "!ritual 27")
    refused = await talk.answer_to(await talk.press("member", shown, "Stop"))
    assert "Only the person who began this ritual" in text_of(refused)
    assert started.collective.rituals.running is not None
    await talk.press("mod", shown, "Stop")
    await ended(talk, shown, "Cancelled at step 0 of 27")
    assert started.collective.rituals.running is None


async def test_a_stop_button_of_an_earlier_ritual_stops_no_other(slow: tuple[RunningBot, Talk]) -> None:
    started, talk = slow
    await talk.ask("member", "!ritual 27")
    await started.collective.rituals.cancel(None, ANA)
    current = await talk.ask("member", "!ritual 12")
    bot, user = started.bot, talk.sandbox.users["member"]
    stale = await buttons.button(bot, "rituals", "stop", 0, "1", label="Stop")
    channel = bot.get_partial_messageable(talk.sandbox.channel("bot-commands"))
    message = await channel.send("an old one", view=buttons.view_of(stale))
    await talk.sandbox.act.click(user=user, message=message.id, custom_id=stale.custom_id)
    await talk.until(lambda one: one["id"] == str(message.id) and "Cancelled at step 0" in text_of(one))
    assert items(talk.messages[current["id"]])
    assert started.collective.rituals.running is not None


async def test_a_halt_by_another_shows_the_name_only_at_home(
    slow: tuple[RunningBot, Talk], sandbox: Sandbox
) -> None:
    started, talk = slow
    shown = await talk.ask("member", "!ritual 27")
    await started.collective.rituals.cancel("a storm", Actor("command", "Ada", 3))
    assert "(by Ada: a storm)" in text_of(await ended(talk, shown, "Cancelled at step 0 of 27"))
    away = await talk.ask("visitor-admin", "!ritual 27", channel=elsewhere(sandbox))
    await started.collective.rituals.cancel("a storm", Actor("command", "Ada", 3))
    text = text_of(await ended(talk, away, "Cancelled at step 0 of 27"))
    assert "Ada" not in text
    assert "storm" not in text


async def test_a_shutdown_is_reported_in_the_progress_message(slow: tuple[RunningBot, Talk]) -> None:
    started, talk = slow
    shown = await talk.ask("member", "!ritual 27")
    started.kernel.drain.close()
    assert "Helix stopped" in text_of(await ended(talk, shown, "Cancelled at step 0 of 27"))


async def test_after_a_crash_the_message_says_that_it_was_interrupted(
    start_bot: StartBot, hear: Talk
) -> None:
    talk = hear
    crashed = await start_bot(folder="first", ritual_step_s=30.0)
    shown = await talk.ask("member", "!ritual 27")
    run = crashed.collective.rituals.running
    assert run is not None
    # The state after a crash: running in the store, with its message, but without a process.
    await until_remembered(crashed)
    (kept,) = await ritual_messages.known(crashed.bot)
    assert kept.message_id == int(shown["id"])
    other = await start_bot(folder="second", ritual_step_s=30.0)
    await _copy(crashed, other)
    (found,) = await other.collective.rituals.load()
    assert found.status == "interrupted"
    from bot.effects.ritual_ends import RitualEnds

    await RitualEnds(other.bot)._run()
    message = await talk.edited(shown, lambda one: "Interrupted by a crash" in text_of(one))
    assert message["components"] == []
    assert "are unchanged" in text_of(message)
    assert await ritual_messages.known(other.bot) == ()


async def _copy(crashed: RunningBot, other: RunningBot) -> None:
    """Copy what a crash of one bot leaves in the store to the store of the other."""
    from state.rituals import ritual_table as table

    (record,) = await crashed.collective.database.read(table.find_running)
    (shown,) = await ritual_messages.known(crashed.bot)
    await other.collective.database.write(lambda connection: table.insert(connection, record))
    scope = f"{other.bot.remember_scope}#rituals"
    await other.bot.key_values.set(scope, str(shown.ritual), f"{shown.channel_id} {shown.message_id}")


async def test_wrong_steps_are_explained(talk: Talk) -> None:
    for steps in ("0", "1001", "-5"):
        assert "from 1 to 1000" in text_of(await talk.ask("member", f"!ritual {steps}"))
    assert "`steps` must be a whole number." in text_of(await talk.ask("mod", "!ritual many"))


async def test_status_shows_the_running_and_the_last_one(slow: tuple[RunningBot, Talk]) -> None:
    started, talk = slow
    assert "**Ritual** none yet" in text_of(await talk.ask("member", "!status"))
    shown = await talk.ask("member", "!ritual 27")
    assert "**Ritual** 1, 27 steps, running" in text_of(await talk.ask("member", "!status"))
    await started.collective.rituals.cancel(None, ANA)
    await ended(talk, shown, "Cancelled")
    assert "**Ritual** 1, 27 steps, cancelled" in text_of(await talk.ask("member", "!status"))


async def test_harmony_goes_through_four_phases_and_rises(talk: Talk, running_bot: RunningBot) -> None:
    shown = await talk.ask("member", "!harmony")
    assert "🪷 Harmony ritual 1" in text_of(shown)
    assert "**harmony** `0.50` → `0.60` (+0.1)" in text_of(await ended(talk, shown, "Done: 36 steps"))
    rows = await running_bot.collective.journal.entries(subject="harmony")
    assert [(row.kind, row.cause) for row in rows] == [("ucf", "ritual")]
    assert rows[0].actor is not None


async def test_harmony_needs_ten_minutes_between_two_also_after_a_restart(
    hear: Talk, sandbox: Sandbox, tmp_path: Path
) -> None:
    clock = ManualClock()
    async with running(sandbox, tmp_path, ritual_step_s=QUICK_S, clock=clock):
        await ended(hear, await hear.ask("member", "!harmony"), "Done: 36 steps")
        assert "less than 10 minutes ago" in text_of(await hear.slash("mod", "harmony"))
        away = await hear.ask("visitor-admin", "!harmony", channel=elsewhere(sandbox))
        await ended(hear, away, "Done: 36 steps")
    async with running(sandbox, tmp_path, ritual_step_s=QUICK_S, clock=clock) as again:
        await tune(again.collective, harmony=0.4)
        clock.advance(599)
        assert "less than 10 minutes ago" in text_of(await hear.ask("mod", "!harmony"))
        clock.advance(1.5)
        await ended(hear, await hear.ask("admin", "!harmony"), "Done: 36 steps")


async def test_a_good_harmony_starts_no_ritual(talk: Talk, running_bot: RunningBot) -> None:
    await tune(running_bot.collective, harmony=0.82)
    assert "there is nothing to raise" in text_of(await talk.ask("member", "!harmony"))
    assert running_bot.collective.manager.snapshot.ucf.harmony == 0.82
    assert await running_bot.collective.rituals.count() == 0


async def test_a_cancelled_harmony_does_not_count(slow: tuple[RunningBot, Talk]) -> None:
    _, talk = slow
    shown = await talk.ask("member", "!harmony")
    await talk.press("member", shown, "Stop")
    await ended(talk, shown, "Cancelled")
    assert "🪷 Harmony ritual 2" in text_of(await talk.ask("mod", "!harmony"))


async def test_long_work_counts_as_answered_once_its_progress_is_shown(
    start_bot: StartBot, hear: Talk
) -> None:
    clock = ManualClock()
    started = await start_bot(ritual_step_s=30.0, clock=clock)
    for count in range(1, 5):
        shown = await (hear.slash("member", "ritual") if count % 2 else hear.ask("member", "!ritual"))
        await until_remembered(started)
        clock.advance(100)
        await started.collective.rituals.cancel(None, ANA)
        await ended(hear, shown, "Cancelled")
        await command_ended(started, "ritual", "ok", count)
    assert started.bot.command_metrics.probe().status == "pass"
