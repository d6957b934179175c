"""The deployment under test, and the findings."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeVar

import aiohttp
from multidict import CIMultiDictProxy
from yarl import URL

T = TypeVar("T")

# Helix's largest response, the OpenAPI document, is well below a megabyte.
_LONGEST: Final = 8 * 1024 * 1024


class Finding(NamedTuple):
    """A finding: right, wrong, or a note; a wrong one says what to do."""

    verdict: Literal["right", "wrong", "note"]
    what: str


class NotHelixError(ValueError):
    """A response that is not from Helix."""


class Answer(NamedTuple):
    """A response.

    Attributes:
        json: the decoded body; None if it is not JSON.
    """

    path: str
    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    json: Any

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0]

    def part(self, kind: type[T], *keys: str) -> T:
        """The value at nested keys of the JSON body.

        Raises:
            NotHelixError: it is missing or has another type.
        """
        return part_of(self.json, kind, *keys, where=f"{self.path}: {self.status} {self.media_type}".rstrip())

    @property
    def detail(self) -> str:
        """The `detail` of Helix's error; empty if there is none."""
        detail = self.json.get("detail") if isinstance(self.json, dict) else None
        return detail if isinstance(detail, str) else ""


def part_of(value: object, kind: type[T], *keys: str, where: str) -> T:
    """The value at nested keys of a JSON value.

    Raises:
        NotHelixError: it is missing or has another type; the text begins with `where`.
    """
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, kind):
        missing = f" without `{'.'.join(keys)}`" if keys else ""
        raise NotHelixError(f"{where}{missing}: this response is not from Helix. Is the address right?")
    return value


class Site(NamedTuple):
    """A deployed Helix.

    Attributes:
        url: its base URL.
        read_token: READ_TOKEN, if the deployment has one.
        webhook_token: WEBHOOK_TOKEN, if the deployment has one.
    """

    session: aiohttp.ClientSession
    url: URL
    read_token: str | None
    webhook_token: str | None

    @property
    def reading(self) -> dict[str, str]:
        """The headers that authorize reading."""
        return {"Authorization": f"Bearer {self.read_token}"} if self.read_token else {}

    def at(self, path: str) -> URL:
        """The URL of a path of Helix."""
        return URL(f"{str(self.url).rstrip('/')}{path}")

    async def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send a request, authorized for reading unless `headers` differ; redirects are not followed."""
        async with self.session.request(
            method,
            self.at(path),
            headers=self.reading if headers is None else headers,
            data=body,
            allow_redirects=False,
        ) as response:
            content = await _read(response)
            is_json = "json" in response.content_type
            return Answer(
                path, response.status, response.headers, content, _decode(content) if is_json else None
            )


async def _read(response: aiohttp.ClientResponse) -> bytes:
    content = b""
    while len(content) < _LONGEST and (chunk := await response.content.read(_LONGEST - len(content))):
        content += chunk
    return content


def _decode(content: bytes) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


Check = Callable[[Site], Awaitable[list[Finding]]]


def expect(ok: bool, right: str, wrong: str) -> Finding:
    """A finding that is right if `ok`, else wrong."""
    return Finding("right", right) if ok else Finding("wrong", wrong)
