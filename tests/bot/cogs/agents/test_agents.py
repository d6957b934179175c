"""The commands about agents with the real client on the sandbox."""

from itertools import pairwise

import pytest

from state.agents import ROSTER
from state.change import JournalRow
from tests.bot.cogs.talk import Talk, text_of
from tests.bot.support import RunningBot

pytestmark = pytest.mark.unmeasured

UNBUILT = sum(spec.check is None for spec in ROSTER)


async def record(running_bot: RunningBot, times: int = 1) -> None:
    row = JournalRow(
        kind="agent", subject="Vega", cause="command", actor="Ada", actor_id=5, reason="a drill",
        before="active", after="down",
    )  # fmt: skip
    await running_bot.collective.manager.record(*[row] * times)


async def test_all_agents_or_those_of_one_layer(talk: Talk) -> None:
    assert text_of(await talk.ask("member", "!agents")).count("not built yet") == UNBUILT
    text = text_of(await talk.ask("member", "!agents operational"))
    assert "**Manus**" in text
    assert "**Kael**" not in text


async def test_a_wrong_layer_is_answered_with_the_right_one(talk: Talk) -> None:
    assert "Did you mean `Operational`?" in text_of(await talk.ask("member", "!agents operationl"))


async def test_cached_agents_are_dropped_when_a_check_changes(talk: Talk, running_bot: RunningBot) -> None:
    running_bot.kernel.health.report("http", "pass")
    assert "🟢 🧠 **Claude** active" in text_of(await talk.ask("member", "!agents"))
    running_bot.kernel.health.report("http", "fail", "gone")
    assert "🔴 🧠 **Claude** down" in text_of(await talk.ask("member", "!agents"))


async def test_one_agent_in_any_case(talk: Talk) -> None:
    assert "📜 Shadow – archive" in text_of(await talk.ask("member", "!agent shadow"))
    assert "Did you mean `Shadow`?" in text_of(await talk.ask("member", "!agent shadwo"))


async def test_an_agent_must_be_named(talk: Talk) -> None:
    text = text_of(await talk.ask("member", "!agent"))
    assert "`name` is missing." in text
    assert "!agent Lumina" in text


async def test_names_are_completed(talk: Talk) -> None:
    assert await talk.complete("member", "agent", "name", "k") == ["Kael", "Kavach", "Grok"]
    assert await talk.complete("member", "history", "agent", "veg") == ["Vega"]
    assert await talk.complete("member", "wisdom", "agent", "or") == ["Oracle", "SanghaCore"]
    assert await talk.complete("member", "agents", "layer", "int") == ["Integration"]


async def test_history_at_home_names_who_and_why(talk: Talk, running_bot: RunningBot) -> None:
    await record(running_bot)
    text = text_of(await talk.ask("member", "!history vega"))
    assert "active → down" in text
    assert "by Ada · a drill" in text


@pytest.mark.parametrize("where", ["another server", "a direct message"])
async def test_history_elsewhere_leaves_out_who_and_why(
    talk: Talk, running_bot: RunningBot, where: str
) -> None:
    await record(running_bot, times=12)
    sandbox = running_bot.sandbox
    if where == "another server":
        channel = sandbox.channel("bots", sandbox.other_guild_id)
        reply = await talk.ask("visitor-admin", "!history vega", channel=channel)
        asker = "visitor-admin"
    else:
        reply = await talk.ask("member", "!history vega", dm=True)
        asker = "member"
    assert "active → down" in text_of(reply)
    assert "Ada" not in text_of(reply)
    assert "drill" not in text_of(reply)
    await talk.press(asker, reply, "▶️")
    second = await talk.edited(reply, lambda one: "Page 2 of 2" in text_of(one))
    assert "Ada" not in text_of(second)


async def test_history_by_slash_elsewhere_leaves_out_who_and_why(talk: Talk, running_bot: RunningBot) -> None:
    await record(running_bot)
    sandbox = running_bot.sandbox
    channel = sandbox.channel("bots", sandbox.other_guild_id)
    reply = await talk.slash("visitor-admin", "history", channel=channel, agent="Vega", days=3)
    assert "active → down" in text_of(reply)
    assert "Ada" not in text_of(reply)


async def test_an_owner_reads_who_and_why_in_private(talk: Talk, running_bot: RunningBot) -> None:
    await record(running_bot)
    assert "by Ada · a drill" in text_of(await talk.ask("owner", "!history vega", dm=True))


async def test_history_turns_pages_of_the_list_that_was_shown(talk: Talk, running_bot: RunningBot) -> None:
    await record(running_bot, times=12)
    reply = await talk.ask("member", "!history vega 30")
    assert "Page 1 of 2" in text_of(reply)
    await record(running_bot, times=10)
    await talk.press("member", reply, "▶️")
    second = await talk.edited(reply, lambda one: "Page 2 of 2" in text_of(one))
    assert text_of(second).count("active → down") == 4


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!history vega 0", "from 1 to 365"),
        ("!history vega soon", "`days` must be a whole number."),
        ("!history", "`agent` is missing."),
        ("!history nobody", "There is no agent called `nobody`"),
    ],
)
async def test_history_explains_wrong_arguments(talk: Talk, line: str, said: str) -> None:
    assert said in text_of(await talk.ask("member", line))


async def test_wisdom_of_one_agent_does_not_repeat_after_a_reload(
    talk: Talk, running_bot: RunningBot
) -> None:
    heard = []
    for user in ("owner", "admin", "mod", "member"):
        for _ in range(4):
            heard.append(text_of(await talk.ask(user, "!wisdom Kael")))
            await running_bot.bot.loader.reload("agents")
    assert all("**Kael**" in text for text in heard)
    assert all(one != next_one for one, next_one in pairwise(heard))


async def test_wisdom_without_an_agent(talk: Talk) -> None:
    assert "“" in text_of(await talk.ask("member", "!wisdom"))
    assert "There is no agent called `x`" in text_of(await talk.ask("member", "!wisdom x"))
