"""Lines about what each process that shares the store has answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.text import embeds
from core.store import Reply


def each(replies: Sequence[Reply], say: Callable[[str], str] = embeds.plain) -> tuple[str, ...]:
    """One line for each process, this one first; none if there is only this one.

    Args:
        replies: their answers.
        say: an answer in words.
    """
    if len(replies) < 2:
        return ()
    return tuple(_line(reply, say) for reply in replies)


def _line(reply: Reply, say: Callable[[str], str]) -> str:
    node = embeds.plain(reply.member.node, 60)
    if reply.text is None:
        return f"❌ **{node}** {embeds.plain(reply.error or 'no answer', 200)}"
    return f"✅ **{node}** {say(reply.text)}"
