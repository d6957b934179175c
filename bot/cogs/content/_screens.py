"""Embeds of the documents."""

from __future__ import annotations

import discord

from bot.replies import pages
from bot.replies.posted import Posting
from bot.text import embeds, words
from bot.text.documents import Document, Section


def page(document: Document, section: Section | None, number: int) -> pages.Shown:
    """One page of a document or of a section."""
    title = document.title if section is None else f"{document.title} · {section.title}"
    found = pages.share(document.pages(section), number, per_page=1)
    return found.card(title, found.parts, footer=section.summary if section is not None else "")


def contents(document: Document, prefix: str) -> discord.Embed:
    """The table of contents, one line per section."""
    lines = [f"**{one.title}** – {one.summary}" for one in document.sections]
    return embeds.card(
        document.title,
        (document.opening, "", *lines),
        footer=f"Choose below, or {prefix}{document.name} {document.sections[1].key}",
    )


def options(document: Document, chosen: str) -> list[discord.SelectOption]:
    """The menu of sections; `chosen` is a key, or empty for the table of contents, which comes first."""
    return [
        discord.SelectOption(label="Contents", value="contents", default=not chosen),
        *(
            discord.SelectOption(
                label=one.title,
                value=one.key,
                description=embeds.clip(one.summary, 100),
                default=one.key == chosen,
            )
            for one in document.sections
        ),
    ]


def posted(document: Document, channel: discord.TextChannel, posting: Posting) -> discord.Embed:
    """The outcome of posting."""
    done = [
        words.count(number, "message") + f" {what}"
        for number, what in (
            (posting.sent, "posted"),
            (posting.edited, "edited"),
            (posting.deleted, "deleted"),
        )
        if number
    ]
    if posting.pinned:
        done.append("the first pinned")
    where = f"[{document.title}]({posting.first_url}) in {channel.mention}"
    text = f"{where}: {', '.join(done)}." if done else f"{where} is already up to date; nothing was changed."
    notes = [] if posting.unpinned is None else [f"⚠️ {posting.unpinned}"]
    if posting.reposted:
        notes.append("Discord no longer accepts edits of the old messages, so they were posted again.")
    status = "warn" if posting.unpinned is not None else "pass"
    return embeds.card("", (text, *notes), status=status)
