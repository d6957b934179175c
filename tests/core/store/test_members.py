"""Members: with one process, asking is calling its handler."""

import pytest

from core.errors import HelixError
from core.store.members import LocalMembers, answer
from tests.manual_clock import ManualClock


async def echo(body: str) -> str:
    return f"heard {body}"


async def refuse(_body: str) -> str:
    raise HelixError("not today")


async def fail(_body: str) -> str:
    raise ValueError("secret")


async def test_one_member_answers_itself() -> None:
    clock = ManualClock()
    members = LocalMembers("1.2", node="here", clock=clock)
    members.on_ask("echo", echo)
    clock.advance(5)
    (reply,) = await members.ask("echo", "this")
    assert (reply.text, reply.error) == ("heard this", None)
    assert reply.member.id == members.me.id
    assert members.alive() == (members.me,)
    assert members.me.node == "here"
    assert members.me.seen_at == clock.now()


async def test_an_error_of_the_own_handler_is_raised() -> None:
    members = LocalMembers("1.2")
    members.on_ask("refuse", refuse)
    with pytest.raises(HelixError, match="not today"):
        await members.ask("refuse")


@pytest.mark.parametrize(
    ("command", "text", "error"),
    [
        ("echo", "heard x", None),
        ("refuse", None, "not today"),
        ("fail", None, "ValueError"),
        ("unknown", None, "1.2 does not know 'unknown'"),
    ],
)
async def test_another_process_gets_an_answer_or_a_reason(
    command: str, text: str | None, error: str | None
) -> None:
    handlers = {"echo": echo, "refuse": refuse, "fail": fail}
    reply = await answer(handlers, LocalMembers("1.2").me, command, "x")
    assert (reply.text, reply.error) == (text, error)
