"""The monitoring commands with the real client on the sandbox."""

import asyncio
import re

import msgspec
import pytest

from sandbox.faults import Fault
from state.change import Change
from state.models import Snapshot
from tests.bot.cogs.talk import Talk, text_of
from tests.bot.support import RunningBot


async def test_status_by_prefix_and_slash_say_the_same(talk: Talk) -> None:
    by_prefix = text_of(await talk.ask("member", "!status"))
    by_slash = text_of(await talk.slash("member", "status"))
    assert by_prefix == by_slash
    assert "of 14 active" in by_prefix


async def test_the_cached_status_is_dropped_when_the_state_changes(
    talk: Talk, running_bot: RunningBot
) -> None:
    assert "`0.50` → **harmony**" in text_of(await talk.ask("member", "!status"))

    def raise_harmony(snapshot: Snapshot) -> Change:
        return Change(ucf=msgspec.structs.replace(snapshot.ucf, harmony=1.25), source="tune")

    await running_bot.collective.manager.change(raise_harmony)
    text = text_of(await talk.ask("member", "!status"))
    assert "`1.25`" in text
    assert "tune" in text


async def test_health_turns_its_pages(talk: Talk, running_bot: RunningBot) -> None:
    for number in range(20):
        running_bot.kernel.health.report(f"extra-{number:02}", "warn", "a test", action="Wait.")
    reply = await talk.ask("member", "!health")
    assert "Page 1 of" in text_of(reply)
    await talk.press("member", reply, "▶️")
    second = await talk.edited(reply, lambda one: "Page 2 of" in text_of(one))
    await talk.press("member", second, "◀️")
    await talk.edited(reply, lambda one: "Page 1 of" in text_of(one))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!metrics", "**Commands**"),
        ("!metrics HTTP", "📈 HTTP"),
        ("!metrics webhooks", "0 accepted"),
        ("!metrics htp", "Did you mean `http`?"),
    ],
)
async def test_metrics_by_section(talk: Talk, line: str, said: str) -> None:
    assert said in text_of(await talk.ask("member", line))


async def test_metrics_completes_its_sections(talk: Talk) -> None:
    assert await talk.complete("member", "metrics", "section", "c") == ["commands", "cache"]


async def test_heartbeat_probes_and_shows_a_table(talk: Talk, running_bot: RunningBot) -> None:
    reply = await talk.ask("member", "!heartbeat")
    names = [service.name for service in running_bot.collective.probes.services]
    done = await talk.edited(reply, lambda one: "no history yet" in text_of(one))
    assert names
    for name in names:
        assert f"**{name}**" in text_of(done)


async def test_heartbeat_without_services_says_where_to_list_them(
    talk: Talk, running_bot: RunningBot
) -> None:
    running_bot.collective.probes.services = ()
    assert "services.json" in text_of(await talk.ask("member", "!heartbeat"))


def let_second_wait(running_bot: RunningBot) -> asyncio.Event:
    """The second service answers once the event is set."""
    answer_second = asyncio.Event()
    probes = running_bot.collective.probes
    second = probes.services[1]
    probe = probes._probe

    async def slow(service: object) -> object:
        if service is second:
            await answer_second.wait()
        return await probe(service)  # type: ignore[arg-type]  # as the original

    probes._probe = slow  # type: ignore[method-assign,assignment]  # a service that takes its time
    return answer_second


async def test_the_caller_can_stop_heartbeat(talk: Talk, running_bot: RunningBot) -> None:
    let_second_wait(running_bot)
    reply = await talk.ask("member", "!heartbeat")
    shown = await talk.edited(reply, lambda one: "1 of 2" in text_of(one))
    await talk.press("member", shown, "Stop")
    await talk.edited(reply, lambda one: "Ended early, at 1 of 2." in text_of(one))
    await talk.until(lambda one: "stopped at 1 of 2" in text_of(one))


async def test_heartbeat_moves_while_services_answer(talk: Talk, running_bot: RunningBot) -> None:
    """The second service answers only after the bar has shown the first."""
    answer_second = let_second_wait(running_bot)
    first = running_bot.collective.probes.services[0]
    reply = await talk.ask("member", "!heartbeat")
    await talk.edited(reply, lambda one: "1 of 2" in text_of(one) and first.name in text_of(one))
    answer_second.set()
    await talk.edited(reply, lambda one: "no history yet" in text_of(one))


async def test_discovery_turns_its_pages(talk: Talk, running_bot: RunningBot) -> None:
    running_bot.bot.routes *= 6
    reply = await talk.ask("member", "!discovery")
    assert "Page 1 of 2 · 12 routes" in text_of(reply)
    await talk.press("member", reply, "▶️")
    await talk.edited(reply, lambda one: "Page 2 of 2 · 12 routes" in text_of(one))


@pytest.mark.parametrize("how", ["prefix", "slash"])
async def test_ping_measures_the_round_trip_by_its_own_reply(talk: Talk, how: str) -> None:
    # `/ping` waits only until its answer is acknowledged; the edit is another request.
    sent = "/channels/*/messages" if how == "prefix" else "/interactions/*/callback"
    talk.sandbox.engine.faults.add(Fault("POST", sent, delay_s=0.05, times=1))
    reply = await (talk.ask("member", "!ping") if how == "prefix" else talk.slash("member", "ping"))
    done = await talk.edited(reply, lambda one: "measuring" not in text_of(one))
    shown = re.search(r"\*\*Round trip\*\* ([0-9.]+) (ms|s)\b", text_of(done))
    assert shown is not None
    assert float(shown[1]) * (1 if shown[2] == "ms" else 1000) >= 50
    assert "**Version** " in text_of(done)


async def test_a_health_button_answers_others_with_a_refusal(talk: Talk, running_bot: RunningBot) -> None:
    for number in range(20):
        running_bot.kernel.health.report(f"extra-{number:02}", "warn", "a test")
    reply = await talk.ask("member", "!health")
    answer = await talk.answer_to(await talk.press("mod", reply, "▶️"))
    assert "belongs to" in answer["content"]
