"""Buttons and menus with the real client on the sandbox, across restarts, and across swaps of their cog."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import discord
import pytest

from bot.replies import awaited, buttons
from bot.replies.buttons import EXPIRED, ComponentItem
from bot.replies.errors import CUT_OFF, RESTARTING
from sandbox import Sandbox
from tests.bot.cog_folder import CogFolder
from tests.bot.cogs.talk import Message, Talk, items, text_of
from tests.bot.conftest import StartBot
from tests.bot.support import RunningBot, running

PROBE_COG = """
from bot.replies import buttons
from discord.ext import commands


class Monitoring(commands.Cog, name="monitoring"):
    @buttons.component("monitoring", "echo", command="health")
    async def echo(self, interaction, press):
        await press.answer.whisper(f"{press.user_id} {press.payload} {press.values}"[:1900])

    @buttons.component("monitoring", "guarded", command="reload")
    async def guarded(self, interaction, press):
        await press.answer.whisper("inside")

    @buttons.component("monitoring", "boom", command="health")
    async def boom(self, interaction, press):
        raise RuntimeError("secret inside")

    @buttons.component("monitoring", "slow", command="health")
    async def slow(self, interaction, press):
        await interaction.client.slow_press.wait()
        await press.answer.whisper("at last")


async def setup(bot):
    await bot.add_cog(Monitoring())
"""


def write_cogs(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    package = folder / name
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "monitoring.py").write_text(PROBE_COG)
    for cog in ("help", "agents", "admin"):
        (package / f"{cog}.py").write_text(f"from bot.cogs.{cog} import setup as setup\n")
    monkeypatch.syspath_prepend(str(folder))
    return name


@pytest.fixture
async def probe(start_bot: StartBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunningBot:
    return await start_bot(package=write_cogs(tmp_path, f"cogs_of_{tmp_path.name}", monkeypatch))


@pytest.fixture
def talk(sandbox: Sandbox) -> Any:
    started = Talk(sandbox)
    yield started
    started.close()


async def post(bot: RunningBot, *components: ComponentItem, channel: int | None = None) -> Message:
    """A message of the bot with these components, as a person's client has it."""
    place = bot.bot.get_channel(channel or bot.sandbox.channel("bot-commands"))
    assert isinstance(place, discord.TextChannel)
    sent = await place.send("press", view=buttons.view_of(*components))
    return {"id": str(sent.id), "components": [row.to_dict() for row in sent.components]}


async def button(
    bot: RunningBot, action: str, user: str | None, payload: str = "", label: str = "go"
) -> ComponentItem:
    user_id = 0 if user is None else bot.sandbox.users[user]
    return await buttons.button(bot.bot, "monitoring", action, user_id, payload, label=label)


async def test_a_press_reaches_its_handler_without_the_cog_loaded(probe: RunningBot, talk: Talk) -> None:
    message = await post(probe, await button(probe, "echo", "member", "a:b=c"))
    assert not probe.bot.loader.is_ready("monitoring")
    answer = await talk.answer_to(await talk.press("member", message, "go"))
    assert answer["content"] == f"{probe.sandbox.users['member']} a:b=c ()"


async def test_a_menu_hands_over_what_was_chosen(probe: RunningBot, talk: Talk) -> None:
    options = [discord.SelectOption(label=label) for label in ("x", "y")]
    menu = await buttons.select(probe.bot, "monitoring", "echo", 0, "kept", options=options)
    message = await post(probe, menu)
    answer = await talk.answer_to(await talk.choose("mod", message, "y"))
    assert answer["content"] == "0 kept ('y',)"


async def test_a_button_of_nobody_in_particular_answers_everyone(probe: RunningBot, talk: Talk) -> None:
    message = await post(probe, await button(probe, "echo", None))
    for user in ("member", "mod"):
        answer = await talk.answer_to(await talk.press(user, message, "go"))
        assert answer["content"].startswith("0 ")


async def test_others_are_told_whose_it_is_and_nothing_is_loaded(probe: RunningBot, talk: Talk) -> None:
    message = await post(probe, await button(probe, "echo", "member"))
    answer = await talk.answer_to(await talk.press("mod", message, "go"))
    assert answer["flags"] & 64
    assert f"belongs to <@{probe.sandbox.users['member']}>" in answer["content"]
    assert not probe.bot.loader.is_ready("monitoring")


