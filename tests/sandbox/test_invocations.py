"""What people type after a slash, checked by the command's registered options."""

import asyncio
from typing import Any

import pytest

from sandbox import ActionError, Sandbox
from sandbox.permissions import Permission
from sandbox.records import Overwrite
from tests.sandbox.support import Api

OPTIONS = [
    {"name": "text", "description": "d", "type": 3, "required": True, "max_length": 3},
    {"name": "count", "description": "d", "type": 4, "min_value": 1, "max_value": 9},
    {"name": "sure", "description": "d", "type": 5},
    {"name": "who", "description": "d", "type": 6},
    {"name": "where", "description": "d", "type": 7},
    {"name": "role", "description": "d", "type": 8},
    {"name": "share", "description": "d", "type": 10},
    {"name": "file", "description": "d", "type": 11},
    {
        "name": "level",
        "description": "d",
        "type": 4,
        "choices": [{"name": "low", "value": 1}, {"name": "high", "value": 2}],
    },
    {"name": "guess", "description": "d", "type": 4, "autocomplete": True},
]


async def register(api: Api, **fields: Any) -> None:
    command = {"name": "try", "description": "d", "options": OPTIONS} | fields
    status, body = await api.call("PUT", f"/applications/{api.sandbox.application_id}/commands", [command])
    assert status == 200, body


async def run(api: Api, channel: int, user: str = "member", **options: Any) -> Any:
    """Runs ``/try``; gives the interaction's data as the bot gets it."""
    raw, _ = await api.identified()
    await api.sandbox.act.slash(user=user, channel=channel, command="/try", options=options)
    return (await raw.event("INTERACTION_CREATE"))["d"]


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
        ({"text": "long text"}, "out of its bounds"),
        ({"text": []}, "cannot be"),
        ({"text": "x", "count": 0}, "out of its bounds"),
        ({"text": "x", "count": 10}, "out of its bounds"),
        ({"text": "x", "count": "many"}, "cannot be"),
        ({"text": "x", "count": True}, "cannot be"),
        ({"text": "x", "count": 1 << 60}, "cannot be"),
        ({"text": "x", "share": "half"}, "cannot be"),
        ({"text": "x", "share": True}, "cannot be"),
        ({"text": "x", "share": "nan"}, "cannot be"),
        ({"text": "x", "sure": "maybe"}, "cannot be"),
        ({"text": "x", "who": "mona"}, "cannot be"),
        ({"text": "x", "who": 1}, "nothing here with the id 1"),
        ({"text": "x", "where": 1}, "nothing here with the id 1"),
        ({"text": "x", "role": 1}, "nothing here with the id 1"),
        ({"text": "x", "file": "a.txt"}, "cannot be"),
        ({"text": "x", "level": 3}, "one of its choices"),
    ],
)
async def test_what_does_not_fit_is_said(api: Api, general: int, options: dict[str, Any], said: str) -> None:
    await register(api)

    with pytest.raises(ActionError, match=said) as refused:
        await api.sandbox.act.slash(user="member", channel=general, command="try", options=options)

    assert refused.value.status == 400


@pytest.mark.parametrize("focused", ["text", "nothing"])
async def test_only_an_option_that_completes_can_be_completed(api: Api, general: int, focused: str) -> None:
    await register(api)

    with pytest.raises(ActionError, match="completes no option"):
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
    api.sandbox.engine.interactions.answer_s = 0.2 if status == 400 else 3
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


class Answers:
    """Raw answers to one interaction."""

    def __init__(self, api: Api, interaction: Any) -> None:
        self._api = api
        self.id = interaction["id"]
        self.token = interaction["token"]

    async def callback(self, body: Any, query: str = "", **ids: str) -> tuple[int, Any]:
        path = f"/interactions/{ids.get('id', self.id)}/{ids.get('token', self.token)}/callback"
        return await self._api.call("POST", path + query, body, headers={})

    async def follow_up(self, application: int | None = None) -> tuple[int, Any]:
        path = f"/webhooks/{application or self._api.sandbox.application_id}/{self.token}"
        return await self._api.call("POST", path, {"content": "more"}, headers={})

    async def message(self, which: str) -> tuple[int, Any]:
        path = f"/webhooks/{self._api.sandbox.application_id}/{self.token}/messages/{which}"
        return await self._api.call("GET", path, headers={})


@pytest.fixture
async def answers(api: Api, general: int) -> Answers:
    await register(api, options=[])
    return Answers(api, await run(api, general))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"type": 9, "data": {}}, 501),
        ({"type": 1}, 400),
        ({"type": 6}, 400),
        ({"type": 7, "data": {"content": "x"}}, 400),
        ({"type": 8, "data": {"choices": []}}, 400),
        ({"type": []}, 400),
        ({}, 400),
        ({"type": 4, "data": []}, 400),
        ({"type": 4, "data": [1]}, 400),
        ({"type": 4, "data": {}}, 400),
        ({"type": 4, "data": {"content": "x" * 2001}}, 400),
    ],
)
async def test_a_wrong_answer_is_refused_and_leaves_the_interaction_open(
    answers: Answers, body: Any, status: int
) -> None:
    refused, _ = await answers.callback(body)
    accepted, _ = await answers.callback({"type": 4, "data": {"content": "right"}})

    assert (refused, accepted) == (status, 204)


async def test_an_answer_can_be_had_back(answers: Answers) -> None:
    status, body = await answers.callback({"type": 5, "data": {"flags": 64}}, "?with_response=true")

    assert status == 200
    assert body["interaction"]["response_message_loading"] is True
    assert body["interaction"]["response_message_ephemeral"] is True
    assert body["resource"]["message"]["flags"] == 64 | 128


async def test_a_second_answer_is_too_many(answers: Answers) -> None:
    await answers.callback({"type": 5})

    status, body = await answers.callback({"type": 4, "data": {"content": "x"}})

    assert (status, body["code"]) == (400, 40060)


async def test_an_unknown_interaction_is_10062(answers: Answers) -> None:
    by_token = await answers.callback({"type": 5}, token="wrong")
    by_id = await answers.callback({"type": 5}, id="1")

    assert [(status, body["code"]) for status, body in (by_token, by_id)] == [(404, 10062)] * 2


async def test_a_follow_up_needs_an_answer_first_and_the_right_application(
    answers: Answers,
) -> None:
    early = await answers.follow_up()
    await answers.callback({"type": 5})
    wrong = await answers.follow_up(application=1)
    right, _ = await answers.follow_up()

    assert [(status, body["code"]) for status, body in (early, wrong)] == [(404, 10015)] * 2
    assert right == 200


@pytest.mark.parametrize("which", ["1", "x", "@else"])
async def test_a_message_that_is_none_of_its_own_is_unknown(answers: Answers, which: str) -> None:
    await answers.callback({"type": 4, "data": {"content": "x"}})

    status, body = await answers.message(which)

    assert (status, body["code"]) == (404, 10008)


async def test_the_token_works_without_the_bots(answers: Answers) -> None:
    await answers.callback({"type": 4, "data": {"content": "x"}})

    status, body = await answers.message("@original")

    assert (status, body["content"]) == (200, "x")
