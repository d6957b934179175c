"""`github`: announce pushes, releases and finished workflows in the deployments channel, each once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import discord

from bot.effects._post_once import post_once
from bot.text import embeds, words
from core.webhooks.job import Job
from state.events.incoming import GitHubEvent
from state.webhooks.github import ACTIONS, COMMITS_SHOWN

if TYPE_CHECKING:
    from bot.parts import HelixBot

_LINE: Final = 120
_NAME: Final = 80
# GitHub Docs, "Webhook events and payloads", workflow_run: `conclusion`, which may be null.
_CONCLUSIONS: Final = {
    "success": "pass",
    **dict.fromkeys(("failure", "startup_failure", "timed_out"), "fail"),
    **dict.fromkeys(("action_required", "cancelled", "stale"), "warn"),
    **dict.fromkeys(("neutral", "skipped", ""), "off"),
}

_LONGEST_URL: Final = 2_000
# RFC 3986: the characters of an address; a host has a dot.
_LINK: Final = re.compile(
    r"https://(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::\d+)?(?:[/?#](?:[\w\-.~:/?#\[\]@!$&'()*+,;=]|%[0-9a-f]{2})*)?",
    re.ASCII | re.IGNORECASE,
)

Payload = Mapping[str, Any]


class Deployments:
    """The handler of GitHub's events; off without a deployments channel."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot

    def begin(self) -> None:
        """Register the handler."""
        ready = self._bot.gateway.ready
        self._bot.collective.webhooks.register(GitHubEvent, self.announce, when=ready.wait)

    async def announce(self, job: Job, data: GitHubEvent) -> None:
        """Announce the event, if its kind is announced and there is a channel."""
        await self._bot.gateway.ready.wait()
        channel_id = self._bot.duties.channel_id("deployments")
        if channel_id is None:
            job.result = "no channel serves deployments"
            return
        embed = build_announcement(data.event, data.payload)
        if embed is None:
            job.result = "not announced"
            return
        await post_once(self._bot, job, channel_id, embed=embed)


def build_announcement(event: str, payload: Payload) -> discord.Embed | None:
    """The announcement of a GitHub event; None for kinds that are not announced."""
    build = _BUILDERS.get(event)
    return None if build is None else build(payload)


def _push(payload: Payload) -> discord.Embed | None:
    commits = [commit for commit in _list(payload, "commits") if isinstance(commit, dict)]
    if payload.get("deleted") is True or not commits:
        return None
    branch = _text(payload, "ref").removeprefix("refs/heads/").removeprefix("refs/tags/") or "a branch"
    lines = [_commit(commit) for commit in commits[:COMMITS_SHOWN]]
    if len(commits) > COMMITS_SHOWN:
        lines.append(f"… and {len(commits) - COMMITS_SHOWN} more")
    title = f"⬆️ {_repository(payload)}: {len(commits)} to {embeds.clip(branch, _NAME)}"
    return _card(title, lines, payload, _text(payload, "compare"))


def _commit(commit: Payload) -> str:
    subject = embeds.plain(_text(commit, "message").partition("\n")[0], _LINE) or "(without a message)"
    short = _text(commit, "id")[:7]
    return f"{words.quoted(short)} {subject}" if short else subject


def _release(payload: Payload) -> discord.Embed | None:
    if payload.get("action") != ACTIONS["release"]:
        return None
    release = _mapping(payload, "release")
    name = _text(release, "name")
    title = f"🚀 {_repository(payload)} {embeds.clip(_text(release, 'tag_name') or name or 'release', _NAME)}"
    lines = [embeds.plain(name, _LINE)] if name else []
    return _card(title, lines, payload, _text(release, "html_url"), status="pass")


def _workflow_run(payload: Payload) -> discord.Embed | None:
    if payload.get("action") != ACTIONS["workflow_run"]:
        return None
    run = _mapping(payload, "workflow_run")
    conclusion, branch = _text(run, "conclusion"), _text(run, "head_branch")
    status = _CONCLUSIONS.get(conclusion, "warn")
    title = f"{embeds.dot(status)} {_repository(payload)}: {embeds.clip(_workflow(payload, run), _NAME)}"
    line = f"**{embeds.plain(conclusion.replace('_', ' ') or 'finished', 40)}**"
    if branch:
        line += f" on {embeds.plain(branch, _NAME)}"
    return _card(title, [line], payload, _text(run, "html_url"), status=status)


def _workflow(payload: Payload, run: Payload) -> str:
    """The workflow's name, or else its file."""
    workflow = _mapping(payload, "workflow")
    path = _text(run, "path") or _text(workflow, "path")
    file = path.partition("@")[0].rpartition("/")[2]
    return _text(run, "name") or _text(workflow, "name") or file or "a workflow"


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
    if _may_link(url):
        card.url = url
    return card


def _may_link(url: str) -> bool:
    """Whether Discord accepts the URL; one bad URL makes it refuse the whole message."""
    try:
        return len(url) <= _LONGEST_URL and _LINK.fullmatch(url) is not None and urlsplit(url).port != 0
    except ValueError:
        return False


def _repository(payload: Payload) -> str:
    return embeds.clip(_text(_mapping(payload, "repository"), "full_name"), _LINE) or "a repository"


def _text(payload: Payload, name: str) -> str:
    value = payload.get(name)
    return value.strip() if isinstance(value, str) else ""


def _mapping(payload: Payload, name: str) -> Payload:
    value = payload.get(name)
    return value if isinstance(value, dict) else {}


def _list(payload: Payload, name: str) -> list[Any]:
    value = payload.get(name)
    return value if isinstance(value, list) else []
