"""Typed slash commands, checked against the registered options."""

import asyncio
from typing import Any

import pytest

from sandbox import ActionError, Sandbox
from sandbox.permissions import Permission
from sandbox.records import Overwrite
from tests.sandbox.commanding import register, run
from tests.sandbox.support import Api


async def test_typed_text_becomes_typed_values(api: Api, general: int) -> None:
    await register(api)

    interaction = await run(api, general, text=12, count="3", sure="FALSE", share="0.5", level="high")

    values = {option["name"]: option["value"] for option in interaction["data"]["options"]}
    assert values == {"text": "12", "count": 3, "sure": False, "share": 0.5, "level": 2}
    assert interaction["type"] == 2
    assert "resolved" not in interaction["data"]
    assert interaction["member"]["user"]["id"] == str(api.sandbox.users["member"])
    assert int(interaction["app_permissions"]) & Permission.MANAGE_ROLES


async def test_ids_bring_their_objects_along(api: Api, sandbox: Sandbox, general: int) -> None:
    await register(api)
    mod = str(sandbox.users["mod"])

    interaction = await run(
        api, general, text="x", who=mod, where=str(general), role=str(sandbox.home_guild_id)
    )

    resolved = interaction["data"]["resolved"]
    assert resolved["users"][mod]["username"] == "mona"
    assert "user" not in resolved["members"][mod]
    assert resolved["channels"][str(general)]["name"] == "general"
    assert resolved["roles"][str(sandbox.home_guild_id)]["name"] == "@everyone"


async def test_a_user_outside_the_server_comes_without_membership(
    api: Api, sandbox: Sandbox, general: int
) -> None:
    await register(api)

    interaction = await run(api, general, text="x", who=sandbox.users["newcomer"])

    assert "members" not in interaction["data"]["resolved"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "needs the option 'text'"),
        ({"text": None}, "needs the option 'text'"),
        ({"text": "x", "more": 1}, "no option named 'more'"),
        ({"text": "long text"}, "out of range"),
        ({"text": []}, "cannot be"),
        ({"text": "x", "count": 0}, "out of range"),
        ({"text": "x", "count": 10}, "out of range"),
        ({"text": "x", "count": "many"}, "cannot be"),
        ({"text": "x", "count": True}, "cannot be"),
        ({"text": "x", "count": 1 << 60}, "cannot be"),
        ({"text": "x", "share": "half"}, "cannot be"),
        ({"text": "x", "share": True}, "cannot be"),
        ({"text": "x", "share": "nan"}, "cannot be"),
        ({"text": "x", "sure": "maybe"}, "cannot be"),
        ({"text": "x", "who": "mona"}, "cannot be"),
        ({"text": "x", "who": 1}, "No user, role or channel here has the id 1"),
        ({"text": "x", "where": 1}, "No user, role or channel here has the id 1"),
        ({"text": "x", "role": 1}, "No user, role or channel here has the id 1"),
        ({"text": "x", "file": "a.txt"}, "cannot be"),
        ({"text": "x", "level": 3}, "one of its choices"),
    ],
)
async def test_an_invalid_option_is_refused_with_a_message(
    api: Api, general: int, options: dict[str, Any], said: str
) -> None:
    await register(api)

    with pytest.raises(ActionError, match=said) as refused:
        await api.sandbox.act.slash(user="member", channel=general, command="try", options=options)

    assert refused.value.status == 400


@pytest.mark.parametrize("focused", ["text", "nothing"])
async def test_only_an_option_with_autocomplete_can_be_completed(
    api: Api, general: int, focused: str
) -> None:
    await register(api)

    with pytest.raises(ActionError, match="with autocomplete"):
        await api.sandbox.act.autocomplete(user="member", channel=general, command="try", focused=focused)


@pytest.mark.parametrize(
    ("choices", "status"),
    [
        ([{"name": "one", "value": 1}], 204),
        ([], 204),
        ([{"name": "one", "value": "1"}], 400),
        ([{"name": str(n), "value": n} for n in range(26)], 400),
    ],
)
async def test_completions_are_checked_by_the_options_type(
    api: Api, general: int, choices: Any, status: int
) -> None:
    await register(api)
    api.sandbox.engine.interactions.answer_s = 0.2 if status == 400 else 3600
    raw, _ = await api.identified()
    asked = asyncio.create_task(
        api.act("autocomplete", user="member", channel=general, command="try", focused="guess"),
        name="test.completion",
    )
    interaction = (await raw.event("INTERACTION_CREATE"))["d"]

    answer, _ = await api.call(
        "POST",
        f"/interactions/{interaction['id']}/{interaction['token']}/callback",
        {"type": 8, "data": {"choices": choices}},
    )
    completed, body = await asked

    assert interaction["data"]["options"] == [{"name": "guess", "type": 4, "value": "", "focused": True}]
    assert answer == status
    assert (completed, body.get("choices")) == ((200, choices) if status == 204 else (504, None))


@pytest.mark.parametrize(
    ("permissions", "user", "works"),
    [
        ("32", "member", False),
        ("32", "mod", True),
        ("0", "mod", False),
        ("0", "admin", True),
    ],
)
async def test_default_member_permissions_are_kept(
    api: Api, general: int, permissions: str, user: str, works: bool
) -> None:
    await register(api, default_member_permissions=permissions, options=[])

    if works:
        assert (await run(api, general, user))["data"]["name"] == "try"
    else:
        with pytest.raises(ActionError, match="may not use"):
            await api.sandbox.act.slash(user=user, channel=general, command="try")


@pytest.mark.parametrize(
    ("fields", "in_server", "in_dm"),
    [
        ({}, True, True),
        ({"dm_permission": False}, True, False),
        ({"contexts": [0]}, True, False),
        ({"contexts": [1]}, False, True),
    ],
)
async def test_a_command_is_offered_where_it_says(
    api: Api, general: int, fields: dict[str, Any], in_server: bool, in_dm: bool
) -> None:
    await register(api, options=[], **fields)
    opened = await api.sandbox.act.message(user="member", dm=True, content="x")

    for channel, works in ((general, in_server), (int(opened["channel_id"]), in_dm)):
        if works:
            assert "interaction_id" in await api.sandbox.act.slash(
                user="member", channel=channel, command="try"
            )
        else:
            with pytest.raises(ActionError, match="does not work here"):
                await api.sandbox.act.slash(user="member", channel=channel, command="try")


async def test_using_commands_is_a_permission(api: Api, sandbox: Sandbox, general: int) -> None:
    await register(api, options=[])
    channel = sandbox.engine.world.find_channel(general)
    assert channel is not None
    deny = int(Permission.USE_APPLICATION_COMMANDS)
    channel.overwrites = [Overwrite(sandbox.home_guild_id, 0, 0, deny)]

    with pytest.raises(ActionError, match="may not do that"):
        await sandbox.act.slash(user="member", channel=general, command="try")
