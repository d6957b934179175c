"""The lines about several processes; one alone has none."""

from datetime import UTC, datetime

from bot.text import processes
from core.store import Member, Reply


def member(node: str) -> Member:
    return Member(id=node, node=node, version="1", seen_at=datetime(2026, 1, 1, tzinfo=UTC))


def test_one_process_needs_no_line() -> None:
    assert processes.each(()) == ()
    assert processes.each((Reply(member=member("a"), text="on"),)) == ()


def test_each_of_several_has_a_line() -> None:
    replies = (
        Reply(member=member("a"), text="3"),
        Reply(member=member("b*"), error="not *today*"),
        Reply(member=member("c")),
    )
    assert processes.each(replies, lambda text: f"{text} removed") == (
        "✅ **a** 3 removed",
        "❌ **b\\*** not \\*today\\*",
        "❌ **c** no answer",
    )
