"""A resolver that does not answer holds up the names that were asked of it, and nothing else."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from aiohttp import ClientError, web

from core.http import look_ups
from core.http.client_session import Resolver, build_session
from core.http.look_ups import AT_ONCE, LookUps, Loop
from core.http.outgoing import Outgoing


class DeadResolver:
    """Answers for no name until it is released; addresses never come to it."""

    def __init__(self, real: Callable[..., Any]) -> None:
        self._real = real
        self.asked: list[str] = []
        self.busy = threading.Semaphore(0)
        self.released = threading.Event()

    def look_up(self, host: str, port: int, **how: Any) -> Any:
        if threading.current_thread() is threading.main_thread():
            return self._real(host, port, **how)
        self.asked.append(host)
        self.busy.release()
        self.released.wait()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    async def until_all_are_busy(self) -> None:
        for _ in range(AT_ONCE):
            await asyncio.to_thread(self.busy.acquire)


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> Iterator[DeadResolver]:
    resolver = DeadResolver(socket.getaddrinfo)
    monkeypatch.setattr(socket, "getaddrinfo", resolver.look_up)
    yield resolver
    resolver.released.set()


async def greet(_: web.Request) -> web.Response:
    return web.Response(text="hello")


async def serving() -> tuple[web.AppRunner, int]:
    app = web.Application()
    app.router.add_get("/", greet)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, runner.addresses[0][1]


async def ask(outgoing: Outgoing, url: str) -> None:
    async with outgoing.session().get(url):
        pass


def test_names_that_hang_hold_up_no_connection_to_an_address(dead: DeadResolver) -> None:
    async def run() -> None:
        runner, port = await serving()
        outgoing = Outgoing()
        loop = asyncio.get_running_loop()
        waits: list[Coroutine[Any, Any, Any]] = []
        for number in range(6):
            waits += (
                loop.getaddrinfo(f"{number}.example", 443),
                ask(outgoing, f"http://{number}.example/"),
            )
        names = [asyncio.create_task(wait) for wait in waits]
        await dead.until_all_are_busy()
        async with outgoing.session().get(f"http://127.0.0.1:{port}/") as response:
            assert await response.text() == "hello"
        connected = socket.socket()
        connected.setblocking(False)
        await loop.sock_connect(connected, ("127.0.0.1", port))
        connected.close()
        assert not any(name.done() for name in names)
        dead.released.set()
        await asyncio.gather(*names, return_exceptions=True)
        await outgoing.close()
        await runner.cleanup()

    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(run())


async def test_names_that_hang_for_one_hold_up_no_names_of_another(dead: DeadResolver) -> None:
    one, other = LookUps("one"), LookUps("other")
    hanging = [asyncio.create_task(one.find(f"{n}.example", 443)) for n in range(6)]
    await dead.until_all_are_busy()
    assert len(dead.asked) == AT_ONCE
    its_own = asyncio.create_task(other.find("discord.example", 443))
    await asyncio.to_thread(dead.busy.acquire)
    assert dead.asked[AT_ONCE:] == ["discord.example"]
    dead.released.set()
    await asyncio.gather(its_own, *hanging)
    one.close()
    other.close()


async def test_a_name_that_found_no_thread_in_time_is_not_looked_up_any_more(
    dead: DeadResolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_ups, "_TIMEOUT_S", 0.02)
    ours = LookUps("test")
    for name in ("a.example", "b.example", "late.example"):
        with pytest.raises(socket.gaierror, match="does not answer"):
            await ours.find(name, 443)
    dead.released.set()
    ours.close()
    assert dead.asked == ["a.example", "b.example"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", b"127.0.0.1", None])
async def test_an_address_is_never_looked_up(dead: DeadResolver, host: str | bytes | None) -> None:
    ours = LookUps("test")
    assert {int(info[4][1]) for info in await ours.find(host, 443)} == {443}
    assert dead.asked == []
    ours.close()


async def test_an_address_of_the_wrong_family_is_refused_and_not_looked_up(dead: DeadResolver) -> None:
    ours = LookUps("test")
    with pytest.raises(socket.gaierror):
        await ours.find("::1", 443, family=socket.AF_INET)
    assert dead.asked == []
    ours.close()


async def test_a_session_connects_to_what_a_name_leads_to(dead: DeadResolver) -> None:
    dead.released.set()
    runner, port = await serving()
    ours = LookUps("test")
    async with (
        build_session(Resolver(ours), user_agent="test") as session,
        session.get(f"http://anywhere.example:{port}/") as response,
    ):
        assert await response.text() == "hello"
    ours.close()
    await runner.cleanup()


async def test_a_resolver_that_gives_up_is_a_failed_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    ours = LookUps("test")
    async with build_session(Resolver(ours), user_agent="test") as session:
        with pytest.raises(ClientError):
            await session.get("http://anywhere.example/")
    ours.close()
