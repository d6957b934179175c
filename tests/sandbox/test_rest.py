"""REST by hand: shapes, refusals and limits that discord.py hides or never meets."""

import io
from typing import Any

import pytest
from aiohttp import FormData

from sandbox import Sandbox
from sandbox.files import MAX_FILE_BYTES
from sandbox.permissions import Permission
from sandbox.world import MESSAGES_PER_CHANNEL
from tests.sandbox.support import Api, Clock, deny_bot


@pytest.mark.parametrize("header", [None, "Bot wrong", "Bearer {token}", "Bot", "Bot ü"])
async def test_a_missing_or_wrong_token_is_401(api: Api, header: str | None) -> None:
    token = api.sandbox.token
    headers = {} if header is None else {"Authorization": header.format(token=token)}

    assert await api.call("GET", "/users/@me", headers=headers) == (
        401,
        {"message": "401: Unauthorized", "code": 0},
    )


async def test_the_content_type_is_exactly_what_discord_sends(api: Api) -> None:
    headers = {"Authorization": f"Bot {api.sandbox.token}"}
    async with api.session.get(f"{api.sandbox.api_url}/users/@me", headers=headers) as response:
        assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/guilds/1/audit-logs"),
        ("PATCH", "/users/@me"),
        ("DELETE", "/channels/1"),
        ("GET", "/nonsense"),
    ],
)
async def test_a_route_it_does_not_have_is_501_and_logged(
    api: Api, caplog: pytest.LogCaptureFixture, method: str, path: str
) -> None:
    status, body = await api.call(method, path)

    assert status == 501
    assert body["message"] == f"The sandbox does not have {method} /api/v10{path}."
    assert f"sandbox.rest.missing method={method} path=/api/v10{path}" in caplog.text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/users/1", 404, 10013),
        ("/users/x", 400, 50035),
        ("/channels/1", 404, 10003),
        ("/guilds/1", 404, 10004),
        ("/guilds/{home}/roles/1", 404, 10011),
        ("/guilds/{home}/members/1", 404, 10013),
        ("/guilds/{home}/members?limit=1001", 400, 50035),
        ("/guilds/{home}/members?limit=0", 400, 50035),
        ("/guilds/{home}/members?limit=x", 400, 50035),
        ("/guilds/{home}/members?after=x", 400, 50035),
        ("/guilds/{home}/members/search", 400, 50035),
        ("/channels/{general}/messages/1", 404, 10008),
        ("/channels/{general}/messages?limit=101", 400, 50035),
        ("/channels/{category}/messages", 400, 50008),
        ("/applications/1/commands", 403, 20012),
        ("/applications/{app}/commands/1", 404, 10063),
        ("/applications/{app}/guilds/1/commands", 403, 50001),
    ],
)
async def test_what_is_not_there_has_discords_code(
    api: Api, sandbox: Sandbox, path: str, status: int, code: int
) -> None:
    ids = {
        "home": sandbox.home_guild_id,
        "general": sandbox.channel("general"),
        "category": sandbox.channel("Talk"),
        "app": sandbox.application_id,
    }

    answer, body = await api.call("GET", path.format(**ids))

    assert (answer, body["code"]) == (status, code)


async def test_a_server_that_the_bot_has_left_is_no_longer_open_to_it(api: Api, sandbox: Sandbox) -> None:
    del sandbox.engine.world.guilds[sandbox.other_guild_id].members[sandbox.application_id]

    status, body = await api.call("GET", f"/guilds/{sandbox.other_guild_id}")
    _, mine = await api.call("GET", "/users/@me/guilds")

    assert (status, body["code"]) == (403, 50001)
    assert [guild["id"] for guild in mine] == [str(sandbox.home_guild_id)]


async def test_reading_needs_no_more_than_it_should(api: Api, sandbox: Sandbox) -> None:
    home = sandbox.home_guild_id
    admin_role = next(r.id for r in sandbox.engine.world.guilds[home].roles.values() if r.name == "Admin")

    _, role = await api.call("GET", f"/guilds/{home}/roles/{admin_role}")
    _, found = await api.call("GET", f"/guilds/{home}/members/search?query=Ada&limit=5")
    _, plain = await api.call("GET", f"/guilds/{home}")
    status, gateway = await api.call("GET", "/gateway", headers={})

    assert role["name"] == "Admin"
    assert [member["user"]["username"] for member in found] == ["adam"]
    assert "approximate_member_count" not in plain
    assert (status, gateway) == (200, {"url": sandbox.gateway_url})


