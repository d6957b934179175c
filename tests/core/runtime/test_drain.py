import asyncio

import pytest

from core.runtime.drain import Drain


async def test_work_is_counted_while_its_block_runs() -> None:
    drain = Drain()
    with drain.work("command"):
        with drain.work("command"), drain.work("request"):
            assert drain.in_flight() == {"command": 2, "request": 1}
        assert drain.in_flight() == {"command": 1}
    assert drain.in_flight() == {}


async def test_work_that_fails_is_counted_down_too() -> None:
    drain = Drain()
    with pytest.raises(ZeroDivisionError), drain.work("command"):
        raise ZeroDivisionError
    assert drain.in_flight() == {}


async def test_an_idle_drain_need_not_be_waited_for() -> None:
    assert await Drain().wait(0)


async def test_waiting_ends_with_the_last_work() -> None:
    drain = Drain()
    with drain.work("command"):
        waiting = [asyncio.create_task(drain.wait(5)) for _ in range(2)]
        await asyncio.sleep(0)
        assert not any(one.done() for one in waiting)
    assert await asyncio.gather(*waiting) == [True, True]


async def test_waiting_ends_with_its_time() -> None:
    drain = Drain()
    with drain.work("command"):
        assert not await drain.wait(0.01)


async def test_finishing_accepts_nothing_more_and_lets_work_finish() -> None:
    drain, release = Drain(), asyncio.Event()

    async def answer() -> str:
        with drain.work("command"):
            await release.wait()
            return "answered"

    task = asyncio.create_task(answer())
    drain.track(task, "command")
    await asyncio.sleep(0)
    finishing = asyncio.create_task(drain.finish(5))
    await asyncio.sleep(0)
    assert not drain.accepting
    release.set()
    assert await finishing == {}
    assert await task == "answered"


async def test_what_does_not_finish_is_cancelled_and_may_say_so() -> None:
    drain, said = Drain(), list[str]()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            said.append("cut off by the stop")
            raise

    task = asyncio.create_task(endless())
    drain.track(task, "ritual")
    assert await drain.finish(0.05) == {"ritual": 1}
    assert said == ["cut off by the stop"]
    assert task.cancelled()


async def test_untracked_work_cannot_hold_up_the_stop(caplog: pytest.LogCaptureFixture) -> None:
    drain = Drain()
    with drain.work("request"):
        assert await drain.finish(0.05) == {"request": 1}
    assert "drain.cut_off in_flight=request:1" in caplog.text


async def test_long_work_is_cancelled_as_soon_as_the_stop_begins() -> None:
    drain = Drain()
    ritual = asyncio.create_task(asyncio.Event().wait())
    command = asyncio.create_task(asyncio.Event().wait())
    drain.track(ritual, "ritual", at_once=True)
    drain.track(command, "command")
    drain.close()
    await asyncio.wait((ritual,), timeout=5)
    assert ritual.cancelled()
    assert drain.in_flight() == {"command": 1}
    command.cancel()


async def test_long_work_that_begins_during_the_stop_is_cancelled() -> None:
    drain = Drain()
    drain.close()
    ritual = asyncio.create_task(asyncio.Event().wait())
    drain.track(ritual, "ritual", at_once=True)
    await asyncio.wait((ritual,), timeout=5)
    assert ritual.cancelled()


async def test_a_tracked_task_that_ends_is_forgotten() -> None:
    drain = Drain()
    task = asyncio.create_task(asyncio.sleep(0))
    drain.track(task, "reply")
    assert drain.in_flight() == {"reply": 1}
    assert await drain.wait(5)
    assert drain.in_flight() == {}


async def test_who_has_no_end_hears_that_the_stop_begins(caplog: pytest.LogCaptureFixture) -> None:
    drain = Drain()
    heard: list[bool] = []

    def fail() -> None:
        raise RuntimeError("no more")

    drain.on_close(fail)
    drain.on_close(lambda: heard.append(drain.accepting))
    drain.close()
    assert heard == [False]
    assert "drain.listener_failed" in caplog.text
