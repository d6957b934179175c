"""With DATABASE_URL it is the same Helix, on PostgreSQL."""

import asyncio
from pathlib import Path

import aiohttp

from sandbox import Sandbox
from tests.e2e.chat import chatting, text_of
from tests.e2e.conftest import Settings
from tests.e2e.helix_process import get_json, helix, sandbox_env
from tests.postgres_server import PostgresServer, postgres_server


async def test_what_is_accepted_is_there_after_a_restart(
    sandbox: Sandbox, on_sandbox: Settings, postgres: PostgresServer, tmp_path: Path
) -> None:
    env = on_sandbox(DATABASE_URL=postgres.fresh_url())
    async with chatting(sandbox.page_url, "admin") as admin:
        async with helix(env=env) as process:
            await process.ready()
            (check,) = (await get_json(f"{await process.http()}/health"))["checks"]["store"]
            assert check["status"] == "pass"
            assert str(check["counters"]["engine"]).startswith("PostgreSQL ")
            await admin.ask("!archive before the storm")
            assert await process.terminate() == 0
        async with helix(env=env) as process:
            await process.ready()
            assert "before the storm" in text_of(await admin.ask("!contexts"))
            assert await process.terminate() == 0
            assert "Traceback" not in process.output
    assert not (tmp_path / "data" / "helix.db").exists()


async def test_check_names_the_server_and_its_version(on_sandbox: Settings, postgres: PostgresServer) -> None:
    async with helix("check", env=on_sandbox(DATABASE_URL=postgres.fresh_url())) as process:
        assert await process.exit_code() == 0, process.output
        assert f"at 127.0.0.1:{postgres.port}/" in process.output


async def test_a_server_that_is_not_there_ends_the_start(on_sandbox: Settings) -> None:
    env = on_sandbox(DATABASE_URL="postgresql://helix:open-sesame@127.0.0.1:1/helix")
    async with helix(env=env) as process:
        assert await process.exit_code() == 2
        assert "Check DATABASE_URL" in process.output
        assert "sesame" not in process.output
        assert "Traceback" not in process.output


async def test_a_server_that_goes_costs_no_accepted_event_and_helix_writes_again(
    tmp_path: Path,
) -> None:
    with postgres_server() as server:
        async with helix(env=sandbox_env(tmp_path / "data", DATABASE_URL=server.fresh_url())) as process:
            base = await process.http()
            await process.ready()
            async with aiohttp.ClientSession() as session, asyncio.timeout(60):
                accepted = [await send(session, base)]
                await asyncio.to_thread(server.kill)
                status, retry_after = await send(session, base)
                assert (status, retry_after.isdecimal()) == (503, True)
                async with session.get(f"{base}/status") as answer:
                    assert answer.status == 200
                await asyncio.to_thread(server.start)
                while (last := await send(session, base))[0] != 202:
                    await asyncio.sleep(0.05)
                accepted.append(last)
            kept = await asyncio.to_thread(server.execute, "SELECT count(*) FROM test_1.inbox")
            assert kept == [(len(accepted),)]
            assert await process.terminate() == 0


async def send(session: aiohttp.ClientSession, base: str) -> tuple[int, str]:
    """The status of the answer to an event, and its Retry-After."""
    async with session.post(f"{base}/webhooks/ucf.update", json={"shift": {"harmony": 0.001}}) as answer:
        return answer.status, answer.headers.get("Retry-After", "")
