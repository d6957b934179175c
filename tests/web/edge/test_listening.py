import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from core.errors import StartError
from core.logs.secret import Secret
from core.settings import Settings
from web.edge.listening import CannotListen, bind, port_of


@asynccontextmanager
async def bound(settings: Settings) -> AsyncIterator[int]:
    """The port that is bound with these settings, until the block ends."""
    sockets = await bind(settings)
    yield port_of(sockets)
    for one in sockets:
        one.close()


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


async def test_in_the_sandbox_an_open_port_moves_to_the_next_free_one(
    taken: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        async with bound(Settings(port=taken)) as port:
            assert taken < port <= taken + 20
    assert f"wanted={taken} port={port}" in caplog.text


@pytest.mark.parametrize(
    "settings",
    [{"port_is_set": True}, {"discord_token": Secret("x" * 60)}],
    ids=["PORT was chosen", "with a token"],
)
async def test_outside_the_sandbox_a_port_in_use_is_an_error_that_names_it(
    taken: int, settings: dict[str, Any]
) -> None:
    with pytest.raises(CannotListen, match=rf"127\.0\.0\.1:{taken} is in use.*PORT") as caught:
        await bind(Settings(port=taken, **settings))
    assert isinstance(caught.value, StartError)


async def test_a_host_that_is_not_ours_is_named() -> None:
    with pytest.raises(CannotListen, match=r"192\.0\.2\.1 is not an address of this machine.*HOST"):
        await bind(Settings(host="192.0.2.1", port=0, port_is_set=True))


async def test_a_host_that_does_not_resolve_is_named() -> None:
    with pytest.raises(CannotListen, match=r"nowhere\.invalid is not an address"):
        await bind(Settings(host="nowhere.invalid", port=0, port_is_set=True))


def refuse_with(error: OSError, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> socket.socket:
        raise error

    monkeypatch.setattr(socket, "create_server", refuse)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (PermissionError(13, "Permission denied"), "above 1023"),
        (OSError(97, "Address family not supported"), "Cannot listen on HOST"),
    ],
)
async def test_errors_of_the_system_are_explained(
    monkeypatch: pytest.MonkeyPatch, error: OSError, text: str
) -> None:
    refuse_with(error, monkeypatch)
    with pytest.raises(CannotListen, match=text):
        await bind(Settings(port=80, port_is_set=True))


async def test_an_error_says_that_the_next_ports_are_in_use_too(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_with(OSError(98, "in use"), monkeypatch)
    with pytest.raises(CannotListen, match="8080 and the 20 ports after it are in use"):
        await bind(Settings())


@pytest.mark.parametrize(
    ("host", "answering"),
    [
        ("::", ["127.0.0.1", "127.0.0.2", "::1"]),
        ("::1", ["::1"]),
        ("127.0.0.2", ["127.0.0.2"]),
    ],
)
async def test_the_wildcard_address_covers_both_families(host: str, answering: list[str]) -> None:
    async with bound(Settings(host=host, port=0, port_is_set=True)) as port:
        assert port > 0
        for address in answering:
            _, writer = await asyncio.open_connection(address, port)
            writer.close()


async def test_a_port_in_use_is_an_error_on_both_families(taken: int) -> None:
    with pytest.raises(CannotListen, match=rf"\[::\]:{taken} is in use"):
        await bind(Settings(host="::", port=taken, port_is_set=True))


async def test_without_ipv6_the_wildcard_address_covers_ipv4(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: False)
    async with bound(Settings(host="::", port=0, port_is_set=True)) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
    assert "http.no_ipv6 host=::" in caplog.text
