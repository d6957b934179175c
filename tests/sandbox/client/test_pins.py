"""The real discord.py client pinning and unpinning, and the requests that Discord refuses."""

import asyncio
from typing import Any

import discord
import pytest

from sandbox import ActionError, Sandbox
from sandbox.permissions import Permission
from sandbox.posts.pins import MAX_PINS
from sandbox.records import Message
from sandbox.world import MESSAGES_PER_CHANNEL
from tests.sandbox.support import Api, Bot, deny_bot


async def test_a_pinned_message_is_listed_marked_and_told_of(bot: Bot, general: int) -> None:
    channel = bot.text_channel(general)
    first = await channel.send("first")
    second = await channel.send("second")
    told = bot.expect("guild_channel_pins_update")
    said = bot.expect("message", lambda message: message.type is discord.MessageType.pins_add)
    await first.pin(reason="to be kept")
    await second.pin()
    where, when = await told
    notice = await said

    pins = [message async for message in channel.pins()]
    assert [message.content for message in pins] == ["second", "first"]
    assert all(message.pinned_at is not None for message in pins)
    assert (where.id, when) == (channel.id, pins[1].pinned_at)
    assert notice.reference is not None
    assert (notice.reference.message_id, notice.reference.resolved) == (first.id, None)
    assert (await channel.fetch_message(first.id)).pinned
    assert (notice.author, notice.mentions) == (bot.user, [])


async def test_an_unpinned_message_is_gone_from_the_list(bot: Bot, general: int) -> None:
    channel = bot.text_channel(general)
    message = await channel.send("for a while")
    await message.pin()
    await message.pin()
    told = bot.expect("guild_channel_pins_update", lambda _, when: when is None)
    await message.unpin()
    await message.unpin()
    await told

    assert [message async for message in channel.pins()] == []
    notices = [m async for m in channel.history() if m.type is discord.MessageType.pins_add]
    assert len(notices) == 1, "pinning what is pinned says nothing"


async def test_pins_come_in_pages(bot: Bot, sandbox: Sandbox, general: int) -> None:
    channel = bot.text_channel(general)
    stored = sandbox.engine.world.find_channel(general)
    assert stored is not None
    for number in range(120):
        message = await sandbox.act.message(user="owner", channel=general, content=str(number))
        target = stored.messages[int(message["id"])]
        target.pinned_timestamp = f"2026-01-01T00:{number // 60:02}:{number % 60:02}.000000+00:00"

    newest = [message.content async for message in channel.pins(limit=None)]
    some = [message.content async for message in channel.pins(limit=70)]

    assert newest == [str(number) for number in reversed(range(120))]
    assert some == newest[:70]


async def test_a_direct_message_can_be_pinned_by_both(bot: Bot, sandbox: Sandbox) -> None:
    member = bot.get_user(sandbox.users["member"])
    assert member is not None
    mine = await member.send("from the bot")
    told = bot.expect("private_channel_pins_update")
    await mine.pin()
    await told
    await sandbox.act.pin(user="member", message=mine.id, remove=True)
    theirs = await sandbox.act.message(user="member", dm=True, content="from the member")
    await sandbox.act.pin(user="member", message=theirs["id"])

    assert [message.content async for message in mine.channel.pins()] == ["from the member"]


async def test_people_pin_where_they_may(sandbox: Sandbox, general: int) -> None:
    message = await sandbox.act.message(user="member", channel=general, content="mine")
    with pytest.raises(ActionError, match="may not do that"):
        await sandbox.act.pin(user="member", message=message["id"])
    await sandbox.act.pin(user="mod", message=message["id"])

    stored = sandbox.engine.world.find_channel(general)
    assert stored is not None
    assert stored.messages[int(message["id"])].pinned_timestamp is not None
    notice = next(m for m in stored.messages.values() if m.type == 6)
    with pytest.raises(ActionError, match="system message"):
        await sandbox.act.pin(user="mod", message=notice.id)


async def test_managing_messages_is_not_enough_to_pin(api: Api, sandbox: Sandbox, general: int) -> None:
    sent = await sandbox.act.message(user="owner", channel=general, content="x")
    deny_bot(sandbox, general, deny=Permission.PIN_MESSAGES)
    path = f"/channels/{general}/messages/pins"

    pinned, body = await api.call("PUT", f"{path}/{sent['id']}")
    unpinned, _ = await api.call("DELETE", f"{path}/{sent['id']}")
    unknown, other = await api.call("PUT", f"{path}/1")

    assert (pinned, body["code"], unpinned) == (403, 50013, 403)
    assert (unknown, other["code"]) == (404, 10008)


async def test_without_the_history_there_is_nothing_to_list(api: Api, sandbox: Sandbox, general: int) -> None:
    sent = await sandbox.act.message(user="owner", channel=general, content="x")
    await api.call("PUT", f"/channels/{general}/messages/pins/{sent['id']}")
    deny_bot(sandbox, general, deny=Permission.READ_MESSAGE_HISTORY)

    _, answer = await api.call("GET", f"/channels/{general}/messages/pins")

    assert answer == {"items": [], "has_more": False}


@pytest.mark.parametrize("query", ["limit=51", "limit=0", "limit=x", "before=soon"])
async def test_a_page_of_pins_has_its_bounds(api: Api, general: int, query: str) -> None:
    status, body = await api.call("GET", f"/channels/{general}/messages/pins?{query}")

    assert (status, body["code"]) == (400, 50035)


async def test_a_time_without_a_zone_is_utc(api: Api, sandbox: Sandbox, general: int) -> None:
    sent = await sandbox.act.message(user="owner", channel=general, content="x")
    await api.call("PUT", f"/channels/{general}/messages/pins/{sent['id']}")
    path = f"/channels/{general}/messages/pins"

    _, later = await api.call("GET", f"{path}?before=9999-01-01T00:00:00")
    _, earlier = await api.call("GET", f"{path}?before=2000-01-01T00:00:00")

    assert (len(later["items"]), earlier["items"]) == (1, [])


async def test_a_channel_has_at_most_250_pins(api: Api, sandbox: Sandbox, general: int) -> None:
    stored = sandbox.engine.world.find_channel(general)
    assert stored is not None
    for _ in range(MAX_PINS):
        stored.messages.update([_pinned(sandbox, general)])
    one = await sandbox.act.message(user="owner", channel=general, content="one too many")

    status, body = await api.call("PUT", f"/channels/{general}/messages/pins/{one['id']}")

    assert (status, body["code"]) == (400, 30003)


def _pinned(sandbox: Sandbox, channel_id: int, **more: Any) -> tuple[int, Message]:
    stamp = "2026-01-01T00:00:00.000000+00:00"
    message = Message(
        id=sandbox.engine.next_id(),
        channel_id=channel_id,
        author_id=sandbox.users["owner"],
        content="kept",
        timestamp=stamp,
        pinned_timestamp=stamp,
        **more,
    )
    return message.id, message


async def test_pinned_messages_are_not_dropped(sandbox: Sandbox, general: int) -> None:
    kept = await sandbox.act.message(user="owner", channel=general, content="kept")
    await sandbox.act.pin(user="owner", message=kept["id"])
    for number in range(MESSAGES_PER_CHANNEL + 5):
        await sandbox.act.message(user="owner", channel=general, content=str(number))
        if number % 100 == 0:
            await asyncio.sleep(0)

    stored = sandbox.engine.world.find_channel(general)
    assert stored is not None
    assert len(stored.messages) == MESSAGES_PER_CHANNEL
    assert int(kept["id"]) in stored.messages
