"""The site under check, and what a check finds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, NamedTuple

import aiohttp
from multidict import CIMultiDictProxy
from yarl import URL


class Finding(NamedTuple):
    """One thing that is right, wrong, or only good to know; a wrong one says what to do."""

    verdict: Literal["right", "wrong", "note"]
    what: str


class Answer(NamedTuple):
    """What was answered."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    json: Any

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0]


class Site(NamedTuple):
    """A deployed Helix.

    Attributes:
        url: its origin.
        read_token: READ_TOKEN, where the deployment has one.
        webhook_token: WEBHOOK_TOKEN, likewise.
    """

    session: aiohttp.ClientSession
    url: URL
    read_token: str | None
    webhook_token: str | None

    @property
    def reading(self) -> dict[str, str]:
        """The headers with which reading is allowed."""
        return {"Authorization": f"Bearer {self.read_token}"} if self.read_token else {}

    async def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """One request, as allowed to read unless `headers` say otherwise; redirects are not followed."""
        async with self.session.request(
            method,
            self.url.join(URL(path)),
            headers=self.reading if headers is None else headers,
            data=body,
            allow_redirects=False,
        ) as response:
            content = await response.read()
            is_json = "json" in response.content_type
            return Answer(
                response.status,
                response.headers,
                content,
                await response.json(content_type=None) if is_json and content else None,
            )


Check = Callable[[Site], Awaitable[list[Finding]]]


def expect(ok: bool, right: str, wrong: str) -> Finding:
    """Right or wrong, by a condition."""
    return Finding("right", right) if ok else Finding("wrong", wrong)
