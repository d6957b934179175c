"""A server's body checked against Discord's limits."""

from typing import TypedDict

from sandbox.errors import FormErrors, not_built
from sandbox.forms.fields import id_field, number_field, text_field
from sandbox.pictures import Picture, picture_field
from sandbox.wire import JsonObject

MAX_GUILD_NAME = 100
MAX_DESCRIPTION = 120
_LEVELS = {
    "verification_level": 4,
    "default_message_notifications": 1,
    "explicit_content_filter": 2,
    "system_channel_flags": (1 << 6) - 1,
}
_MISSING = (
    "afk_channel_id", "banner", "discovery_splash", "features", "public_updates_channel_id", "region",
    "rules_channel_id", "safety_alerts_channel_id", "splash",
)  # fmt: skip


class GuildFields(TypedDict, total=False):
    """The checked fields of a server's body; fields that were not given are missing."""

    name: str
    description: str | None
    icon: Picture | None
    system_channel_id: int | None
    owner_id: int
    levels: dict[str, int]


def parse_guild(body: JsonObject) -> GuildFields:
    """Checks the body of "Modify Guild".

    Raises:
        ApiError: 400 with code 50035 listing every invalid field; 501 for features that the sandbox lacks.
    """
    for key in _MISSING:
        if body.get(key):
            raise not_built(f"{key} of servers")
    errors = FormErrors()
    fields = GuildFields()
    if body.get("name") is not None:
        fields["name"] = text_field(errors, body, "name", 2, MAX_GUILD_NAME) or ""
    if "description" in body:
        given = body["description"] is not None
        text = text_field(errors, body, "description", 0, MAX_DESCRIPTION) if given else None
        fields["description"] = text or None
    if "icon" in body:
        fields["icon"] = picture_field(errors, body, "icon")
    if "system_channel_id" in body:
        fields["system_channel_id"] = id_field(errors, body, "system_channel_id")
    if body.get("owner_id") is not None:
        fields["owner_id"] = id_field(errors, body, "owner_id") or 0
    given_levels = {key: high for key, high in _LEVELS.items() if body.get(key) is not None}
    fields["levels"] = {
        key: number_field(errors, body, key, 0, high) or 0 for key, high in given_levels.items()
    }
    errors.raise_if_any()
    return fields