async def test_members_are_paged_by_id(api: Api, sandbox: Sandbox) -> None:
    path = f"/guilds/{sandbox.home_guild_id}/members"

    _, first = await api.call("GET", f"{path}?limit=2&after=0")
    _, rest = await api.call("GET", f"{path}?limit=1000&after={first[-1]['user']['id']}")

    ids = [int(member["user"]["id"]) for member in first + rest]
    assert len(ids) == 5
    assert ids == sorted(set(ids))


async def test_the_member_list_needs_the_members_switch(api: Api, sandbox: Sandbox) -> None:
    sandbox.engine.world.application.members_intent = False

    status, _ = await api.call("GET", f"/guilds/{sandbox.home_guild_id}/members")

    assert status == 403


async def test_without_the_content_switch_rest_blanks_what_others_wrote(
    api: Api, sandbox: Sandbox, general: int
) -> None:
    sandbox.engine.world.application.message_content_intent = False
    await sandbox.act.message(user="owner", channel=general, content="secret")
    await api.call("POST", f"/channels/{general}/messages", {"content": "own"})

    _, history = await api.call("GET", f"/channels/{general}/messages")

    assert [message["content"] for message in history] == ["own", ""]


async def test_history_is_empty_without_its_permission(api: Api, sandbox: Sandbox, general: int) -> None:
    await sandbox.act.message(user="owner", channel=general, content="old")
    deny_bot(sandbox, general, deny=Permission.READ_MESSAGE_HISTORY)

    assert await api.call("GET", f"/channels/{general}/messages") == (200, [])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", 50109),
        (b"[1]", 50035),
        (b"\xff", 50109),
        (b"[" * 100_000, 50109),
        (b"", 50006),
    ],
)
async def test_a_body_that_is_no_json_object_is_400(api: Api, general: int, body: bytes, code: int) -> None:
    status, answer = await api.call("POST", f"/channels/{general}/messages", data=body)

    assert (status, answer["code"]) == (400, code)


async def test_a_reply_to_nothing_is_refused_unless_that_is_allowed(api: Api, general: int) -> None:
    path = f"/channels/{general}/messages"
    reference = {"message_id": "1"}

    refused, body = await api.call("POST", path, {"content": "x", "message_reference": reference})
    allowed, message = await api.call(
        "POST",
        path,
        {"content": "x", "message_reference": reference | {"fail_if_not_exists": False}},
    )

    assert (refused, allowed) == (400, 200)
    assert body["errors"]["message_reference"]["_errors"][0]["code"] == "REPLIES_UNKNOWN_MESSAGE"
    assert "message_reference" not in message


async def test_replying_needs_the_history_permission(api: Api, sandbox: Sandbox, general: int) -> None:
    sent = await sandbox.act.message(user="owner", channel=general, content="x")
    deny_bot(sandbox, general, deny=Permission.READ_MESSAGE_HISTORY)

    status, body = await api.call(
        "POST",
        f"/channels/{general}/messages",
        {"content": "x", "message_reference": {"message_id": sent["id"]}},
    )

    assert (status, body["code"]) == (400, 160002)


async def test_an_answered_message_that_is_gone_is_shown_as_null(
    api: Api, sandbox: Sandbox, general: int
) -> None:
    sent = await sandbox.act.message(user="owner", channel=general, content="x")
    _, reply = await api.call(
        "POST",
        f"/channels/{general}/messages",
        {"content": "y", "message_reference": {"message_id": sent["id"]}},
    )
    await sandbox.act.delete(user="owner", message=sent["id"])

    _, later = await api.call("GET", f"/channels/{general}/messages/{reply['id']}")

    assert reply["referenced_message"]["id"] == sent["id"]
    assert later["referenced_message"] is None


async def test_a_nonce_is_enforced_only_on_request_and_for_some_minutes(
    api: Api, general: int, clock: Clock
) -> None:
    path = f"/channels/{general}/messages"

    async def send(nonce: object, *, enforce: bool) -> str:
        body = {"content": "x", "nonce": nonce, "enforce_nonce": enforce}
        _, message = await api.call("POST", path, body)
        return str(message["id"])

    first = await send("n", enforce=True)
    assert await send("n", enforce=True) == first
    assert await send("n", enforce=False) != first
    assert await send(7, enforce=True) == await send("7", enforce=True)
    clock.now_s += 301
    assert await send("n", enforce=True) != first


