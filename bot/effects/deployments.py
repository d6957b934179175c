"""`github`: pushes, releases and finished workflows are announced in the deployments channel, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import discord
import msgspec

from bot import embeds, words
from bot.effects._post_once import post_once
from core.webhooks.router import Job
from state.events_in import GitHubEvent

if TYPE_CHECKING:
    from bot.client import HelixBot

HANDLER: Final = "discord.deployments"
_COMMITS_SHOWN: Final = 5
_LINE: Final = 120
_CONCLUSIONS: Final = {"success": "pass", "failure": "fail", "timed_out": "fail", "cancelled": "warn"}

Payload = Mapping[str, Any]


class Deployments:
    """The handler of what GitHub sends; off until a channel serves deployments."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot

    def begin(self) -> None:
        """Take such events from now on."""
        ready = self._bot.gateway.ready
        self._bot.collective.webhooks.register(HANDLER, self.announce, when=ready.wait)

    async def announce(self, job: Job) -> None:
        """Announce it, where it is of a kind that is announced and there is a channel for it."""
        await self._bot.gateway.ready.wait()
        channel_id = self._bot.duties.channel_id("deployments")
        if channel_id is None:
            job.result = "no channel serves deployments"
            return
        data = msgspec.json.decode(job.data, type=GitHubEvent)
        embed = build_announcement(data.event, data.payload)
        if embed is None:
            job.result = "not announced"
            return
        await post_once(self._bot, job, HANDLER, channel_id, embed=embed)


def build_announcement(event: str, payload: Payload) -> discord.Embed | None:
    """What is said of an event of GitHub's (GitHub Docs, "Webhook events and payloads"); None for others."""
    build = _BUILDERS.get(event)
    return None if build is None else build(payload)


def _push(payload: Payload) -> discord.Embed | None:
    commits = [commit for commit in _list(payload, "commits") if isinstance(commit, dict)]
    if payload.get("deleted") is True or not commits:
        return None
    branch = _text(payload, "ref").removeprefix("refs/heads/")
    lines = [_commit(commit) for commit in commits[:_COMMITS_SHOWN]]
    if len(commits) > _COMMITS_SHOWN:
        lines.append(f"… and {len(commits) - _COMMITS_SHOWN} more")
    title = f"⬆️ {_repository(payload)}: {len(commits)} to {branch}"
    return _card(title, lines, payload, _text(payload, "compare"))


def _commit(commit: Payload) -> str:
    subject = _text(commit, "message").partition("\n")[0]
    return f"{words.quoted(_text(commit, 'id')[:7])} {embeds.plain(subject, _LINE)}"


def _release(payload: Payload) -> discord.Embed | None:
    if payload.get("action") != "published":
        return None
    release = _mapping(payload, "release")
    title = f"🚀 {_repository(payload)} {_text(release, 'tag_name')}"
    lines = [embeds.plain(_text(release, "name"), _LINE)] if _text(release, "name") else []
    return _card(title, lines, payload, _text(release, "html_url"), status="pass")


def _workflow_run(payload: Payload) -> discord.Embed | None:
    if payload.get("action") != "completed":
        return None
    run = _mapping(payload, "workflow_run")
    conclusion = _text(run, "conclusion")
    status = _CONCLUSIONS.get(conclusion, "warn")
    title = f"{embeds.dot(status)} {_repository(payload)}: {_text(run, 'name')}"
    lines = [f"**{embeds.plain(conclusion, 40)}** on {embeds.plain(_text(run, 'head_branch'), 80)}"]
    return _card(title, lines, payload, _text(run, "html_url"), status=status)


_BUILDERS: Final[Mapping[str, Callable[[Payload], discord.Embed | None]]] = {
    "push": _push,
    "release": _release,
    "workflow_run": _workflow_run,
}


def _card(
    title: str, lines: list[str], payload: Payload, url: str, *, status: str | None = None
) -> discord.Embed:
    sender = _text(_mapping(payload, "sender"), "login")
    card = embeds.card(
        embeds.plain(title, embeds.TITLE_LIMIT), lines, status=status, footer=f"by {sender}" if sender else ""
    )
    if url.startswith("https://") and len(url) <= 2_000:
        card.url = url
    return card


def _repository(payload: Payload) -> str:
    return _text(_mapping(payload, "repository"), "full_name") or "a repository"


def _text(payload: Payload, name: str) -> str:
    value = payload.get(name)
    return value if isinstance(value, str) else ""


def _mapping(payload: Payload, name: str) -> Payload:
    value = payload.get(name)
    return value if isinstance(value, dict) else {}


def _list(payload: Payload, name: str) -> list[Any]:
    value = payload.get(name)
    return value if isinstance(value, list) else []
