"""Validates embeds by Discord's limits ("Embed Limits" in its reference)."""

import re
from datetime import datetime
from urllib.parse import urlsplit

from sandbox.errors import FormErrors, Path
from sandbox.wire import JsonObject

MAX_EMBEDS = 10
MAX_EMBED_TOTAL = 6000
MAX_FIELDS = 25


_EMBED_TEXTS = {"title": 256, "description": 4096}
_EMBED_PARTS = {"footer": ("text", 2048), "author": ("name", 256)}
_PRINTABLE = re.compile(r"[^\s<>\"\x00-\x1f\x7f]+")
_PLAIN = ("title", "description", "url", "timestamp", "color")
_NESTED = {
    "footer": ("text", "icon_url"),
    "author": ("name", "url", "icon_url"),
    "image": ("url",),
    "thumbnail": ("url",),
}
_FIELD_TEXTS = (("name", 256), ("value", 1024))


def check_embeds(errors: FormErrors, embeds: list[JsonObject]) -> list[JsonObject]:
    """Validate a message's embeds; returns them as Discord stores them."""
    if len(embeds) > MAX_EMBEDS:
        errors.too_long(("embeds",), MAX_EMBEDS)
    total = 0
    for index, embed in enumerate(embeds):
        total += _check_embed(errors, ("embeds", index), embed)
    if total > MAX_EMBED_TOTAL:
        message = f"Embed size exceeds maximum size of {MAX_EMBED_TOTAL}"
        errors.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", message)
    errors.raise_if_any()
    return [_clean(embed) for embed in embeds]


def _clean(embed: JsonObject) -> JsonObject:
    """The embed with the fields that Discord stores; unknown ones are silently dropped."""
    cleaned: JsonObject = {"type": "rich"}
    cleaned |= {key: embed[key] for key in _PLAIN if embed.get(key) not in (None, "")}
    for key, names in _NESTED.items():
        part = embed.get(key)
        if isinstance(part, dict):
            kept = {name: part[name] for name in names if part.get(name) not in (None, "")}
            cleaned |= {key: kept} if kept else {}
    if embed.get("fields"):
        cleaned["fields"] = [
            {"name": item["name"], "value": item["value"], "inline": item.get("inline") is True}
            for item in embed["fields"]
        ]
    return cleaned


def _check_embed(errors: FormErrors, path: Path, embed: JsonObject) -> int:
    """Validate an embed; returns the number of its characters that count towards the total."""
    total = sum(
        _embed_text(errors, (*path, key), embed.get(key), limit, required=False)
        for key, limit in _EMBED_TEXTS.items()
    )
    for key, (name, limit) in _EMBED_PARTS.items():
        part = embed.get(key)
        if isinstance(part, dict):
            total += _embed_text(errors, (*path, key, name), part.get(name), limit, required=True)
            _check_url(errors, (*path, key, "icon_url"), part.get("icon_url"), attachment=True)
    total += _check_fields(errors, (*path, "fields"), embed.get("fields") or [])
    _check_url(errors, (*path, "url"), embed.get("url"), attachment=False)
    for key in ("image", "thumbnail"):
        media = embed.get(key)
        if isinstance(media, dict):
            _check_url(errors, (*path, key, "url"), media.get("url"), attachment=True)
    color = embed.get("color")
    if color is not None and not (isinstance(color, int) and 0 <= color <= 0xFFFFFF):
        errors.add((*path, "color"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")
    _check_timestamp(errors, (*path, "timestamp"), embed.get("timestamp"))
    return total


def _check_fields(errors: FormErrors, path: Path, fields: object) -> int:
    if not isinstance(fields, list):
        errors.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return 0
    if len(fields) > MAX_FIELDS:
        errors.too_long(path, MAX_FIELDS)
    total = 0
    for index, item in enumerate(fields):
        for name, limit in _FIELD_TEXTS:
            value = item.get(name) if isinstance(item, dict) else None
            total += _embed_text(errors, (*path, index, name), value, limit, required=True)
    return total


def _embed_text(errors: FormErrors, path: Path, value: object, limit: int, *, required: bool) -> int:
    if value is None or value == "":
        if required:
            errors.required(path)
        return 0
    if not isinstance(value, str | int | float):
        errors.add(path, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
        return 0
    text = str(value)
    if len(text) > limit:
        errors.too_long(path, limit)
    return len(text)


def _check_url(errors: FormErrors, path: Path, value: object, *, attachment: bool) -> None:
    if value is None or value == "":
        return
    schemes = ("http", "https", "attachment") if attachment else ("http", "https")
    try:
        parts = urlsplit(str(value))
        port = parts.port
    except ValueError:
        errors.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        return
    if parts.scheme not in schemes:
        message = f'Scheme "{parts.scheme}" is not supported. Scheme must be one of {schemes}.'
        errors.add(path, "URL_TYPE_INVALID_SCHEME", message)
    elif not parts.netloc or port == 0 or not _PRINTABLE.fullmatch(str(value)):
        errors.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    elif len(str(value)) > 2048:
        errors.too_long(path, 2048)


def _check_timestamp(errors: FormErrors, path: Path, value: object) -> None:
    if value is None:
        return
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        errors.add(path, "DATE_TIME_TYPE_PARSE", f"Could not parse {value}. Should be ISO8601.")
