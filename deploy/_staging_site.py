"""The site under check, and what a check finds."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeVar

import aiohttp
from multidict import CIMultiDictProxy
from yarl import URL

T = TypeVar("T")

# The longest answer of Helix's is its OpenAPI document, of well under a megabyte.
_LONGEST: Final = 8 * 1024 * 1024


class Finding(NamedTuple):
    """One thing that is right, wrong, or only good to know; a wrong one says what to do."""

    verdict: Literal["right", "wrong", "note"]
    what: str


class NotHelixError(ValueError):
    """An answer that is not of the shape that Helix gives."""


class Answer(NamedTuple):
    """What was answered.

    Attributes:
        json: None where the body is no JSON.
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
        """What stands in the JSON body under these keys, one inside the other.

        Raises:
            NotHelixError: there is nothing of that kind.
        """
        return part_of(self.json, kind, *keys, where=f"{self.path}: {self.status} {self.media_type}".rstrip())

    @property
    def detail(self) -> str:
        """Why it was refused, in Helix's words; empty where there are none."""
        detail = self.json.get("detail") if isinstance(self.json, dict) else None
        return detail if isinstance(detail, str) else ""


def part_of(value: object, kind: type[T], *keys: str, where: str) -> T:
    """What stands in a JSON value under these keys.

    Raises:
        NotHelixError: there is nothing of that kind; the text begins with `where`.
    """
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, kind):
        missing = f" without `{'.'.join(keys)}`" if keys else ""
        raise NotHelixError(f"{where}{missing}: Helix does not answer like this. Is this its address?")
    return value


class Site(NamedTuple):
    """A deployed Helix.

    Attributes:
        url: where it is; everything is looked for below its path.
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

    def at(self, path: str) -> URL:
        """The address of a path of Helix's."""
        return URL(f"{str(self.url).rstrip('/')}{path}")

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
    """Right or wrong, by a condition."""
    return Finding("right", right) if ok else Finding("wrong", wrong)
