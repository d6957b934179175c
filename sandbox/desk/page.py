"""The chat page: its files, read once when first asked for, and a proxy for the bot's command list."""

import json
import logging
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from sandbox.engine import ENGINE
from sandbox.guard import is_loopback
from sandbox.wire import json_response

logger = logging.getLogger(__name__)

STATIC_DIR = Path(__file__).parents[1] / "static"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webmanifest": "application/manifest+json",
}
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; connect-src 'self' ws://{host}; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FETCH_S = 2.0
_MAX_COMMANDS_BYTES = 1 << 20


class PageFile(NamedTuple):
    """A file of the page."""

    content_type: str
    data: bytes


@cache
def read_page(folder: Path) -> Mapping[str, PageFile]:
    """The page's files by path below the folder. Only these are served."""
    files: dict[str, PageFile] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in _TYPES:
            files[path.relative_to(folder).as_posix()] = PageFile(_TYPES[path.suffix], path.read_bytes())
    return files


# Files that are served instead of those in the folder, if there are any.
PAGE = web.AppKey("PAGE", dict[str, PageFile])


def add_page(app: web.Application) -> None:
    """Add the page's routes; the app has the files under ``PAGE``."""
    app.router.add_get("/", _index)
    app.router.add_get("/static/{path:.+}", _static)
    app.router.add_get("/sandbox/commands", _commands)


async def _index(request: web.Request) -> web.Response:
    base = urlsplit(request.app[ENGINE].base_url)
    if request.host == f"localhost:{base.port}":
        # Attachment URLs use the numeric address, so the page must too, to have the same origin.
        raise web.HTTPFound(f"{base.geturl()}/")
    return _send(request, "index.html")


async def _static(request: web.Request) -> web.Response:
    return _send(request, request.match_info["path"])


def _send(request: web.Request, name: str) -> web.Response:
    file = (request.app[PAGE] or read_page(STATIC_DIR)).get(name)
    if file is None:
        raise web.HTTPNotFound
    headers = {
        "Content-Type": file.content_type,
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _POLICY.format(host=request.host),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return web.Response(body=file.data, headers=headers)


async def _commands(request: web.Request) -> web.Response:
    """The bot's command list, proxied so that the page needs no other origin."""
    url = request.app[ENGINE].commands_url
    if url is None:
        return json_response({"message": "The bot has not announced a command list."}, status=404)
    if not is_loopback(urlsplit(url).hostname or ""):
        return json_response({"message": "The URL of the command list is not on this machine."}, status=502)
    try:
        body = await _fetch(url)
    except (ClientError, TimeoutError, ValueError) as error:
        logger.info("sandbox.desk.page.commands_failed error=%r", error)
        return json_response(
            {"message": "The command list is not available now. Try again later."}, status=502
        )
    return web.Response(body=body, content_type="application/json")


async def _fetch(url: str) -> bytes:
    async with (
        ClientSession(timeout=ClientTimeout(total=_FETCH_S)) as session,
        session.get(url, allow_redirects=False) as response,
    ):
        if response.status != 200:
            raise ValueError(f"status {response.status}")
        body = await response.content.read(_MAX_COMMANDS_BYTES + 1)
        while chunk := await response.content.read(_MAX_COMMANDS_BYTES + 1 - len(body)):
            body += chunk
    if len(body) > _MAX_COMMANDS_BYTES:
        raise ValueError("too large")
    json.loads(body)
    return body
