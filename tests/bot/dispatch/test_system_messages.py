"""What the system tells in a channel is no command, whatever it quotes."""

from __future__ import annotations

import asyncio

from sandbox import Sandbox
from sandbox.forms.messages import MessageForm
from sandbox.posts.messages import Origin
from tests.bot.support import Chat, RunningBot

# Message types (Discord API, "Message Types") other than 0 (default) and 19 (reply); 99 is one to come.
SYSTEM_TYPES = (1, 2, 3, 4, 6, 7, 12, 18, 20, 21, 23, 24, 27, 28, 29, 31, 46, 99)


async def test_a_thread_named_like_a_command_runs_nothing(running_bot: RunningBot, chat: Chat) -> None:
    sandbox = running_bot.sandbox
    thread = await sandbox.act.start_thread(user="admin", channel=chat.channel, name="!halt over lunch")
    await sandbox.act.edit_thread(user="admin", thread=thread["id"], name="!halt for the weekend")
    await chat.ask("!ping", "admin", channel=int(thread["id"]))

    assert running_bot.collective.directives.halted is None
    assert [message["content"] for message in chat.from_bot() if "halt" in str(message).casefold()] == []


async def test_no_message_of_the_system_is_a_command(running_bot: RunningBot, chat: Chat) -> None:
    post_as_system(running_bot.sandbox, chat.channel, "!halt")
    await chat.ask("!ping", "admin")
    # While another part waits for messages, the bot is given all of them.
    waiting = asyncio.create_task(running_bot.bot.wait_for("message", check=lambda _: False))
    await asyncio.sleep(0)
    post_as_system(running_bot.sandbox, chat.channel, "!halt")
    await chat.ask("!ping", "admin")
    waiting.cancel()

    assert running_bot.collective.directives.halted is None


async def test_a_reply_is_a_command(running_bot: RunningBot, chat: Chat) -> None:
    said = await chat.say("what about this?")
    await chat.ask("!halt", "admin", reply_to=said["id"])
    assert running_bot.collective.directives.halted is not None


def post_as_system(sandbox: Sandbox, channel_id: int, content: str) -> None:
    """Messages of all those types in the name of an admin."""
    engine = sandbox.engine
    channel = engine.world.find_channel(channel_id)
    assert channel is not None
    for kind in SYSTEM_TYPES:
        engine.messages.post(channel, sandbox.users["admin"], MessageForm(content=content), Origin(type=kind))
