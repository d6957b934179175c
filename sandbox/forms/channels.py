"""A channel's body checked against Discord's limits."""

import re
from typing import TypedDict

from sandbox.errors import FormErrors, bad_form, not_built
from sandbox.forms.fields import id_field, number_field, switch_field, text_field
from sandbox.forms.overwrites import parse_overwrites
from sandbox.records import CATEGORY, TEXT_CHANNEL, Overwrite
from sandbox.wire import JsonObject, as_id

MAX_NAME = 100
MAX_TOPIC = 1024
MAX_SLOWMODE_S = 21_600
_MAX_POSITION = (1 << 31) - 1
_KNOWN_TYPES = (0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16)
# Characters that Discord strips from a text channel's name.
_STRIPPED = re.compile(r"""[!"#$%&'()*+,./:;<=>?@\[\\\]^`{|}~]""")
_BLANKS = re.compile(r"[\s-]+")


class ChannelFields(TypedDict, total=False):
    """The checked fields of a channel's body; fields that were not given are missing."""

    name: str
    topic: str | None
    nsfw: bool
    slowmode_s: int
    position: int
    parent_id: int | None
    overwrites: list[Overwrite]


class ChannelPlace(TypedDict, total=False):
    """A channel's new place; fields that were not given are missing."""

    position: int
    parent_id: int | None
    lock_permissions: bool


def parse_type(body: JsonObject) -> int:
    """The type of a new channel: text, or a category.

    Raises:
        ApiError: 501 for a type of Discord that the sandbox lacks, 400 for any other value.
    """
    kind = body.get("type", TEXT_CHANNEL)
    if isinstance(kind, bool) or kind not in _KNOWN_TYPES:
        raise bad_form(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {_KNOWN_TYPES}.")
    if kind not in (TEXT_CHANNEL, CATEGORY):
        raise not_built(f"channels of type {kind}")
    return int(kind)


def parse_channel(body: JsonObject, kind: int) -> ChannelFields:
    """Checks a channel's body, for creating and editing.

    Raises:
        ApiError: 400 with code 50035 listing every invalid field.
    """
    errors = FormErrors()
    fields = ChannelFields()
    if "name" in body:
        fields["name"] = _name(errors, body, kind)
    if "topic" in body and kind == TEXT_CHANNEL:
        topic = None if body["topic"] is None else text_field(errors, body, "topic", 0, MAX_TOPIC)
        fields["topic"] = topic or None
    if body.get("nsfw") is not None:
        fields["nsfw"] = bool(switch_field(errors, body, "nsfw"))
    if body.get("rate_limit_per_user") is not None:
        fields["slowmode_s"] = number_field(errors, body, "rate_limit_per_user", 0, MAX_SLOWMODE_S) or 0
    if body.get("position") is not None:
        fields["position"] = number_field(errors, body, "position", 0, _MAX_POSITION) or 0
    if "parent_id" in body:
        fields["parent_id"] = id_field(errors, body, "parent_id")
    if "permission_overwrites" in body:
        fields["overwrites"] = parse_overwrites(errors, body["permission_overwrites"])
    errors.raise_if_any()
    return fields


def _name(errors: FormErrors, body: JsonObject, kind: int) -> str:
    name = text_field(errors, body, "name", 1, MAX_NAME)
    if name is None or kind == CATEGORY:
        return name or ""
    plain = channel_name(name)
    if not plain:
        errors.bad_length(("name",), 1, MAX_NAME)
    return plain


def channel_name(name: str) -> str:
    """A text channel's name as Discord stores it: lower case, dashes for spaces, no punctuation."""
    return _BLANKS.sub("-", _STRIPPED.sub("", name.lower())).strip("-")


def parse_places(body: object) -> dict[int, ChannelPlace]:
    """The body of "Modify Guild Channel Positions", by channel id.

    Raises:
        ApiError: 400 with code 50035 listing every invalid field.
    """
    if not isinstance(body, list):
        raise bad_form((), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    errors = FormErrors()
    places: dict[int, ChannelPlace] = {}
    for index, item in enumerate(body):
        channel_id = as_id(item.get("id")) if isinstance(item, dict) else None
        if not isinstance(item, dict) or channel_id is None:
            errors.add((index, "id"), "NUMBER_TYPE_COERCE", "Value is not snowflake.")
            continue
        nested = FormErrors()
        place = ChannelPlace()
        if item.get("position") is not None:
            place["position"] = number_field(nested, item, "position", 0, _MAX_POSITION) or 0
        if "parent_id" in item:
            place["parent_id"] = id_field(nested, item, "parent_id")
        if item.get("lock_permissions") is not None:
            place["lock_permissions"] = bool(switch_field(nested, item, "lock_permissions"))
        errors.take(index, nested)
        places[channel_id] = place
    errors.raise_if_any()
    return places