async def test_a_nonce_whose_message_is_gone_sends_anew(api: Api, general: int) -> None:
    path = f"/channels/{general}/messages"
    body = {"content": "x", "nonce": "n", "enforce_nonce": True}
    _, first = await api.call("POST", path, body)
    await api.call("DELETE", f"{path}/{first['id']}")

    status, second = await api.call("POST", path, body)

    assert status == 200
    assert second["id"] != first["id"]


async def test_a_channel_keeps_its_newest_messages_only(api: Api, sandbox: Sandbox, general: int) -> None:
    first = await sandbox.act.message(user="owner", channel=general, content="first")
    for _ in range(MESSAGES_PER_CHANNEL):
        await sandbox.act.message(user="owner", channel=general, content="x")

    status, _ = await api.call("GET", f"/channels/{general}/messages/{first['id']}")

    channel = sandbox.engine.world.find_channel(general)
    assert channel is not None
    assert len(channel.messages) == MESSAGES_PER_CHANNEL
    assert status == 404


def upload(payload: str, *files: tuple[str, str, bytes]) -> FormData:
    form = FormData(quote_fields=False)
    form.add_field("payload_json", payload)
    for field, name, data in files:
        form.add_field(field, io.BytesIO(data), filename=name)
    return form


async def test_a_file_name_is_never_a_path(api: Api, general: int) -> None:
    form = upload('{"content":"x"}', ("files[0]", "../../etc/pass wd;.png", b"x"))

    status, message = await api.call("POST", f"/channels/{general}/messages", data=form)

    assert status == 200
    filename = message["attachments"][0]["filename"]
    assert "/" not in filename
    assert " " not in filename
    assert message["attachments"][0]["url"].endswith("/" + filename)


async def test_a_file_that_is_too_large_is_413(api: Api, general: int) -> None:
    form = upload("{}", ("files[0]", "big.bin", bytes(MAX_FILE_BYTES + 1)))

    status, body = await api.call("POST", f"/channels/{general}/messages", data=form)

    assert (status, body["code"]) == (413, 40005)


async def test_more_than_ten_files_are_refused(api: Api, general: int) -> None:
    files = [(f"files[{n}]", f"{n}.txt", b"x") for n in range(11)]

    status, body = await api.call("POST", f"/channels/{general}/messages", data=upload("{}", *files))

    assert status == 400
    assert "attachments" in body["errors"]


async def test_a_broken_multipart_body_is_400(api: Api, general: int) -> None:
    headers = {
        "Authorization": f"Bot {api.sandbox.token}",
        "Content-Type": "multipart/form-data",
    }

    status, body = await api.call(
        "POST", f"/channels/{general}/messages", data=b"--x\r\nnonsense", headers=headers
    )

    assert (status, body["code"]) == (400, 50109)


@pytest.mark.parametrize("payload", ["{", "[]"])
async def test_a_payload_that_is_no_object_is_refused(api: Api, general: int, payload: str) -> None:
    status, _ = await api.call("POST", f"/channels/{general}/messages", data=upload(payload))

    assert status == 400


async def test_direct_messages_cannot_be_opened_with_nobody_or_a_bot(api: Api, sandbox: Sandbox) -> None:
    path = "/users/@me/channels"

    unknown, _ = await api.call("POST", path, {"recipient_id": "1"})
    broken, _ = await api.call("POST", path, {"recipient_id": "x"})
    itself, body = await api.call("POST", path, {"recipient_id": str(sandbox.application_id)})

    assert (unknown, broken, itself) == (404, 400, 400)
    assert body["code"] == 50007


async def test_a_persons_direct_message_cannot_be_deleted(api: Api, sandbox: Sandbox) -> None:
    sent = await sandbox.act.message(user="owner", dm=True, content="mine")
    path = f"/channels/{sent['channel_id']}/messages"

    one, body = await api.call("DELETE", f"{path}/{sent['id']}")
    many, _ = await api.call("POST", f"{path}/bulk-delete", {"messages": [sent["id"], "1"]})

    assert (one, body["code"]) == (403, 50003)
    assert many == 403


