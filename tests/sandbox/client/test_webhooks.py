"""The real discord.py client making webhooks and writing through them, with and without a bot's token."""

import io
import re

import aiohttp
import discord
import pytest

from sandbox import Sandbox
from sandbox.cdn import flat_png
from tests.sandbox.support import Api, Bot


async def test_a_webhook_is_made_listed_edited_and_deleted(bot: Bot, sandbox: Sandbox, general: int) -> None:
    channel = bot.text_channel(general)
    alerts = bot.text_channel(sandbox.channel("alerts"))
    heard = bot.expect("webhooks_update")
    webhook = await channel.create_webhook(name="Herald", avatar=flat_png(0x1C7156, 32), reason="news")

    assert (await heard).id == general
    assert (webhook.name, webhook.channel_id, webhook.user) == ("Herald", general, bot.user)
    assert webhook.token is not None
    assert webhook.avatar is not None
    assert await webhook.avatar.read() == flat_png(0x1C7156, 32)
    assert [w.id for w in await channel.webhooks()] == [webhook.id]
    assert [w.id for w in await channel.guild.webhooks()] == [webhook.id]
    edited = await webhook.edit(name="Crier", channel=alerts, avatar=None)
    assert (edited.name, edited.channel_id, edited.avatar) == ("Crier", alerts.id, None)
    assert (await bot.fetch_webhook(webhook.id)).name == "Crier"
    assert await channel.webhooks() == []
    await webhook.delete()
    with pytest.raises(discord.NotFound) as gone:
        await bot.fetch_webhook(webhook.id)
    assert gone.value.code == 10015


async def test_a_webhook_writes_under_its_name_or_another(bot: Bot, sandbox: Sandbox, general: int) -> None:
    channel = bot.text_channel(general)
    webhook = await channel.create_webhook(name="Herald")
    heard = bot.expect("message", lambda message: message.webhook_id == webhook.id)
    sent = await webhook.send("hear ye", embed=discord.Embed(title="News"), wait=True)
    message = await heard
    assert (sent.id, message.author.name, message.author.bot) == (message.id, "Herald", True)
    assert message.embeds[0].title == "News"

    other = await webhook.send(
        "as another",
        username="Mercury",
        avatar_url=f"{sandbox.cdn_url}/embed/avatars/2.png",
        file=discord.File(io.BytesIO(b"data"), "note.txt"),
        wait=True,
    )
    assert other.author.name == "Mercury"
    assert other.author.avatar is not None
    assert (await other.author.avatar.read()).startswith(b"\x89PNG")
    assert await other.attachments[0].read() == b"data"
    await webhook.send("into the void")
    plain = await webhook.send("x", avatar_url="https://example.org/a.png", wait=True)
    assert plain.author.avatar is None, "nothing is fetched from outside"


async def test_a_webhooks_message_is_read_edited_and_deleted(bot: Bot, general: int) -> None:
    channel = bot.text_channel(general)
    webhook = await channel.create_webhook(name="Herald")
    sent = await webhook.send("first", wait=True)
    heard = bot.expect("message_edit")
    await sent.edit(content="second", embed=discord.Embed(title="added"))
    _, after = await heard
    fetched = await webhook.fetch_message(sent.id)

    assert (after.content, fetched.content, fetched.embeds[0].title) == ("second", "second", "added")
    gone = bot.expect("message_delete")
    await sent.delete()
    assert (await gone).id == sent.id
    stranger = await channel.send("mine")
    with pytest.raises(discord.NotFound):
        await webhook.fetch_message(stranger.id)


async def test_a_token_is_enough_to_use_a_webhook(bot: Bot, general: int) -> None:
    made = await bot.text_channel(general).create_webhook(name="Herald")
    assert made.token is not None
    async with aiohttp.ClientSession() as session:
        webhook = discord.Webhook.partial(made.id, made.token, session=session)
        fetched = await webhook.fetch(prefer_auth=False)
        assert (fetched.name, fetched.user) == ("Herald", None)
        sent = await fetched.send("no bot needed", wait=True)
        assert sent.content == "no bot needed"
        assert (await webhook.edit(name="Crier", prefer_auth=False)).name == "Crier"
        await webhook.delete(prefer_auth=False)
        with pytest.raises(discord.NotFound):
            await webhook.send("anybody?")


async def test_the_address_that_a_webhook_shows_works_with_and_without_a_version(
    bot: Bot, api: Api, general: int
) -> None:
    webhook = await bot.text_channel(general).create_webhook(name="Herald")
    _, shown = await api.call("GET", f"/webhooks/{webhook.id}")

    for url in (shown["url"], re.sub(r"/v10", "", shown["url"])):
        async with api.session.post(url, params={"wait": "true"}, json={"content": "by address"}) as answer:
            assert (answer.status, (await answer.json())["content"]) == (200, "by address")


async def test_a_webhook_writes_into_a_thread(bot: Bot, general: int) -> None:
    channel = bot.text_channel(general)
    thread = await channel.create_thread(name="Reports", type=discord.ChannelType.public_thread)
    webhook = await channel.create_webhook(name="Herald")
    sent = await webhook.send("a report", thread=thread, wait=True)

    assert [message.content async for message in thread.history()] == ["a report"]
    await webhook.edit_message(sent.id, content="a better one", thread=thread)
    assert (await webhook.fetch_message(sent.id, thread=thread)).content == "a better one"
    await webhook.delete_message(sent.id, thread=thread)
    assert [message async for message in thread.history()] == []
    with pytest.raises(discord.NotFound):
        await webhook.send("?", thread=discord.Object(1))


async def test_an_answer_to_a_webhook_pings_nobody(bot: Bot, sandbox: Sandbox, general: int) -> None:
    webhook = await bot.text_channel(general).create_webhook(name="Herald")
    sent = await webhook.send("@everyone hear ye", wait=True)
    assert sent.mention_everyone
    quiet = discord.AllowedMentions.none()
    assert not (await webhook.send("@everyone", allowed_mentions=quiet, wait=True)).mention_everyone
    answer = await sandbox.act.message(user="member", channel=general, content="thanks", reply_to=sent.id)

    assert answer["mentions"] == []
    assert answer["referenced_message"]["author"]["username"] == "Herald"


async def test_a_deleted_channel_takes_its_webhooks_along(bot: Bot, sandbox: Sandbox) -> None:
    home = bot.get_guild(sandbox.home_guild_id)
    assert home is not None
    channel = await home.create_text_channel("brief")
    webhook = await channel.create_webhook(name="Herald")
    await channel.delete()

    with pytest.raises(discord.NotFound):
        await webhook.send("?")
