"""Self-assignable roles with the real client on the sandbox."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.servers.self_roles import CATEGORIES, NAMES
from sandbox import Sandbox
from sandbox.faults import Fault
from sandbox.forms.roles import RoleForm
from sandbox.places import roles as sandbox_roles
from sandbox.records import Role
from tests.bot.cogs.talk import Message, Talk, items, text_of
from tests.bot.support import RunningBot, running


def create(sandbox: Sandbox, name: str, permissions: int = 0) -> Role:
    """A role, made by the owner of the home server."""
    guild = sandbox.engine.world.guilds[sandbox.home_guild_id]
    return sandbox.engine.roles.create(guild, guild.owner_id, RoleForm(name=name, permissions=permissions))


def names_of(sandbox: Sandbox, user: str) -> set[str]:
    """The roles that somebody has at home."""
    guild = sandbox.engine.world.guilds[sandbox.home_guild_id]
    return {guild.roles[role].name for role in guild.members[sandbox.users[user]].roles}


def roles_at_home(sandbox: Sandbox) -> list[str]:
    return [role.name for role in sandbox.engine.world.guilds[sandbox.home_guild_id].roles.values()]


def menu(message: Message, category: str) -> dict[str, Any]:
    """The menu of one category."""
    return next(item for item in items(message) if item.get("placeholder", "").lower().startswith(category))


async def tick(talk: Talk, user: str, message: Message, category: str, *values: str) -> None:
    await talk.sandbox.act.select(
        user=talk.sandbox.users[user],
        message=int(message["id"]),
        custom_id=menu(message, category)["custom_id"],
        values=list(values),
    )


async def test_setting_up_creates_what_is_missing_and_twice_changes_nothing(
    talk: Talk, running_bot: RunningBot
) -> None:
    sandbox = running_bot.sandbox
    create(sandbox, "telemetry")
    started = await talk.ask("admin", "!setup-roles notifications")
    done = await talk.edited(started, lambda one: "Created 8 roles" in text_of(one))
    assert "1 role already existed" in text_of(done)
    assert not {role for role in roles_at_home(sandbox) if role == "Telemetry"}
    assert set(CATEGORIES["notifications"]) - set(roles_at_home(sandbox)) == {"Telemetry"}
    guild = sandbox.engine.world.guilds[sandbox.home_guild_id]
    assert all(role.permissions == 0 for role in guild.roles.values() if role.name in NAMES)
    before = roles_at_home(sandbox)
    again = await talk.ask("admin", "!setup-roles notifications")
    assert "All roles exist; nothing was changed" in text_of(again)
    assert roles_at_home(sandbox) == before
    entries = await running_bot.collective.journal.entries(kinds=["roles"])
    assert [(entry.subject, entry.actor) for entry in entries] == [("notifications", "Adam (admin)")]


async def test_an_admin_sets_up_their_own_server_without_a_journal_entry(
    talk: Talk, running_bot: RunningBot
) -> None:
    sandbox = running_bot.sandbox
    channel = sandbox.channel("bots", sandbox.other_guild_id)
    started = await talk.ask("visitor-admin", "!setup-roles access", channel=channel)
    await talk.edited(started, lambda one: "Created 7 roles" in text_of(one))
    assert await running_bot.collective.journal.entries(kinds=["roles"]) == ()


async def test_a_role_with_permissions_is_never_changed_or_assigned(
    talk: Talk, running_bot: RunningBot
) -> None:
    sandbox = running_bot.sandbox
    create(sandbox, "Analytics", permissions=8)
    started = await talk.ask("admin", "!setup-roles access")
    done = await talk.edited(started, lambda one: "Created 6 roles" in text_of(one))
    assert "**Analytics** has permissions" in text_of(done)
    assert roles_at_home(sandbox).count("Analytics") == 1
    assert "I never assign it" in text_of(await talk.ask("member", "!subscribe analytics"))
    assert "Analytics" not in names_of(sandbox, "member")
    assert "There is no self-assignable role" in text_of(await talk.ask("member", "!subscribe Mod"))


async def test_a_failure_midway_is_reported_and_a_second_run_continues(
    talk: Talk, running_bot: RunningBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = running_bot.sandbox
    monkeypatch.setattr(sandbox_roles, "MAX_ROLES", len(roles_at_home(sandbox)) + 2)
    started = await talk.ask("admin", "!setup-roles community")
    ended = await talk.edited(started, lambda one: "`!setup-roles` continues" in text_of(one))
    assert "Created 2 roles" in text_of(ended)
    assert "has the most roles that Discord allows. 5 roles are still missing" in text_of(ended)
    monkeypatch.setattr(sandbox_roles, "MAX_ROLES", 250)
    again = await talk.ask("admin", "!setup-roles community")
    await talk.edited(again, lambda one: "Created 5 roles" in text_of(one))
    assert len(set(CATEGORIES["community"]) & set(roles_at_home(sandbox))) == 7


async def test_one_set_up_at_a_time(talk: Talk, running_bot: RunningBot) -> None:
    with running_bot.bot.guild_work.hold(running_bot.sandbox.home_guild_id, "setup"):
        assert "`setup` is already running on this server" in text_of(await talk.ask("admin", "!setup-roles"))


async def test_a_role_is_assigned_once_and_removed_once(talk: Talk, running_bot: RunningBot) -> None:
    sandbox = running_bot.sandbox
    create(sandbox, "Telemetry")
    assert "You now have **Telemetry**." in text_of(await talk.ask("member", "!subscribe tele"))
    assert "Telemetry" in names_of(sandbox, "member")
    assert "You already have **Telemetry**" in text_of(
        await talk.slash("member", "subscribe", role="telemetry")
    )
    assert "You no longer have" in text_of(await talk.ask("member", "!unsubscribe telemetry"))
    assert "Telemetry" not in names_of(sandbox, "member")
    assert "You do not have **Telemetry**" in text_of(await talk.ask("member", "!unsubscribe telemetry"))


async def test_a_role_may_be_mentioned(talk: Talk, running_bot: RunningBot) -> None:
    role = create(running_bot.sandbox, "Telemetry")
    assert "You now have" in text_of(await talk.ask("member", f"!subscribe <@&{role.id}>"))
    other = create(running_bot.sandbox, "Boss", permissions=8)
    assert "There is no" in text_of(await talk.ask("member", f"!subscribe <@&{other.id}>"))
    assert "There is no" in text_of(await talk.ask("member", "!subscribe <@&1>"))


async def test_of_several_matching_roles_one_is_chosen_from_a_menu(
    talk: Talk, running_bot: RunningBot
) -> None:
    sandbox = running_bot.sandbox
    create(sandbox, "Lore & Philosophy")
    create(sandbox, "Lore Keeper")
    asked = await talk.ask("member", "!subscribe lore")
    assert "2 roles match `lore`" in text_of(asked)
    await talk.choose("member", asked, "Lore Keeper")
    await talk.edited(asked, lambda one: "You now have **Lore Keeper**" in text_of(one))
    assert "Lore Keeper" in names_of(sandbox, "member")
    assert "You no longer have **Lore Keeper**" in text_of(await talk.ask("member", "!unsubscribe lore"))
    await talk.ask("member", "!subscribe Lore Keeper")
    await talk.ask("member", "!subscribe Lore & Philosophy")
    both = await talk.ask("member", "!unsubscribe lore")
    await talk.choose("member", both, "Lore & Philosophy")
    await talk.edited(both, lambda one: "You no longer have **Lore & Philosophy**" in text_of(one))


async def test_a_role_above_the_bots_own_is_explained(talk: Talk, running_bot: RunningBot) -> None:
    sandbox = running_bot.sandbox
    role = create(sandbox, "Telemetry")
    guild = sandbox.engine.world.guilds[sandbox.home_guild_id]
    sandbox.engine.roles.move(guild, guild.owner_id, {role.id: len(guild.roles) - 1})
    await settled(running_bot, role)
    assert "is above my own role" in text_of(await talk.ask("member", "!subscribe telemetry"))
    started = await talk.ask("admin", "!setup-roles notifications")
    done = await talk.edited(started, lambda one: "Created 8 roles" in text_of(one))
    assert "**Telemetry** is above my own role" in text_of(done)


async def settled(running_bot: RunningBot, role: Role) -> None:
    """Wait until the bot knows the role's position."""
    async with asyncio.timeout(40):
        while True:
            guild = running_bot.bot.get_guild(running_bot.sandbox.home_guild_id)
            known = None if guild is None else guild.get_role(role.id)
            if known is not None and known.position == role.position:
                return
            await asyncio.sleep(0.005)


