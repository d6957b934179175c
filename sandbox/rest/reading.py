"""Reads requests: JSON bodies, uploads, ids, paging."""

import re
from datetime import UTC, datetime

from aiohttp import BodyPartReader, web

from sandbox.engine import Engine
from sandbox.errors import ApiError, bad_form, missing_access, unknown
from sandbox.forms.messages import MAX_FILES, UploadedFile
from sandbox.posts.files import MAX_FILE_BYTES
from sandbox.records import Guild
from sandbox.wire import JsonObject, as_id, decode

_FILE_FIELD = re.compile(r"files?\[?(\d{0,3})\]?")
_BAD_JSON = (400, 50109, "The request body contains invalid JSON.")


def path_id(request: web.Request, name: str) -> int:
    """A snowflake from the path.

    Raises:
        ApiError: 400 with code 50035 if it is not a number.
    """
    raw = request.match_info[name]
    value = as_id(raw)
    if value is None:
        raise bad_form((name,), "NUMBER_TYPE_COERCE", f'Value "{raw}" is not snowflake.')
    return value


def own_guild(request: web.Request, engine: Engine) -> Guild:
    """The server in the path, of which the bot must be a member.

    Raises:
        ApiError: 404 (10004) if there is none, 403 (50001) if the bot is not a member.
    """
    guild = engine.world.guilds.get(path_id(request, "guild_id"))
    if guild is None:
        raise unknown("Guild")
    if engine.world.bot.id not in guild.members:
        raise missing_access()
    return guild


def query_int(request: web.Request, name: str, default: int, low: int, high: int) -> int:
    """A number in the query, from ``low`` to ``high``.

    Raises:
        ApiError: 400 with code 50035.
    """
    raw = request.query.get(name)
    if raw is None:
        return default
    if not (raw.isascii() and raw.isdigit() and len(raw) < 10):
        raise bad_form((name,), "NUMBER_TYPE_COERCE", f'Value "{raw}" is not int.')
    value = int(raw)
    if value < low:
        raise bad_form((name,), "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
    if value > high:
        raise bad_form((name,), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
    return value


def query_id(request: web.Request, name: str) -> int | None:
    """A snowflake in the query, or None.

    Raises:
        ApiError: 400 with code 50035 if it is not a number.
    """
    raw = request.query.get(name)
    if raw is None:
        return None
    # Clients start paging from 0, which is not an id but a valid lower bound.
    value = 0 if raw == "0" else as_id(raw)
    if value is None:
        raise bad_form((name,), "NUMBER_TYPE_COERCE", f'Value "{raw}" is not snowflake.')
    return value


def query_time(request: web.Request, name: str) -> datetime | None:
    """A time in the query, or None; UTC if it has no zone.

    Raises:
        ApiError: 400 with code 50035 if it is not ISO 8601.
    """
    raw = request.query.get(name)
    if raw is None:
        return None
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        message = f'Could not parse "{raw[:40]}". Should be ISO8601.'
        raise bad_form((name,), "DATE_TIME_TYPE_PARSE", message) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


async def read_json(request: web.Request) -> object:
    """The JSON body; an empty body counts as an empty object.

    Raises:
        ApiError: 400 with code 50109.
    """
    raw = await request.read()
    if not raw:
        return {}
    return _parse(raw)


async def read_object(request: web.Request) -> JsonObject:
    """The JSON body as an object.

    Raises:
        ApiError: 400 with code 50109 or 50035.
    """
    body = await read_json(request)
    if not isinstance(body, dict):
        raise bad_form((), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    return body


def _parse(raw: bytes | str) -> object:
    try:
        return decode(raw)
    except ValueError:
        raise ApiError(*_BAD_JSON) from None


async def read_message(request: web.Request) -> tuple[JsonObject, list[UploadedFile]]:
    """A message body: JSON, or multipart with ``payload_json`` and ``files[n]`` ("Uploading Files").

    Raises:
        ApiError: 400 for an invalid body, 413 for files that are too large.
    """
    if request.content_type != "multipart/form-data":
        return await read_object(request), []
    body: JsonObject = {}
    files: list[UploadedFile] = []
    try:
        reader = await request.multipart()
        async for part in reader:
            if not isinstance(part, BodyPartReader):
                raise ApiError(*_BAD_JSON)
            data = await _read_part(part)
            field = _FILE_FIELD.fullmatch(part.name or "")
            if part.name == "payload_json":
                parsed = _parse(data)
                body = parsed if isinstance(parsed, dict) else {}
            elif field is not None and len(files) <= MAX_FILES:
                files.append(UploadedFile(int(field[1] or 0), part.filename or "unknown", data))
    except (ValueError, AssertionError, KeyError):
        # aiohttp's errors for a malformed multipart body.
        raise ApiError(*_BAD_JSON) from None
    return body, files


async def _read_part(part: BodyPartReader) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(1 << 16):
        data += chunk
        if len(data) > MAX_FILE_BYTES:
            raise ApiError(413, 40005, "Request entity too large")
    return bytes(data)
