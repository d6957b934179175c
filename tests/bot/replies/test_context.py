"""What a command is given: cached data, answers after the interaction's end, and who owns the application."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.dispatch.client import _owners_of
from tests.bot.cog_folder import CogFolder
from tests.bot.conftest import StartBot
from tests.bot.support import Chat

COUNT = """
def build():
    self.bot.built = getattr(self.bot, "built", 0) + 1
    return self.bot.built
"""
COUNT_ASYNC = """
async def compute():
    self.bot.built = getattr(self.bot, "built", 0) + 1
    return self.bot.built
"""


@pytest.mark.parametrize(
    "body",
    [
        COUNT + "await ctx.say(str(ctx.cached((), build, ('state',))))",
        COUNT_ASYNC + "await ctx.say(str(await ctx.cached_async((), compute, ('state',))))",
    ],
)
async def test_data_is_computed_once_until_what_it_depends_on_changes(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, body: str
) -> None:
    cogs.write_cog("monitoring", {"status": body, "ping": body})
    running = await start_bot(package=cogs.package)
    assert (await chat.ask("!status"))["content"] == "1"
    assert (await chat.slash("status"))["content"] == "1"
    running.kernel.caches.drop_tags("state")
    assert (await chat.ask("!status"))["content"] == "2"
    # `ping` is never cached.
    assert (await chat.ask("!ping"))["content"] == "3"
    assert (await chat.ask("!ping"))["content"] == "4"


async def test_with_caching_switched_off_nothing_is_kept(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write_cog("monitoring", {"status": COUNT + "await ctx.say(str(ctx.cached((), build, ())))"})
    await start_bot(package=cogs.package, enable_response_caching=False)
    assert [(await chat.ask("!status"))["content"] for _ in range(2)] == ["1", "2"]


async def test_a_refused_or_cooling_caller_reads_nothing_from_the_cache(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write_cog("monitoring", {"status": COUNT + "await ctx.say(str(ctx.cached((), build, ())))"})
    await start_bot(package=cogs.package)
    answers = [(await chat.ask("!status"))["content"] for _ in range(6)]
    assert answers[:5] == ["1"] * 5
    assert "try again" in answers[5]


@pytest.mark.parametrize("command", ["ping", "cogs"])
async def test_an_answer_after_the_interactions_end_goes_to_the_channel_or_to_the_caller_alone(
    start_bot: StartBot,
    chat: Chat,
    cogs: CogFolder,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    cogs.write_cog("monitoring" if command == "ping" else "admin", {command: "await ctx.say('late')"})
    running = await start_bot(package=cogs.package)
    monkeypatch.setattr(discord.Interaction, "is_expired", lambda _: True)
    await running.sandbox.act.slash(user="admin", channel=chat.channel, command=command)
    late = await chat.until(lambda: next((m for m in chat.from_bot() if m["content"] == "late"), None))
    assert (late["channel_id"] == str(chat.channel)) == (command == "ping")


async def test_what_went_wrong_after_the_interactions_end_is_told_to_the_caller_alone(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    cogs.write_cog(
        "monitoring", {"ping": "raise HelixError('Too late.')"}, imports="from core.errors import HelixError"
    )
    running = await start_bot(package=cogs.package)
    monkeypatch.setattr(discord.Interaction, "is_expired", lambda _: True)
    await running.sandbox.act.slash(user="member", channel=chat.channel, command="ping")
    told = await chat.until(lambda: next((m for m in chat.from_bot() if m["content"] == "Too late."), None))
    assert told["channel_id"] != str(chat.channel)


async def test_embeds_files_and_views_arrive(start_bot: StartBot, chat: Chat, cogs: CogFolder) -> None:
    cogs.write_cog(
        "monitoring",
        {
            "ping": """
            view = discord.ui.View(timeout=None)
            view.add_item(discord.ui.Button(label="go", url="https://helix.example"))
            await ctx.say(
                embed=discord.Embed(title="one"),
                embeds=[discord.Embed(title="two")],
                view=view,
                files=[discord.File(io.BytesIO(b"data"), "data.txt")],
            )
            """
        },
        imports="import io\nimport discord",
    )
    await start_bot(package=cogs.package)
    for reply in (await chat.ask("!ping"), await chat.slash("ping")):
        assert [embed["title"] for embed in reply["embeds"]] == ["one", "two"]
        assert [one["filename"] for one in reply["attachments"]] == ["data.txt"]
        assert reply["components"]


async def test_names_are_shown_at_home_and_to_owners_in_private(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write_cog("monitoring", {"ping": "await ctx.say(str(ctx.at_home))"})
    running = await start_bot(package=cogs.package)
    there = running.sandbox.channel("general", running.sandbox.other_guild_id)
    assert (await chat.ask("!ping"))["content"] == "True"
    assert (await chat.ask("!ping", "visitor-admin", channel=there))["content"] == "False"
    assert (await chat.ask("!ping", "owner", dm=True))["content"] == "True"
    assert (await chat.ask("!ping", "member", dm=True))["content"] == "False"


def person(number: int, role: discord.TeamMemberRole, *, accepted: bool = True) -> Any:
    states = discord.TeamMembershipState
    return SimpleNamespace(
        id=number, role=role, membership_state=states.accepted if accepted else states.invited
    )


def test_a_teams_owner_admins_and_developers_are_owners_once_they_accepted() -> None:
    roles = discord.TeamMemberRole
    members = [
        person(2, roles.admin),
        person(3, roles.developer),
        person(4, roles.read_only),
        person(5, roles.admin, accepted=False),
    ]
    team = SimpleNamespace(owner_id=1, members=members)
    assert _owners_of(cast("Any", SimpleNamespace(team=team))) == {1, 2, 3}
    team.owner_id = None
    assert _owners_of(cast("Any", SimpleNamespace(team=team))) == {2, 3}


def test_without_a_team_the_applications_owner_is_one() -> None:
    application = SimpleNamespace(team=None, owner=SimpleNamespace(id=9))
    assert _owners_of(cast("Any", application)) == {9}
    assert _owners_of(None) == frozenset()