async def test_a_refusal_by_discord_is_explained(talk: Talk, running_bot: RunningBot) -> None:
    sandbox = running_bot.sandbox
    create(sandbox, "Telemetry")
    sandbox.engine.faults.add(Fault("PUT", "/guilds/*/members/*/roles/*", status=403, times=1))
    assert "Discord does not let me change" in text_of(await talk.ask("member", "!subscribe telemetry"))
    sandbox.engine.faults.add(Fault("PUT", "/guilds/*/members/*/roles/*", code=10011, times=1))
    assert "**Telemetry** no longer exists in this server" in text_of(
        await talk.ask("member", "!subscribe telemetry")
    )


async def test_a_member_who_left_is_not_mistaken_for_a_deleted_role(
    talk: Talk, running_bot: RunningBot
) -> None:
    sandbox = running_bot.sandbox
    create(sandbox, "Telemetry")
    sandbox.engine.faults.add(Fault("PUT", "/guilds/*/members/*/roles/*", code=10007, times=1))
    assert "you are no longer in this server" in text_of(await talk.ask("member", "!subscribe telemetry"))


async def test_roles_are_toggled_by_menus_that_survive_a_restart(sandbox: Sandbox, tmp_path: Path) -> None:
    for name in ("Telemetry", "Ritual Engine", "Kael"):
        create(sandbox, name)
    talk = Talk(sandbox)
    async with running(sandbox, tmp_path / "data"):
        await talk.ask("member", "!subscribe telemetry")
        shown = await talk.ask("member", "!roles")
        assert "You have 1 of these roles" in text_of(shown)
        assert "✅ Telemetry" in text_of(shown)
        assert [(one["value"], one.get("default", False)) for one in menu(shown, "notif")["options"]] == [
            ("Telemetry", True),
            ("Ritual Engine", False),
        ]
    async with running(sandbox, tmp_path / "data"):
        await tick(talk, "member", shown, "notif", "Ritual Engine")
        shown = await talk.edited(shown, lambda one: "✅ Ritual Engine" in text_of(one))
        assert "▫️ Telemetry" in text_of(shown)
        await tick(talk, "member", shown, "agents", "Kael")
        shown = await talk.edited(shown, lambda one: "You have 2 of these roles" in text_of(one))
        await tick(talk, "member", shown, "agents")
        await talk.edited(shown, lambda one: "You have 1 of these roles" in text_of(one))
    assert names_of(sandbox, "member") == {"Member", "Ritual Engine"}
    talk.close()