@pytest.mark.parametrize("payload", ["x" * 300, "ümläut" * 20])
async def test_a_long_payload_is_kept_in_the_store(probe: RunningBot, talk: Talk, payload: str) -> None:
    item = await button(probe, "echo", "member", payload)
    assert len(item.custom_id) <= 100
    answer = await talk.answer_to(await talk.press("member", await post(probe, item), "go"))
    assert payload in answer["content"]


async def test_a_payload_that_has_left_the_store_has_expired(probe: RunningBot, talk: Talk) -> None:
    message = await post(probe, await button(probe, "echo", "member", "x" * 300))
    scope = f"{probe.bot.remember_scope}#components"
    for key in await probe.bot.key_values.items(scope):
        await probe.bot.key_values.delete(scope, key)
    answer = await talk.answer_to(await talk.press("member", message, "go"))
    assert answer["content"] == EXPIRED


@pytest.mark.parametrize(("cog", "action"), [("monitoring", "gone"), ("nowhere", "echo")])
async def test_a_button_whose_handler_is_gone_has_expired(
    probe: RunningBot, talk: Talk, cog: str, action: str
) -> None:
    message = await post(probe, await buttons.button(probe.bot, cog, action, 0, label="go"))
    answer = await talk.answer_to(await talk.press("member", message, "go"))
    assert answer["content"] == EXPIRED


async def test_access_is_checked_at_the_press(probe: RunningBot, talk: Talk) -> None:
    message = await post(probe, await button(probe, "guarded", None))
    inside = await talk.answer_to(await talk.press("admin", message, "go"))
    assert inside["content"] == "inside"
    refused = await talk.answer_to(await talk.press("member", message, "go"))
    assert "needs an administrator" in refused["content"]
    assert refused["flags"] & 64


async def test_an_admin_of_another_server_is_refused(probe: RunningBot, talk: Talk) -> None:
    channel = probe.sandbox.channel("bots", probe.sandbox.other_guild_id)
    message = await post(probe, await button(probe, "guarded", None), channel=channel)
    refused = await talk.answer_to(await talk.press("visitor-admin", message, "go"))
    assert "of the home server" in refused["content"]


