"""Resolves a message's mentions, by allowed_mentions and the author's permissions."""

import re
from typing import NamedTuple

from sandbox.permissions import Permission
from sandbox.records import Channel
from sandbox.wire import JsonObject
from sandbox.world import World

_USER = re.compile(r"<@!?(\d{1,20})>")
_ROLE = re.compile(r"<@&(\d{1,20})>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")


class Mentions(NamedTuple):
    """The pinged users and roles."""

    users: list[int]
    roles: list[int]
    everyone: bool


def resolve_mentions(
    world: World,
    channel: Channel,
    author_id: int,
    content: str,
    *,
    allowed: JsonObject | None,
    replied_user_id: int | None,
) -> Mentions:
    """The mentions of a message that ping ("Allowed Mentions Object" in Discord's reference).

    Without ``allowed_mentions`` all ping, including the replied user; with it, the replied user is pinged
    only with ``replied_user``. @everyone, @here and roles that are not mentionable need the permission.
    """
    found_users = [int(raw) for raw in _USER.findall(content)]
    users = [i for i in _allowed_ids(found_users, allowed, "users") if i in world.users]
    if replied_user_id is not None and (allowed is None or allowed.get("replied_user") is True):
        users.append(replied_user_id)
    if channel.guild_id is None:
        return Mentions(_unique(users), [], everyone=False)
    roles = world.guilds[channel.guild_id].roles
    # A webhook needs no permission to ping; only its allowed_mentions apply.
    is_webhook = author_id in world.webhooks
    may_all = is_webhook or bool(world.permissions_in(channel, author_id) & Permission.MENTION_EVERYONE)
    found_roles = [int(raw) for raw in _ROLE.findall(content)]
    role_ids = [
        role_id
        for role_id in _allowed_ids(found_roles, allowed, "roles")
        if role_id in roles and role_id != channel.guild_id and (may_all or roles[role_id].mentionable)
    ]
    parse = ["everyone"] if allowed is None else allowed.get("parse") or []
    everyone = may_all and "everyone" in parse and _EVERYONE.search(content) is not None
    return Mentions(_unique(users), _unique(role_ids), everyone)


def _allowed_ids(found: list[int], allowed: JsonObject | None, kind: str) -> list[int]:
    if allowed is None or kind in (allowed.get("parse") or []):
        return found
    listed = {int(raw) for raw in allowed.get(kind) or []}
    return [i for i in found if i in listed]


def _unique(ids: list[int]) -> list[int]:
    return list(dict.fromkeys(ids))
