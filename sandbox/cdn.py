"""/cdn: attachments, icons and avatars, served with headers that stop browsers from running them."""

import re
import struct
import zlib
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.engine import ENGINE, Engine
from sandbox.pictures import Picture, picture_type
from sandbox.posts.files import OCTET_STREAM
from sandbox.wire import as_id

_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Discord's six colours for default avatars.
_AVATAR_COLORS = (0x5865F2, 0x757E8A, 0x3BA55C, 0xFAA61A, 0xED4245, 0xEB459F)
_AVATAR_SIDE = 64
_DEFAULT = re.compile(r"/cdn/embed/avatars/([0-5])\.png")
_KEPT = re.compile(r"/cdn/(?:icons|avatars)/(\d{1,20})/([0-9a-f]{32})\.(?:png|jpe?g|webp)")
_ATTACHMENT = re.compile(r"/cdn/attachments/(\d{1,20})/(\d{1,20})/([A-Za-z0-9._-]+)")


def add_cdn(app: web.Application) -> None:
    """Adds the CDN's routes."""
    app.router.add_get("/cdn/attachments/{channel_id}/{attachment_id}/{filename}", _attachment)
    app.router.add_get(r"/cdn/{kind:icons|avatars}/{owner_id}/{name}.{format:png|jpg|jpeg|webp}", _picture)
    app.router.add_get(r"/cdn/embed/avatars/{number:[0-5]}.png", _default_avatar)


async def _attachment(request: web.Request) -> web.Response:
    channel_id = as_id(request.match_info["channel_id"])
    file_id = as_id(request.match_info["attachment_id"])
    files = request.app[ENGINE].files
    stored = files.get(channel_id or 0, file_id or 0, request.match_info["filename"])
    if stored is None:
        raise web.HTTPNotFound(headers=_SAFE)
    headers = _SAFE | {"Content-Type": stored.content_type, "Cache-Control": "private, max-age=3600"}
    if stored.content_type == OCTET_STREAM:
        headers["Content-Disposition"] = f'attachment; filename="{stored.filename}"'
    return web.Response(body=stored.data, headers=headers)


async def _picture(request: web.Request) -> web.Response:
    """A server's icon or a webhook's avatar, in its original format and size whatever is requested."""
    owner_id = as_id(request.match_info["owner_id"]) or 0
    picture = request.app[ENGINE].pictures.get(owner_id, request.match_info["name"])
    if picture is None:
        raise web.HTTPNotFound(headers=_SAFE)
    headers = _SAFE | {"Content-Type": picture.content_type, "Cache-Control": "public, max-age=86400"}
    return web.Response(body=picture.data, headers=headers)


async def _default_avatar(request: web.Request) -> web.Response:
    headers = _SAFE | {"Content-Type": "image/png", "Cache-Control": "public, max-age=86400"}
    return web.Response(body=_default_picture(request.match_info["number"]), headers=headers)


def _default_picture(number: str) -> bytes:
    return flat_png(_AVATAR_COLORS[int(number)], _AVATAR_SIDE)


def find_picture(engine: Engine, url: str) -> Picture | None:
    """The picture at a URL of this CDN; None for other URLs, which are never fetched."""
    path = urlsplit(url).path if url.startswith(f"{engine.files.cdn_url}/") else ""
    data = b""
    if (avatar := _DEFAULT.fullmatch(path)) is not None:
        data = _default_picture(avatar[1])
    elif (kept := _KEPT.fullmatch(path)) is not None:
        return engine.pictures.get(int(kept[1]), kept[2])
    elif (file := _ATTACHMENT.fullmatch(path)) is not None:
        stored = engine.files.get(int(file[1]), int(file[2]), file[3])
        data = stored.data if stored is not None else b""
    kind = picture_type(data)
    return Picture(kind, data) if kind is not None else None


def flat_png(color: int, side: int) -> bytes:
    """A square PNG of one colour (0xRRGGBB), ``side`` pixels wide."""
    row = b"\0" + color.to_bytes(3, "big") * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * side)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body
