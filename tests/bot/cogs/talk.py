"""Talk to the running bot as a person in the sandbox, and read its replies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sandbox import Sandbox
from sandbox.events import Event

WAIT_S = 40.0
_LOADING = 1 << 7

Message = dict[str, Any]


class Talk:
    """The conversations of a sandbox; `messages` holds the current state of each message by id."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.messages: dict[str, Message] = {}
        self.edits: list[Message] = []
        self._changed = asyncio.Event()
        self._unsubscribe = sandbox.engine.bus.subscribe(self._hear)

    def close(self) -> None:
        self._unsubscribe()

    async def ask(self, user: str, content: str, *, channel: int | None = None, dm: bool = False) -> Message:
        """Send a message (by default in #bot-commands of the home server) and return the reply."""
        where = None if dm else channel or self.sandbox.channel("bot-commands")
        sent = await self.sandbox.act.message(
            user=self.sandbox.users[user], content=content, channel=where, dm=dm
        )
        return await self.until(
            lambda message: (message.get("message_reference") or {}).get("message_id") == sent["id"]
        )

    async def slash(self, user: str, command: str, *, channel: int | None = None, **options: Any) -> Message:
        """The reply to a slash command."""
        started = await self.sandbox.act.slash(
            user=self.sandbox.users[user],
            channel=channel or self.sandbox.channel("bot-commands"),
            command=command,
            options=options,
        )
        return await self.answer_to(started["interaction_id"])

    async def complete(self, user: str, command: str, focused: str, typed: str) -> list[str]:
        """The suggestions for an option while it is typed."""
        answer = await self.sandbox.act.autocomplete(
            user=self.sandbox.users[user],
            channel=self.sandbox.channel("bot-commands"),
            command=command,
            focused=focused,
            options={focused: typed},
        )
        return [choice["value"] for choice in answer["choices"]]

    async def press(self, user: str, message: Message, name: str) -> str:
        """Press the button with this label or emoji; return the interaction's id."""
        item = next(
            item
            for item in items(message)
            if name in {item.get("label"), (item.get("emoji") or {}).get("name")}
        )
        started = await self.sandbox.act.click(
            user=self.sandbox.users[user], message=int(message["id"]), custom_id=item["custom_id"]
        )
        return str(started["interaction_id"])

    async def choose(self, user: str, message: Message, value: str) -> str:
        """Choose from the message's menu; return the interaction's id."""
        item = next(item for item in items(message) if "options" in item)
        started = await self.sandbox.act.select(
            user=self.sandbox.users[user],
            message=int(message["id"]),
            custom_id=item["custom_id"],
            values=[value],
        )
        return str(started["interaction_id"])

    async def answer_to(self, interaction_id: str) -> Message:
        """The answer to an interaction, once it no longer shows "thinking…"."""
        return await self.until(
            lambda message: (
                (message.get("interaction_metadata") or {}).get("id") == interaction_id
                and not message["flags"] & _LOADING
            )
        )

    async def edited(self, message: Message, wanted: Callable[[Message], bool]) -> Message:
        """The message after an edit that satisfies `wanted`."""
        return await self.until(lambda one: one["id"] == message["id"] and wanted(one))

    async def until(self, wanted: Callable[[Message], bool]) -> Message:
        """The first message that satisfies `wanted`, now or later."""
        async with asyncio.timeout(WAIT_S):
            while True:
                for message in self.messages.values():
                    if wanted(message):
                        return message
                self._changed.clear()
                await self._changed.wait()

    def _hear(self, event: Event) -> None:
        if event.name not in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}:
            return
        viewer = min(event.only) if event.only else self.sandbox.users["owner"]
        message = dict(event.data(viewer))
        self.messages[str(message["id"])] = message
        if event.name == "MESSAGE_UPDATE":
            self.edits.append(message)
        self._changed.set()


def items(message: Message) -> list[dict[str, Any]]:
    """A message's buttons and menus."""
    return [item for row in message["components"] for item in row["components"]]


def text_of(message: Message) -> str:
    """All text in a message."""
    parts = [message["content"]]
    for embed in message["embeds"]:
        parts += [embed.get("title", ""), embed.get("description", "")]
        parts += [f"{field['name']}\n{field['value']}" for field in embed.get("fields", ())]
        parts.append((embed.get("footer") or {}).get("text", ""))
    return "\n".join(filter(None, parts))
