"""A server whose people, names and texts are full of Discord's Markdown, and a page that renders it."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Any

from playwright.async_api import Page

from sandbox import Sandbox
from sandbox.records import CATEGORY, Channel, Role
from state.change import Actor, Change, JournalRow
from state.models import AgentReport
from tests.bot.cogs.talk import Message, Talk
from tests.bot.support import RunningBot

# Each begins with letters of its own, by which it is found again in what is shown, and fits the length that
# Discord or Helix allows there.
NICK = "ZN[a](https://evil.example)"
WORD = "ZW[a](https://evil.example)||s||`c`"
NAME = "ZA [a](b) [free nitro](https://evil.example) ||s|| `c`"
TEXT = (
    "ZT [a](b) [free](https://evil.example) ||s|| `c` **b** __u__ ~~s~~ *i* _i_ <@1> <@&1> <#1> </evil:1> "
    "<t:1:R> <:evil:1> :smile: @everyone <id:browse> <a@evil.example> <+15551234567> <evil:/x> "
    "<https://evil.example> https://evil.example \\"
)

_RENDER = """async ([markdown, text]) => {
    const { renderMarkdown } = await import("/static/js/markdown.js");
    const { renderInline } = await import("/static/js/inline.js");
    const names = {
        userName: () => "somebody", role: () => null, channelName: () => null,
        openChannel: () => {}, useCommand: () => {},
    };
    const box = document.createElement("div");
    box.append(...(markdown ? [renderMarkdown(text, names)] : renderInline(text, names)));
    const made = [...box.querySelectorAll("a, .mention")].map((node) => node.outerHTML);
    return [box.textContent, made];
}"""


def make_hostile(sandbox: Sandbox) -> None:
    """Give the home server, and everybody in it, names that would be links; before the bot connects."""
    world = sandbox.engine.world
    guild = world.guilds[sandbox.home_guild_id]
    guild.name = NAME
    for member in guild.members.values():
        if member.user_id != world.bot.id:
            member.nick = NICK
    role, category = sandbox.engine.next_id(), sandbox.engine.next_id()
    guild.roles[role] = Role(id=role, name=NAME, permissions=0, position=1)
    guild.channels[category] = Channel(id=category, type=CATEGORY, name=NAME, guild_id=guild.id)


async def plant(running: RunningBot, talk: Talk) -> None:
    """Let hostile text be wherever people, webhooks and agents can put it."""
    collective, now = running.collective, running.kernel.clock.now()
    ada = Actor("command", NICK, 5)
    await collective.contexts.archive(NAME, ada, note=TEXT)
    await collective.alerts.raise_("disk.full", "critical", TEXT, TEXT, actor=ada)
    report = AgentReport(agent="Gemini", status="degraded", task=TEXT, reported_at=now)
    await collective.manager.change(lambda _: Change(reports={"Gemini": report}, source="webhook"))
    row = JournalRow(kind="agent", subject="Gemini", cause="command", actor=NICK, reason=TEXT, after=TEXT)
    policy = JournalRow(kind="policy", subject=NAME, cause="command", actor=NICK, reason=TEXT, before=NAME)
    await collective.manager.record(row, policy)
    await (await collective.rituals.start(3, actor=ada)).wait()
    await collective.backups.create(ada)
    await talk.ask("admin", "!schedule add every 6h 27")
    await talk.ask("mod", f"!run archive {NAME}")
    await talk.ask("mod", f"!run alert raise disk.slow critical {TEXT}")


async def shown(page: Page, message: Message) -> list[tuple[str, list[str]]]:
    """What a reader sees of each part of a message, and the links and mentions in it."""
    parts: list[tuple[bool, str]] = [(True, message["content"])]
    for embed in message["embeds"]:
        parts += [(False, embed.get("title") or ""), (True, embed.get("description") or "")]
        for field in embed.get("fields", ()):
            parts += [(False, field["name"]), (True, field["value"])]
    found: list[Any] = [await page.evaluate(_RENDER, list(part)) for part in parts if part[1]]
    return [(text, made) for text, made in found]


def altered(seen: str) -> str | None:
    """The first of the hostile texts that is shown otherwise than it was typed; None where all are."""
    seen = _marks_alike(seen)
    for typed in map(_marks_alike, (NICK, WORD, NAME, TEXT)):
        for found in re.finditer(re.escape(typed[:2]), seen):
            rest = seen[found.start() :]
            same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(rest, typed, strict=False)))
            if same < len(typed) and rest[same : same + 1] not in {"…", ""}:
                return rest[: len(typed)]
    return None


def _marks_alike(text: str) -> str:
    # Inline code cannot hold backticks, so similar marks stand for them.
    return " ".join(text.replace("`", "ˋ").split())