async def test_a_menu_says_what_could_not_be_done(talk: Talk, running_bot: RunningBot) -> None:
    sandbox = running_bot.sandbox
    create(sandbox, "Telemetry")
    shown = await talk.slash("member", "roles", category="notifications")
    assert len(items(shown)) == 1
    sandbox.engine.faults.add(Fault("PUT", "/guilds/*/members/*/roles/*", status=403, times=1))
    await tick(talk, "member", shown, "notif", "Telemetry")
    told = await talk.edited(shown, lambda one: "Discord does not let me change" in text_of(one))
    assert "▫️ Telemetry" in text_of(told)


async def test_only_roles_that_can_be_changed_are_completed(talk: Talk, running_bot: RunningBot) -> None:
    create(running_bot.sandbox, "Telemetry")
    create(running_bot.sandbox, "Kael")
    await talk.ask("member", "!subscribe kael")
    assert await talk.complete("member", "subscribe", "role", "") == ["Telemetry"]
    assert await talk.complete("member", "unsubscribe", "role", "") == ["Kael"]


@pytest.mark.parametrize("line", ["!roles", "!subscribe telemetry", "!setup-roles"])
async def test_a_direct_message_has_no_roles(talk: Talk, line: str) -> None:
    assert "works in a server" in text_of(await talk.ask("owner", line, dm=True))