@pytest.mark.parametrize(
    ("messages", "status"), [(None, 400), (["1"], 400), (["1"] * 101, 400), (["1", "2"], 404)]
)
async def test_bulk_delete_needs_two_to_a_hundred_messages(
    api: Api, general: int, messages: Any, status: int
) -> None:
    answer, _ = await api.call("POST", f"/channels/{general}/messages/bulk-delete", {"messages": messages})

    assert answer == status


async def test_reacting_anew_needs_a_permission_that_joining_does_not(
    api: Api, sandbox: Sandbox, general: int
) -> None:
    sent = await sandbox.act.message(user="owner", channel=general, content="x")
    await sandbox.act.reaction(user="owner", message=sent["id"], emoji="👍")
    deny_bot(sandbox, general, deny=Permission.ADD_REACTIONS)
    path = f"/channels/{general}/messages/{sent['id']}/reactions"

    joined, _ = await api.call("PUT", f"{path}/👍/@me")
    anew, body = await api.call("PUT", f"{path}/🎉/@me")

    assert joined == 204
    assert (anew, body["code"]) == (403, 50013)


async def test_twenty_kinds_of_reactions_are_the_most(api: Api, sandbox: Sandbox, general: int) -> None:
    sent = await sandbox.act.message(user="owner", channel=general, content="x")
    path = f"/channels/{general}/messages/{sent['id']}/reactions"
    emojis = [chr(0x1F600 + n) for n in range(21)]

    statuses = [(await api.call("PUT", f"{path}/{emoji}/@me"))[0] for emoji in emojis]
    _, listed = await api.call("GET", f"{path}/{emojis[0]}?limit=1")

    assert statuses == [204] * 20 + [400]
    assert [user["id"] for user in listed] == [str(sandbox.application_id)]


async def test_commands_are_created_edited_and_deleted_one_by_one(api: Api, sandbox: Sandbox) -> None:
    base = f"/applications/{sandbox.application_id}/commands"
    body = {"name": "ping", "description": "Pong"}

    created, command = await api.call("POST", base, body)
    replaced, again = await api.call("POST", base, body | {"description": "Pong!"})
    _, edited = await api.call("PATCH", f"{base}/{command['id']}", {"name": "pong"})
    _, fetched = await api.call("GET", f"{base}/{command['id']}")
    deleted, _ = await api.call("DELETE", f"{base}/{command['id']}")
    _, left = await api.call("GET", base)

    assert (created, replaced, deleted) == (201, 200, 204)
    assert again["id"] == command["id"]
    assert edited["description"] == "Pong!"
    assert fetched == edited
    assert int(edited["version"]) > int(command["version"])
    assert left == []


async def test_a_bulk_overwrite_replaces_all_and_keeps_the_ids_of_what_stays(
    api: Api, sandbox: Sandbox
) -> None:
    base = f"/applications/{sandbox.application_id}/commands"
    one, two, three = ({"name": name, "description": "x"} for name in ("one", "two", "three"))

    _, first = await api.call("PUT", base, [one, two])
    _, second = await api.call("PUT", base, [two, three])
    refused, _ = await api.call("PUT", base, [one, one])
    not_a_list, _ = await api.call("PUT", base, {})
    _, kept = await api.call("GET", base)

    assert [command["name"] for command in kept] == ["two", "three"]
    assert second[0]["id"] == first[1]["id"]
    assert (refused, not_a_list) == (400, 400)


async def test_a_command_cannot_be_renamed_to_one_that_exists(api: Api, sandbox: Sandbox) -> None:
    base = f"/applications/{sandbox.application_id}/commands"
    _, commands = await api.call("PUT", base, [{"name": name, "description": "x"} for name in ("one", "two")])

    status, _ = await api.call("PATCH", f"{base}/{commands[0]['id']}", {"name": "two"})

    assert status == 400


async def test_a_hundred_and_first_command_is_refused(api: Api, sandbox: Sandbox) -> None:
    base = f"/applications/{sandbox.application_id}/commands"
    await api.call("PUT", base, [{"name": f"c{n}", "description": "x"} for n in range(100)])

    status, body = await api.call("POST", base, {"name": "one-more", "description": "x"})

    assert (status, body["code"]) == (400, 30032)
