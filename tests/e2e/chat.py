"""A person in the sandbox's chat, as the page is: spoken over HTTP, heard over the page's WebSocket."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

Json = dict[str, Any]


class Chat:
    """One person's view of a running sandbox; `seen` holds every event so far, in order."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, state: Json, name: str) -> None:
        self._session = session
        self._base_url = base_url
        self._changed = asyncio.Condition()
        self._name = name
        self.state = state
        self.seen: list[Json] = []

    @property
    def user(self) -> str:
        return str(self.state["me"]["id"])

    @property
    def bot(self) -> str:
        return str(self.state["bot"]["user"]["id"])

    def channel(self, name: str = "general") -> str:
        return next(str(c["id"]) for g in self.state["guilds"] for c in g["channels"] if c["name"] == name)

    async def say(self, content: str, *, channel: str = "general", dm: bool = False) -> Json:
        where: Json = {"dm": True} if dm else {"channel": self.channel(channel)}
        return await self.post("act/message", {"user": self.user, "content": content, **where})

    async def ask(self, content: str, *, channel: str = "general", dm: bool = False) -> Json:
        """Say something and give the bot's reply to it."""
        said = await self.say(content, channel=channel, dm=dm)
        return await self.reply_to(said)

    async def slash(self, command: str, *, channel: str = "general", **options: object) -> Json:
        """Run a slash command and give the message that answers it, once it is not "thinking" any more."""
        body = {"user": self.user, "channel": self.channel(channel), "command": command, "options": options}
        started = await self.post("act/slash", body)
        return await self.answer_to(str(started["interaction_id"]))

    async def click(self, message: Json, custom_id: str) -> str:
        body = {"user": self.user, "message": message["id"], "custom_id": custom_id}
        return str((await self.post("act/click", body))["interaction_id"])

    async def select(self, message: Json, custom_id: str, *values: str) -> str:
        body = {"user": self.user, "message": message["id"], "custom_id": custom_id, "values": list(values)}
        return str((await self.post("act/select", body))["interaction_id"])

    async def reply_to(self, message: Json) -> Json:
        return await self.message_where(
            lambda m: (m.get("message_reference") or {}).get("message_id") == message["id"]
        )

    async def answer_to(self, interaction_id: str) -> Json:
        def answers(message: Json) -> bool:
            metadata = message.get("interaction_metadata") or message.get("interaction") or {}
            return str(metadata.get("id")) == interaction_id and not int(message.get("flags", 0)) & 128

        return await self.message_where(answers)

    async def message_where(self, accept: Callable[[Json], bool], *, timeout_s: float = 40.0) -> Json:
        """The first message of the bot, new or edited, that fits."""

        def fits(event: Json) -> bool:
            return (
                event["t"] in ("MESSAGE_CREATE", "MESSAGE_UPDATE")
                and event["d"].get("author", {}).get("id") == self.bot
                and accept(event["d"])
            )

        found: Json = (await self.event_where(fits, timeout_s=timeout_s))["d"]
        return found

    async def event_where(
        self, accept: Callable[[Json], bool], *, after: Json | None = None, timeout_s: float = 40.0
    ) -> Json:
        """The first event that fits, of those since `after` (or of all)."""
        first = 0 if after is None else 1 + next(i for i, event in enumerate(self.seen) if event is after)
        async with asyncio.timeout(timeout_s), self._changed:
            while True:
                for event in self.seen[first:]:
                    if accept(event):
                        return event
                await self._changed.wait()

    async def connected(self, *, connected: bool = True) -> None:
        """Wait until the bot's presence in the sandbox is so."""
        while (await self.fetch_state())["bot"]["connected"] is not connected:
            await asyncio.sleep(0.02)

    def replies(self, message: Json) -> list[Json]:
        """Every message that the bot made in reply to this one."""
        return [
            event["d"]
            for event in self.seen
            if event["t"] == "MESSAGE_CREATE"
            and (event["d"].get("message_reference") or {}).get("message_id") == message["id"]
        ]

    async def history(self, *, channel: str = "general") -> list[Json]:
        url = f"{self._base_url}sandbox/channels/{self.channel(channel)}/messages?user={self.user}&limit=200"
        async with self._session.get(url) as response:
            history: list[Json] = await response.json()
            return history

    async def fetch_state(self) -> Json:
        async with self._session.get(f"{self._base_url}sandbox/state?user={self._name}") as response:
            state: Json = await response.json()
            return state

    async def post(self, path: str, body: Mapping[str, object]) -> Json:
        async with self._session.post(f"{self._base_url}sandbox/{path}", json=body) as response:
            assert response.ok, f"{path}: {response.status} {await response.text()}"
            answer: Json = await response.json(content_type=None) or {}
            return answer

    async def listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            async with self._changed:
                self.seen.append(frame.json())
                self._changed.notify_all()


@asynccontextmanager
async def chatting(page_url: str, name: str = "member") -> AsyncIterator[Chat]:
    """Someone who has the chat page open until the block ends."""
    async with aiohttp.ClientSession(headers={"X-Helix-Sandbox": "1"}) as session:
        async with session.get(f"{page_url}sandbox/state?user={name}") as response:
            state = await response.json()
        chat = Chat(session, page_url, state, name)
        async with session.ws_connect(f"{page_url}sandbox/events?user={name}") as socket:
            listening = asyncio.create_task(chat.listen(socket), name=f"chat:{name}")
            try:
                yield chat
            finally:
                listening.cancel()
                await asyncio.wait({listening})


def text_of(message: Json) -> str:
    """All that a reader sees of a message: content, and the texts of its embeds."""
    parts = [message.get("content") or ""]
    for embed in message.get("embeds", ()):
        parts += [embed.get("title") or "", embed.get("description") or ""]
        parts += [f"{field['name']}\n{field['value']}" for field in embed.get("fields", ())]
        parts.append((embed.get("footer") or {}).get("text") or "")
    return "\n".join(parts)


def components_of(message: Json) -> list[Json]:
    """Every button and menu of a message."""
    return [item for row in message.get("components", ()) for item in row.get("components", ())]
