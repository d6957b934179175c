"""The commands about the field with the real client on the sandbox."""

from __future__ import annotations

from typing import Any

import msgspec

from state.change import Change
from tests.bot.cogs.talk import Talk, items, text_of
from tests.bot.support import RunningBot


async def tune(running_bot: RunningBot, **values: float) -> None:
    await running_bot.collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, **values), source="tune")
    )


async def test_a_cached_value_is_dropped_when_it_changes(talk: Talk, running_bot: RunningBot) -> None:
    assert "`0.50` of 0–2" in text_of(await talk.ask("member", "!ucf harmony"))
    await tune(running_bot, harmony=0.25)
    text = text_of(await talk.ask("member", "!ucf harmony"))
    assert "🔴 **harmony** accord, critical" in text
    assert "`0.25` of 0–2" in text


async def test_a_trend_is_drawn_once_and_again_after_a_change(talk: Talk, running_bot: RunningBot) -> None:
    first = await talk.ask("member", "!trend harmony")
    (picture,) = first["attachments"]
    assert picture["filename"] == "harmony-trend.png"
    assert picture["description"].startswith("Chart: harmony, last 24 hours. harmony 0.50 now")
    assert text_of(first) == "**harmony** 0.50 now, steady"
    await talk.slash("member", "trend", metric="harmony", window="24h")
    assert running_bot.kernel.worker.jobs == 1
    await tune(running_bot, harmony=0.6)
    again = await talk.ask("member", "!trend harmony 24h")
    assert "rising by 0.10" in text_of(again)
    assert running_bot.kernel.worker.jobs == 2


async def test_a_mod_acknowledges_from_the_list(talk: Talk, running_bot: RunningBot) -> None:
    await tune(running_bot, harmony=0.2, klesha=0.9)
    reply = await talk.ask("mod", "!alerts")
    assert [item["label"] for item in items(reply)] == ["Acknowledge #2", "Acknowledge #1"]
    await talk.press("mod", reply, "Acknowledge #1")
    done = await talk.edited(reply, lambda one: "acknowledged by" in text_of(one))
    assert [item["label"] for item in items(done)] == ["Acknowledge #2"]
    first = running_bot.collective.alerts.open()[0]
    assert first.acknowledged_by_id == talk.sandbox.users["mod"]
    entry = (await running_bot.collective.journal.entries(kinds=("alert",)))[0]
    assert (entry.cause, entry.after) == ("button", "acknowledged")


async def test_a_member_sees_the_list_without_buttons(talk: Talk, running_bot: RunningBot) -> None:
    await tune(running_bot, harmony=0.2)
    assert items(await talk.ask("member", "!alerts")) == []


async def test_other_servers_see_no_names(talk: Talk, running_bot: RunningBot) -> None:
    await tune(running_bot, harmony=0.2)
    assert "acknowledged by" in text_of(await talk.ask("mod", "!alerts ack 1"))
    sandbox = running_bot.sandbox
    channel = sandbox.channel("bots", sandbox.other_guild_id)
    text = text_of(await talk.ask("visitor-admin", "!alerts", channel=channel))
    assert "acknowledged <t:" in text
    assert "acknowledged by" not in text


async def test_the_list_turns_pages(talk: Talk, running_bot: RunningBot) -> None:
    for number in range(7):
        await running_bot.collective.alerts.raise_(f"k{number}", "warning", f"summary {number}")
    reply = await talk.ask("mod", "!alerts")
    assert "Page 1 of 2" in text_of(reply)
    await talk.press("mod", reply, "▶️")
    second = await talk.edited(reply, lambda one: "Page 2 of 2" in text_of(one))
    assert "summary 0" in text_of(second)
    labels = [item.get("label") for item in items(second)]
    assert labels == [None, None, "Acknowledge #2", "Acknowledge #1"]


async def test_an_alert_already_acknowledged_by_another_is_refused(
    talk: Talk, running_bot: RunningBot
) -> None:
    await tune(running_bot, harmony=0.2)
    reply = await talk.ask("mod", "!alerts")
    await talk.ask("admin", "!alerts ack 1")
    pressed = await talk.press("mod", reply, "Acknowledge #1")
    assert "Alert 1 is acknowledged already." in text_of(await talk.answer_to(pressed))


async def test_targets_are_completed_only_for_mods(talk: Talk, running_bot: RunningBot) -> None:
    await tune(running_bot, harmony=0.2)
    assert await talk.complete("mod", "alerts", "target", "1") == ["1"]
    assert await talk.complete("mod", "alerts", "target", "har") == ["harmony"]
    assert await talk.complete("member", "alerts", "target", "") == []
    assert await talk.complete("mod", "alerts", "span", "2") == ["2h"]
    assert await talk.complete("member", "alerts", "span", "2") == []
    assert await talk.complete("member", "trend", "window", "7") == ["7d"]


async def test_targets_follow_the_action(talk: Talk, running_bot: RunningBot) -> None:
    await tune(running_bot, harmony=0.2)

    async def offered(action: str) -> list[Any]:
        answer = await talk.sandbox.act.autocomplete(
            user=talk.sandbox.users["mod"],
            channel=talk.sandbox.channel("bot-commands"),
            command="alerts",
            focused="target",
            options={"action": action, "target": ""},
        )
        return [choice["value"] for choice in answer["choices"]]

    assert await offered("ack") == ["1"]
    assert "klesha" in await offered("mute")
    assert await offered("list") == []


async def test_tuning_shows_before_after_and_reason(talk: Talk) -> None:
    text = text_of(await talk.ask("admin", "!tune harmony +0.1 a calm evening"))
    assert "0.50 → **0.60** (↗ +0.10)" in text
    assert "a calm evening" in text
    assert "nothing was changed" in text_of(await talk.ask("admin", "!tune harmony 0.6"))
