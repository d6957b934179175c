"""Webhooks over raw REST: Discord's refusals and their codes."""

from typing import Any

import pytest

from sandbox import Sandbox
from sandbox.permissions import Permission
from sandbox.places.webhooks import MAX_WEBHOOKS
from tests.sandbox.support import Api, deny_bot


async def _made(api: Api, channel: int) -> dict[str, Any]:
    status, webhook = await api.call("POST", f"/channels/{channel}/webhooks", {"name": "Herald"})
    assert status == 200
    return dict(webhook)


@pytest.mark.parametrize(
    ("method", "path", "body", "refusal"),
    [
        ("POST", "/channels/{general}/webhooks", {}, (400, 50035)),
        ("POST", "/channels/{general}/webhooks", {"name": ""}, (400, 50035)),
        ("POST", "/channels/{general}/webhooks", {"name": "x" * 81}, (400, 50035)),
        ("POST", "/channels/{general}/webhooks", {"name": "My Discord bot"}, (400, 50035)),
        ("POST", "/channels/{general}/webhooks", {"name": "x", "avatar": "x"}, (400, 50035)),
        ("POST", "/channels/{Talk}/webhooks", {"name": "x"}, (400, 50024)),
        ("POST", "/channels/1/webhooks", {"name": "x"}, (404, 10003)),
        ("PATCH", "/webhooks/{id}", {"channel_id": "x"}, (400, 50035)),
        ("PATCH", "/webhooks/{id}", {"channel_id": "1"}, (404, 10003)),
        ("PATCH", "/webhooks/{id}", {"channel_id": "{Talk}"}, (400, 50024)),
        ("GET", "/webhooks/1", None, (404, 10015)),
        ("GET", "/webhooks/1/x", None, (404, 10015)),
        ("GET", "/webhooks/{id}/x", None, (401, 50027)),
        ("POST", "/webhooks/{id}/x", {"content": "x"}, (401, 50027)),
        ("POST", "/webhooks/{id}/ünicode", {"content": "x"}, (401, 50027)),
        ("POST", "/webhooks/x/y", {"content": "x"}, (400, 50035)),
        ("POST", "/webhooks/{id}/{token}", {}, (400, 50006)),
        ("POST", "/webhooks/{id}/{token}", {"content": "x" * 2001}, (400, 50035)),
        ("POST", "/webhooks/{id}/{token}", {"content": "x", "username": "Clyde"}, (400, 50035)),
        ("POST", "/webhooks/{id}/{token}", {"content": "x", "username": "x" * 81}, (400, 50035)),
        ("POST", "/webhooks/{id}/{token}", {"content": "x", "avatar_url": "x"}, (400, 50035)),
        ("POST", "/webhooks/{id}/{token}", {"content": "x", "thread_name": "x"}, (501, 0)),
        ("POST", "/webhooks/{id}/{token}?thread_id=1", {"content": "x"}, (404, 10003)),
        ("POST", "/webhooks/{id}/{token}?thread_id=x", {"content": "x"}, (400, 50035)),
        ("GET", "/webhooks/{id}/{token}/messages/1", None, (404, 10008)),
        ("POST", "/webhooks/{id}/{token}/slack", {"text": "x"}, (501, 0)),
    ],
)
async def test_invalid_input_is_refused_and_writes_nothing(
    api: Api, sandbox: Sandbox, *, method: str, path: str, body: Any, refusal: tuple[int, int]
) -> None:
    general, talk = sandbox.channel("general"), sandbox.channel("Talk")
    webhook = await _made(api, general)
    if body is not None:
        body = {key: str(talk) if value == "{Talk}" else value for key, value in body.items()}
    where = path.format(general=general, Talk=talk, id=webhook["id"], token=webhook["token"])

    status, answer = await api.call(method, where, body)

    assert (status, answer["code"]) == refusal, answer
    assert (await api.call("GET", f"/channels/{general}/messages"))[1] == []
    assert (await api.call("GET", f"/channels/{general}/webhooks"))[1] == [webhook]


async def test_managing_webhooks_needs_the_permission(api: Api, sandbox: Sandbox, general: int) -> None:
    webhook = await _made(api, general)
    deny_bot(sandbox, general, deny=Permission.MANAGE_WEBHOOKS)
    for role in sandbox.engine.world.guilds[sandbox.home_guild_id].roles.values():
        role.permissions &= ~int(Permission.MANAGE_WEBHOOKS)

    answers = [
        await api.call("POST", f"/channels/{general}/webhooks", {"name": "x"}),
        await api.call("GET", f"/channels/{general}/webhooks"),
        await api.call("GET", f"/guilds/{sandbox.home_guild_id}/webhooks"),
        await api.call("GET", f"/webhooks/{webhook['id']}"),
        await api.call("PATCH", f"/webhooks/{webhook['id']}", {"name": "x"}),
        await api.call("DELETE", f"/webhooks/{webhook['id']}"),
    ]

    assert [(status, body["code"]) for status, body in answers] == [(403, 50013)] * 6
    with_token, _ = await api.call("POST", f"/webhooks/{webhook['id']}/{webhook['token']}", {"content": "x"})
    assert with_token == 204, "who has the token needs no permission"


async def test_a_channel_has_at_most_fifteen_webhooks(api: Api, general: int) -> None:
    for _ in range(MAX_WEBHOOKS):
        await _made(api, general)

    status, body = await api.call("POST", f"/channels/{general}/webhooks", {"name": "x"})

    assert (status, body["code"]) == (400, 30007)


async def test_a_token_does_not_move_its_webhook(api: Api, sandbox: Sandbox, general: int) -> None:
    webhook = await _made(api, general)
    body = {"name": "Crier", "channel_id": str(sandbox.channel("alerts"))}

    status, changed = await api.call("PATCH", f"/webhooks/{webhook['id']}/{webhook['token']}", body)

    assert (status, changed["name"], changed["channel_id"]) == (200, "Crier", str(general))
    assert "user" not in changed


async def test_a_locked_thread_is_closed_to_webhooks(api: Api, sandbox: Sandbox, general: int) -> None:
    webhook = await _made(api, general)
    thread = await sandbox.act.start_thread(user="member", channel=general, name="Sealed")
    stored = sandbox.engine.world.find_channel(int(thread["id"]))
    assert stored is not None
    assert stored.thread is not None
    stored.thread.locked = True

    path = f"/webhooks/{webhook['id']}/{webhook['token']}?thread_id={thread['id']}"
    status, body = await api.call("POST", path, {"content": "x"})

    assert (status, body["code"]) == (403, 160005)


async def test_a_picture_of_this_cdn_becomes_the_messages_avatar(
    api: Api, sandbox: Sandbox, general: int
) -> None:
    webhook = await _made(api, general)
    sent = await sandbox.act.message(user="owner", channel=general, content="a note, not a picture", files=())
    path = f"/webhooks/{webhook['id']}/{webhook['token']}?wait=true"
    first = f"{sandbox.cdn_url}/embed/avatars/1.png"
    _, one = await api.call("POST", path, {"content": "x", "avatar_url": first})
    kept = f"{sandbox.cdn_url}/avatars/{webhook['id']}/{one['author']['avatar']}.png"
    _, two = await api.call("POST", path, {"content": "x", "avatar_url": kept})
    nothing = f"{sandbox.cdn_url}/attachments/{general}/{sent['id']}/a.png"
    _, three = await api.call("POST", path, {"content": "x", "avatar_url": nothing})

    assert one["author"]["avatar"] == two["author"]["avatar"] is not None
    assert three["author"]["avatar"] is None
