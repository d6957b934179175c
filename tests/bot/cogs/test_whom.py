"""A refusal says whom to ask, with roles and owners as the server has them."""

from __future__ import annotations

import pytest

from bot.access import whom
from bot.catalog.entry import Level
from sandbox import Sandbox
from tests.bot.cogs.talk import Talk, text_of
from tests.bot.support import RunningBot


def role(sandbox: Sandbox, name: str, guild_id: int | None = None) -> str:
    guild = sandbox.engine.world.guilds[guild_id or sandbox.home_guild_id]
    return next(f"<@&{one.id}>" for one in guild.roles.values() if one.name == name)


async def test_a_refusal_at_home_names_the_owner_and_the_roles_that_may(
    talk: Talk, running_bot: RunningBot
) -> None:
    sandbox = running_bot.sandbox
    owner = f"<@{sandbox.users['owner']}>"
    reply = await talk.ask("member", "!reload help")
    admin, mod = role(sandbox, "Admin"), role(sandbox, "Mod")
    assert text_of(reply) == f"This needs an administrator. Ask {owner}, or anyone with {admin}."
    reply = await talk.slash("member", "sync")
    assert (
        text_of(reply)
        == f"This needs someone with Manage Server. Ask {owner}, or anyone with {mod} or {admin}."
    )


async def test_the_admin_role_of_the_settings_is_named_too(talk: Talk, running_bot: RunningBot) -> None:
    helpers = role(talk.sandbox, "Mod")
    assert helpers not in text_of(await talk.ask("member", "!reload help"))
    running_bot.bot.admin_role_id = int(helpers.strip("<@&>"))
    assert helpers in text_of(await talk.ask("member", "!reload help"))


async def test_naming_a_member_does_not_ping_them(talk: Talk, running_bot: RunningBot) -> None:
    reply = await talk.ask("member", "!reload help")
    assert running_bot.bot.user is not None
    assert reply["mentions"] == []
    assert reply["mention_roles"] == []


@pytest.mark.usefixtures("running_bot")
async def test_an_action_that_is_refused_says_whom_to_ask(talk: Talk) -> None:
    assert "`post` needs an administrator. Ask <@" in text_of(
        await talk.ask("member", "!rules post #general")
    )


async def test_a_refusal_elsewhere_names_the_home_server(talk: Talk, running_bot: RunningBot) -> None:
    channel = talk.sandbox.channel("bots", talk.sandbox.other_guild_id)
    text = text_of(await talk.ask("visitor-admin", "!reload help", channel=channel))
    assert text.endswith("Use it in **Helix Home**, or ask there.")
    text = text_of(await talk.ask("admin", "!reload help", dm=True))
    assert text.endswith("Use it in **Helix Home**, or ask there.")
    running_bot.bot.home_guild_id = None
    text = text_of(await talk.ask("admin", "!reload help", dm=True))
    assert text.endswith("Ask the operator of this bot.")


async def test_a_refusal_of_a_local_command_names_people_of_that_server(running_bot: RunningBot) -> None:
    sandbox = running_bot.sandbox
    other = running_bot.bot.get_guild(sandbox.other_guild_id)
    owner, admin = f"<@{sandbox.users['visitor-admin']}>", role(sandbox, "Admin", sandbox.other_guild_id)
    asked = whom.to_ask(running_bot.bot, other, Level.admin, local=True)
    assert asked == f"Ask {owner}, or anyone with {admin}."


@pytest.mark.usefixtures("running_bot")
async def test_a_directive_refused_for_lack_of_powers_says_whom_to_ask(talk: Talk) -> None:
    reply = await talk.ask("mod", "!run emit report.ready")
    assert "It needs the permissions of an administrator." in text_of(reply)
    assert f"anyone with {role(talk.sandbox, 'Admin')}" in text_of(reply)


async def test_an_internal_error_says_whom_to_tell(
    talk: Talk, running_bot: RunningBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(running_bot.bot.collective.journal, "entries", fail)
    owner, admin = f"<@{talk.sandbox.users['owner']}>", role(talk.sandbox, "Admin")
    text = text_of(await talk.ask("member", "!history Kael"))
    assert text.endswith(f"Please tell {owner}, or anyone with {admin}.")
    text = text_of(await talk.ask("member", "!history Kael", dm=True))
    assert text.endswith("Please tell an admin of **Helix Home**.")
    running_bot.bot.home_guild_id = None
    text = text_of(await talk.slash("member", "history", agent="Kael"))
    assert text.endswith("Please tell the operator of this bot.")