async def test_an_error_becomes_an_incident_without_its_inside(
    probe: RunningBot, talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    message = await post(probe, await button(probe, "boom", None))
    answer = await talk.answer_to(await talk.press("member", message, "go"))
    assert "incident `" in answer["content"]
    assert "secret" not in answer["content"]
    assert "secret inside" in caplog.text


async def test_an_error_is_told_when_no_deferral_can_come_between(
    probe: RunningBot, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()

    async def report(*_: object, **__: object) -> None:
        told.set_result([task.get_name() for task in asyncio.all_tasks()])

    monkeypatch.setattr("bot.replies.errors.report", report)
    await talk.press("member", await post(probe, await button(probe, "boom", None)), "go")
    async with asyncio.timeout(40):
        assert [name for name in await told if name.startswith("defer-")] == []


async def test_a_slow_press_is_deferred_and_answered_in_the_end(
    probe: RunningBot, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.replies.answers.DEFER_AFTER_S", 0.01)
    probe.bot.slow_press = asyncio.Event()  # type: ignore[attr-defined]  # the cog above waits for it
    deferred = asyncio.Event()
    seen = probe.sandbox.engine.bus.subscribe(
        lambda event: (
            deferred.set()
            if event.name == "INTERACTION_RESULT"
            and event.data(min(event.only or {0}))["state"] == "deferred"
            else None
        )
    )
    message = await post(probe, await button(probe, "slow", None))
    pressed = await talk.press("member", message, "go")
    async with asyncio.timeout(40):
        await deferred.wait()
    probe.bot.slow_press.set()  # type: ignore[attr-defined]  # likewise
    assert (await talk.until(lambda one: one["content"] == "at last"))["flags"] & 64
    assert pressed
    seen()


async def test_a_press_is_deferred_while_its_cog_is_still_being_imported(
    start_bot: StartBot, cogs: CogFolder, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.replies.answers.DEFER_AFTER_S", 0.0)
    cogs.write("monitoring", PROBE_COG)
    gate = cogs.hold_import("monitoring")
    running = await start_bot(package=cogs.package)
    deferred = asyncio.Event()
    stop = running.sandbox.engine.bus.subscribe(
        lambda event: (
            deferred.set()
            if event.name == "INTERACTION_RESULT"
            and event.data(min(event.only or {0}))["state"] == "deferred"
            else None
        )
    )
    message = await post(running, await button(running, "echo", None, "kept"))
    await talk.press("member", message, "go")
    async with asyncio.timeout(40):
        await deferred.wait()
    assert not running.bot.loader.is_ready("monitoring")
    gate.open()
    assert (await talk.until(lambda one: one["content"] == "0 kept ()"))["flags"] & 64
    stop()


async def test_a_press_while_helix_stops_is_told_so(probe: RunningBot, talk: Talk) -> None:
    message = await post(probe, await button(probe, "echo", None))
    probe.kernel.drain.close()
    answer = await talk.answer_to(await talk.press("member", message, "go"))
    assert answer["content"] == RESTARTING


async def test_a_press_that_the_stop_cuts_off_is_told_so(probe: RunningBot, talk: Talk) -> None:
    probe.bot.slow_press = asyncio.Event()  # type: ignore[attr-defined]  # the cog above waits for it
    message = await post(probe, await button(probe, "slow", None))
    pressed = await talk.press("member", message, "go")
    async with asyncio.timeout(40):
        while not probe.bot.loader.is_ready("monitoring") or not probe.kernel.drain.in_flight():
            await asyncio.sleep(0.01)
    assert await probe.kernel.drain.finish(0.05) == {"component": 1}
    assert (await talk.answer_to(pressed))["content"] == CUT_OFF


async def test_presses_during_a_reload_are_all_answered(probe: RunningBot, talk: Talk) -> None:
    message = await post(probe, await button(probe, "echo", None, "p"))
    await probe.bot.loader.ensure("monitoring")
    swaps = asyncio.gather(*(probe.bot.loader.reload("monitoring") for _ in range(5)))
    pressed = [await talk.press("member", message, "go") for _ in range(5)]
    for interaction_id in pressed:
        assert (await talk.answer_to(interaction_id))["content"] == "0 p ()"
    await swaps


async def test_a_button_from_before_a_restart_answers_after_it_and_only_its_owner(
    sandbox: Sandbox, tmp_path: Path, talk: Talk
) -> None:
    async with running(sandbox, tmp_path / "data"):
        reply = await talk.ask("member", "!help")
    async with running(sandbox, tmp_path / "data") as again:
        assert not again.bot.loader.is_ready("help")
        refused = await talk.answer_to(await talk.choose("mod", reply, "monitoring"))
        assert "belongs to" in refused["content"]
        assert not again.bot.loader.is_ready("help")
        await talk.choose("member", reply, "monitoring")
        turned = await talk.edited(reply, lambda one: "`!status`" in text_of(one))
        assert items(turned)


@pytest.mark.parametrize("kind", ["confirm", "progress"])
async def test_what_a_command_waited_for_before_a_restart_has_expired(
    probe: RunningBot, talk: Talk, kind: str
) -> None:
    custom_id = awaited.custom_id(kind, "yes", probe.sandbox.users["member"], "token")
    old: discord.ui.Button[Any] = discord.ui.Button(label="go", custom_id=custom_id)
    message = await post(probe, ComponentItem(old))
    pressed = await talk.press("member", message, "go")
    told = await talk.until(lambda one: one["content"] == EXPIRED)
    assert told["flags"] & 64
    assert pressed
    assert (await talk.edited(message, lambda one: one["components"] == []))["content"] == "press"


@pytest.mark.parametrize("custom_id", ["help:menu:1:=", "feedback"])
async def test_a_form_from_before_a_restart_has_expired(probe: RunningBot, custom_id: str) -> None:
    form: Any = OldForm(custom_id)
    await probe.bot.on_interaction(form)
    assert form.response.sent == [EXPIRED]


async def test_a_press_of_what_the_message_does_not_hold_has_expired(probe: RunningBot) -> None:
    press: Any = OldForm("help:menu:0:=")
    press.type, press.message = discord.InteractionType.component, SimpleNamespace(components=[])
    await probe.bot.on_interaction(press)
    assert press.response.sent == [EXPIRED]


class OldForm:
    """A form that somebody sends off after the restart; the sandbox has none."""

    type = discord.InteractionType.modal_submit

    def __init__(self, custom_id: str) -> None:
        self.data = {"custom_id": custom_id}
        self.extras: dict[str, Any] = {}
        self.response = FormResponse()

    async def original_response(self) -> None:
        """The message that was sent; nobody looks at it."""


class FormResponse:
    """What is answered to it."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.resource = None

    def is_done(self) -> bool:
        return False

    async def send_message(self, content: str, **_: Any) -> Self:
        self.sent.append(content)
        return self
