"""SANDBOX_HOSTS holds for both servers of a process in the sandbox."""

from pathlib import Path

import aiohttp

from tests.e2e.helix_process import helix, sandbox_env


async def test_both_servers_answer_to_a_named_host_and_to_no_other(tmp_path: Path) -> None:
    async with (
        helix(env=sandbox_env(tmp_path, SANDBOX_HOSTS="box.example")) as process,
        aiohttp.ClientSession() as session,
    ):
        urls = (f"{await process.http()}/health/live", await process.chat_page())
        for host, status in (("box.example", 200), ("evil.example", 421)):
            for url in urls:
                async with session.get(url, headers={"Host": host}) as answer:
                    assert (url, answer.status) == (url, status)
