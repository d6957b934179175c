"""Setting a server up, with the real client on the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.cogs.server._layout import LAYOUT
from bot.parts.duties import DUTIES
from bot.parts.guild_work import GuildWork
from bot.servers.welcomes import Welcomes
from sandbox import Sandbox
from sandbox.faults import Fault
from sandbox.forms.channels import ChannelFields
from sandbox.permissions import Permission
from sandbox.places import channels as sandbox_channels
from sandbox.records import CATEGORY, TEXT_CHANNEL, Channel, Guild, Overwrite
from tests.bot.cogs.talk import Message, Talk, text_of
from tests.bot.conftest import StartBot
from tests.bot.support import RunningBot, running

VIEW = int(Permission.VIEW_CHANNEL)


@pytest.fixture
def alone(sandbox: Sandbox) -> Iterator[Talk]:
    """People who talk to the bots that the test starts."""
    started = Talk(sandbox)
    yield started
    started.close()


def home(sandbox: Sandbox) -> Guild:
    return sandbox.engine.world.guilds[sandbox.home_guild_id]


def built(sandbox: Sandbox, guild_id: int | None = None) -> list[tuple[str, str]]:
    """The channels of a server with their categories."""
    channels = sandbox.engine.world.guilds[guild_id or sandbox.home_guild_id].channels
    return [
        (channels[one.parent_id].name, one.name)
        for one in channels.values()
        if one.parent_id is not None and channels[one.parent_id].name in LAYOUT
    ]


def named(sandbox: Sandbox, title: str, name: str | None = None) -> Channel:
    channels = home(sandbox).channels
    return next(
        one
        for one in channels.values()
        if (name is None and one.name == title and one.type == CATEGORY)
        or (one.name == name and one.parent_id is not None and channels[one.parent_id].name == title)
    )


def create(sandbox: Sandbox, name: str, parent: Channel | None = None) -> Channel:
    fields = ChannelFields(name=name)
    if parent is not None:
        fields["parent_id"] = parent.id
    guild = home(sandbox)
    kind = CATEGORY if parent is None else TEXT_CHANNEL
    return sandbox.engine.channels.create(guild, guild.owner_id, kind, fields)


async def set_up(talk: Talk, user: str, says: str, channel: int | None = None) -> Message:
    """Run the command, confirm, and return the final message."""
    asked = await talk.ask(user, "!setup", channel=channel)
    await talk.press(user, asked, "Yes, do it")
    return await talk.until(
        lambda one: says in text_of(one) and one["author"]["id"] == str(talk.sandbox.application_id)
    )


async def test_setting_up_creates_the_layout_and_twice_changes_nothing(
    talk: Talk, running_bot: RunningBot
) -> None:
    sandbox = running_bot.sandbox
    create(sandbox, "manifesto", create(sandbox, "WELCOME"))
    asked = await talk.ask("admin", "!setup")
    assert "Create 7 categories and 29 channels?" in text_of(asked)
    assert "will be the channel for alerts" in text_of(asked)
    assert built(sandbox) == [("WELCOME", "manifesto")]
    await talk.press("admin", asked, "Yes, do it")
    done = await talk.until(lambda one: "Created 36 of 36" in text_of(one))
    moderation = named(sandbox, "ADMIN", "moderation")
    assert f"<#{moderation.id}> is for alerts" in text_of(done)
    assert sorted(built(sandbox)) == sorted((title, name) for title in LAYOUT for name in LAYOUT[title])
    before = list(home(sandbox).channels)
    again = await talk.ask("owner", "!setup")
    assert "nothing was created" in text_of(again)
    assert list(home(sandbox).channels) == before
    entries = await running_bot.collective.journal.entries(kinds=["setup"])
    assert [(entry.subject, entry.actor) for entry in entries] == [("layout", "Adam (admin)")]


async def test_admin_is_seen_by_admins_and_the_bot_only(talk: Talk, running_bot: RunningBot) -> None:
    sandbox = running_bot.sandbox
    # Everyone sees this older ADMIN category; channels created in it are private anyway.
    create(sandbox, "ADMIN")
    await set_up(talk, "admin", "Created 37 of 37")
    for name in LAYOUT["ADMIN"]:
        overwrites = {one.id: one for one in named(sandbox, "ADMIN", name).overwrites}
        assert overwrites[home(sandbox).id].deny & VIEW
        assert overwrites[sandbox.application_id].allow & VIEW
        admin = next(role for role in home(sandbox).roles.values() if role.name == "Admin")
        assert overwrites[admin.id].allow & VIEW
        assert len(overwrites) == 3
    assert named(sandbox, "SYSTEM", "telemetry").overwrites == []
    told = text_of(await talk.ask("mod", "!verify-setup"))
    assert "Channels** 30 of 30" in told
    assert "Everyone can see **ADMIN**" in told


async def test_a_new_admin_category_is_private_itself_and_the_admin_role_sees_it(
    alone: Talk, sandbox: Sandbox, start_bot: StartBot
) -> None:
    role = next(role for role in home(sandbox).roles.values() if role.name == "Mod")
    await start_bot(admin_role_id=role.id)
    await set_up(alone, "mod", "Created 38 of 38")
    overwrites = {one.id: one for one in named(sandbox, "ADMIN").overwrites}
    assert overwrites[home(sandbox).id].deny & VIEW
    assert overwrites[role.id].allow & VIEW
    assert "Everyone can see" not in text_of(await alone.ask("owner", "!verify-setup"))


async def test_a_dry_run_or_a_declined_setup_creates_nothing(talk: Talk, running_bot: RunningBot) -> None:
    sandbox = running_bot.sandbox
    before = list(home(sandbox).channels)
    dry = text_of(await talk.slash("admin", "setup", mode="dry-run"))
    assert "would create 8 categories and 30 channels" in dry
    assert "#moderation will be the channel for alerts" in dry
    asked = await talk.slash("owner", "setup")
    await talk.press("owner", asked, "No")
    await talk.edited(asked, lambda one: "nothing was done" in text_of(one))
    assert list(home(sandbox).channels) == before
    assert all(running_bot.bot.duties.channel_id(duty) is None for duty in DUTIES)
    assert await running_bot.collective.journal.entries(kinds=["setup"]) == ()


async def test_a_failure_midway_is_reported_and_a_second_run_continues(
    talk: Talk, running_bot: RunningBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = running_bot.sandbox
    monkeypatch.setattr(sandbox_channels, "MAX_CHANNELS", len(home(sandbox).channels) + 10)
    ended = await set_up(talk, "admin", "`!setup` continues")
    assert "Created 10 of 38" in text_of(ended)
    assert "has the most channels that Discord allows" in text_of(ended)
    assert "#telemetry will be the channel for telemetry once it exists" in text_of(ended)
    monkeypatch.setattr(sandbox_channels, "MAX_CHANNELS", 500)
    await set_up(talk, "owner", "Created 28 of 28")
    assert len(built(sandbox)) == len(set(built(sandbox))) == 30


async def test_a_refusal_by_discord_ends_the_run_with_its_reason(talk: Talk, running_bot: RunningBot) -> None:
    running_bot.sandbox.engine.faults.add(Fault("POST", "/guilds/*/channels", status=403, times=1))
    ended = await set_up(talk, "admin", "`!setup` continues")
    assert "Created 0 of 38" in text_of(ended)
    assert "I lack a permission" in text_of(ended)


async def test_stop_ends_the_setup_and_keeps_what_is_created(talk: Talk, running_bot: RunningBot) -> None:
    sandbox = running_bot.sandbox
    sandbox.engine.faults.add(Fault("POST", "/guilds/*/channels", delay_s=0.03))
    asked = await talk.ask("admin", "!setup")
    await talk.press("admin", asked, "Yes, do it")
    bar = await talk.until(lambda one: "of 38" in text_of(one) and bool(one["components"]))
    await talk.press("admin", bar, "Stop")
    ended = await talk.until(lambda one: "It was stopped." in text_of(one))
    assert "of 38" in text_of(ended)
    sandbox.engine.faults.clear()
    assert len(built(sandbox)) < 30
    await set_up(talk, "owner", "is for alerts")
    assert sorted(built(sandbox)) == sorted(set(built(sandbox)))
    assert len(built(sandbox)) == 30


async def test_without_the_permission_nothing_is_asked(talk: Talk, running_bot: RunningBot) -> None:
    sandbox = running_bot.sandbox
    role = next(role for role in home(sandbox).roles.values() if role.name == "Helix")
    role.permissions &= ~int(Permission.MANAGE_CHANNELS)
    guild = running_bot.bot.get_guild(sandbox.home_guild_id)
    assert guild is not None
    mine = guild.get_role(role.id)
    assert mine is not None
    mine._permissions = role.permissions
    assert "I lack Manage Channels" in text_of(await talk.ask("admin", "!setup"))
    assert "I lack **Manage Channels**" in text_of(await talk.ask("mod", "!verify"))


async def test_one_set_up_at_a_time(talk: Talk, running_bot: RunningBot) -> None:
    work: GuildWork = running_bot.bot.guild_work
    asked = await talk.ask("admin", "!setup")
    with work.hold(running_bot.sandbox.home_guild_id, "setup-roles"):
        await talk.press("admin", asked, "Yes, do it")
        await talk.until(lambda one: "`setup-roles` is already running on this server" in text_of(one))
    assert built(running_bot.sandbox) == []


async def test_a_concurrent_setup_creates_nothing_twice(talk: Talk, running_bot: RunningBot) -> None:
    first, second = await talk.ask("admin", "!setup"), await talk.ask("owner", "!setup")
    await talk.press("admin", first, "Yes, do it")
    await talk.until(lambda one: "Created 38 of 38" in text_of(one))
    await talk.press("owner", second, "Yes, do it")
    await talk.until(lambda one: "nothing was created" in text_of(one))
    assert len(built(running_bot.sandbox)) == 30


async def test_channel_duties_are_stored_and_settings_take_precedence(
    alone: Talk, sandbox: Sandbox, tmp_path: Path
) -> None:
    # Nothing about a sandbox is stored, since the next one has other ids.
    kept = partial(running, sandbox, tmp_path, in_sandbox=False)
    async with kept(telemetry_channel_id=sandbox.channel("telemetry")) as first:
        done = await set_up(alone, "admin", "Created 38 of 38")
        assert "A setting names the channel for telemetry" in text_of(done)
        assert first.bot.duties.channel_id("telemetry") != named(sandbox, "SYSTEM", "telemetry").id
    async with kept() as second:
        duties = second.bot.duties
        assert duties.channel_id("alerts") == named(sandbox, "ADMIN", "moderation").id
        assert duties.channel_id("digest") == named(sandbox, "SYSTEM", "weekly-digest").id
        assert duties.channel_id("deployments") == named(sandbox, "DEVELOPMENT", "deployments").id
        assert duties.channel_id("telemetry") is None
        again = await alone.ask("admin", "!setup")
        assert "is for telemetry" in text_of(again)
        assert duties.channel_id("telemetry") == named(sandbox, "SYSTEM", "telemetry").id


async def test_an_admin_sets_up_their_own_server_without_a_journal_entry(
    talk: Talk, running_bot: RunningBot
) -> None:
    sandbox = running_bot.sandbox
    elsewhere = sandbox.channel("bots", sandbox.other_guild_id)
    done = await set_up(talk, "visitor-admin", "Created 38 of 38", channel=elsewhere)
    assert "is for" not in text_of(done)
    assert len(built(sandbox, sandbox.other_guild_id)) == 30
    assert built(sandbox) == []
    assert all(running_bot.bot.duties.channel_id(duty) is None for duty in DUTIES)
    shown = await talk.ask("visitor-admin", "!welcome set #general", channel=elsewhere)
    assert "New members are welcomed in" in text_of(shown)
    assert await Welcomes(running_bot.bot).channel_id(sandbox.home_guild_id) is None
    assert await running_bot.collective.journal.entries(kinds=["setup", "welcome"]) == ()


@pytest.mark.usefixtures("running_bot")
async def test_the_findings_have_pages_that_turn(talk: Talk) -> None:
    shown = await talk.ask("mod", "!verify-setup")
    assert "Category missing: **WELCOME**" in text_of(shown)
    assert "Page 1 of" in text_of(shown)
    await talk.press("mod", shown, "▶️")
    turned = await talk.edited(shown, lambda one: "Page 2 of" in text_of(one))
    assert "Channel missing" in text_of(turned)


async def test_the_welcome_is_set_shown_and_switched_off_and_survives_a_restart(
    alone: Talk, sandbox: Sandbox, tmp_path: Path
) -> None:
    general = sandbox.channel("general")
    async with running(sandbox, tmp_path, in_sandbox=False) as first:
        assert "The welcome is **off**" in text_of(await alone.ask("admin", "!welcome"))
        started = await sandbox.act.slash(
            user=sandbox.users["admin"],
            channel=sandbox.channel("bot-commands"),
            command="welcome",
            options={"action": "set", "channel": general},
        )
        told = text_of(await alone.answer_to(started["interaction_id"]))
        assert f"New members are welcomed in <#{general}>" in told
        assert "Welcome to Helix Home" in told
        await alone.ask("owner", f"!welcome set <#{general}>")
        entries = await first.collective.journal.entries(kinds=["welcome"])
        assert [(entry.after, entry.actor) for entry in entries] == [(str(general), "Adam (admin)")]
    async with running(sandbox, tmp_path, in_sandbox=False) as second:
        assert f"**on**, in <#{general}>" in text_of(await alone.ask("admin", "!tw"))
        assert "no longer welcomed" in text_of(await alone.ask("admin", "!welcome off"))
        assert "was already off" in text_of(await alone.ask("owner", "!welcome off"))
        assert len(await second.collective.journal.entries(kinds=["welcome"])) == 2


async def test_a_welcome_whose_channel_is_gone_says_so(talk: Talk, running_bot: RunningBot) -> None:
    await Welcomes(running_bot.bot).set(running_bot.sandbox.home_guild_id, 1)
    assert "I cannot see its channel" in text_of(await talk.ask("admin", "!welcome"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!welcome set", "Name the channel, such as `!welcome set #general`"),
        ("!welcome set #nowhere", "nowhere"),
        ("!welcome sett #general", "Did you mean `set`"),
        ("!setup everything", "The only mode is `dry-run`"),
    ],
)
async def test_wrong_arguments_are_explained(
    talk: Talk, running_bot: RunningBot, line: str, said: str
) -> None:
    assert said in text_of(await talk.ask("admin", line))
    assert await Welcomes(running_bot.bot).channel_id(running_bot.sandbox.home_guild_id) is None


async def test_a_channel_in_which_the_bot_cannot_write_is_refused(
    talk: Talk, running_bot: RunningBot
) -> None:
    sandbox = running_bot.sandbox
    guild, channel = home(sandbox), home(sandbox).channels[sandbox.channel("general")]
    quiet = Overwrite(sandbox.application_id, 1, 0, int(Permission.SEND_MESSAGES))
    sandbox.engine.channels.set_overwrite(guild, guild.owner_id, channel, quiet)
    said = text_of(await talk.ask("admin", "!welcome set #general"))
    assert "In #general I lack Send Messages" in said


@pytest.mark.parametrize("line", ["!setup", "!verify-setup", "!welcome"])
@pytest.mark.usefixtures("running_bot")
async def test_a_direct_message_has_nothing_to_set_up(talk: Talk, line: str) -> None:
    assert "works in a server" in text_of(await talk.ask("owner", line, dm=True))
