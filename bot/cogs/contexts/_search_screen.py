"""Embeds of search results."""

from __future__ import annotations

import re

from bot.replies import pages
from bot.text import embeds, words
from core.text.discord_markdown import escape
from core.text.visible_text import isolate, without_directions
from state.search import HIT_BEGINS, HIT_ENDS, MOST_SHOWN, Found, Hit

PER_PAGE = 5

_JSON_MARKS = re.compile(r'[{}"\[\]]')
_EMPTY_JSON = re.compile(r'\{\}|\[\]|(?<=":)(?:""|null)(?=[,}])')

_ICONS = {"journal": "📜", "ritual": "🜂", "context": "📦", "directive": "🤲"}
_NAMES = {"journal": "journal", "ritual": "ritual", "context": "checkpoint", "directive": "directive"}
_TITLE_LENGTH = 150
_TEXT_LENGTH = 300


def found(view: Found, query: str, number: int) -> pages.Shown:
    """One page of hits."""
    page = pages.Page(number, max(1, -(-view.shown // PER_PAGE)), view.hits)
    if not view.hits:
        nothing = embeds.card(
            "🔎 Nothing found",
            (
                f"Nothing matches {words.quoted(query)}.",
                'All words must match. `harm*` finds words that begin with it; `"two words"` finds a phrase.',
            ),
            footer="Silence, too, is an answer.",
        )
        return pages.Shown(nothing, page.number, page.count)
    count = words.count(view.total, "hit")
    if view.total > MOST_SHOWN:
        count = f"the best {MOST_SHOWN} of {view.total} hits"
    return page.card(f"🔎 {embeds.plain(query, 80)}", [_hit(hit) for hit in view.hits], footer=count)


def highlighted(text: str, limit: int) -> str:
    """The text with its matches in bold and its own Markdown escaped; cut to `limit` before escaping."""
    parts: list[str] = []
    bold = False
    left = limit
    text = without_directions(text)
    for index, piece in enumerate(text.replace(HIT_ENDS, HIT_BEGINS).split(HIT_BEGINS)):
        if left <= 0:
            break
        # The marks alternate, so every second piece is a match.
        bold = index % 2 == 1
        clean = " ".join(piece.split())
        if not clean:
            parts.append(" " if piece else "")
            continue
        shown = escape(embeds.clip(clean, left))
        left -= len(clean)
        before = " " if piece[0].isspace() else ""
        after = " " if piece[-1].isspace() else ""
        parts.append(f"{before}{f'**{shown}**' if bold else shown}{after}")
    # Isolate the whole text: isolated pieces would always be laid out left to right.
    return isolate("".join(parts).strip())


def _hit(hit: Hit) -> str:
    name = _NAMES.get(hit.source, hit.source)
    icon = _ICONS.get(hit.source, "•")
    lines = [
        f"{icon} {highlighted(hit.title, _TITLE_LENGTH)}",
        f"-# {name} #{hit.id} · {embeds.relative(hit.at)}",
    ]
    if hit.text:
        text = _unquoted(hit.text) if hit.source == "journal" else hit.text
        lines.insert(1, highlighted(text, _TEXT_LENGTH))
    if hit.people:
        lines.append(f"-# {highlighted(hit.people, _TEXT_LENGTH)}")
    return "\n".join(lines)


def _unquoted(text: str) -> str:
    """A journal entry's JSON, which may be cut anywhere, without its punctuation."""
    text = _EMPTY_JSON.sub("none", text)
    return _JSON_MARKS.sub("", text.replace('":', ": ").replace(',"', ", "))
