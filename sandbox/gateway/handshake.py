"""READY, GUILD_CREATE and member chunks."""

from sandbox.gateway.intents import Intent
from sandbox.gateway.sessions import Session
from sandbox.records import Guild
from sandbox.render import (
    application_flags,
    channel_json,
    guild_json,
    is_online,
    member_json,
    own_user_json,
    presence_json,
)
from sandbox.render.threads import active_threads
from sandbox.wire import JsonObject, as_id
from sandbox.world import World

LARGE_GUILD = 250
"""Larger servers are sent without members; the client requests them in chunks."""
CHUNK_MEMBERS = 1000


def ready_json(world: World, session: Session, resume_url: str) -> JsonObject:
    """READY's data; its servers are unavailable until GUILD_CREATE."""
    return {
        "v": 10,
        "user": own_user_json(world.bot),
        "guilds": [{"id": str(guild.id), "unavailable": True} for guild in own_guilds(world, session)],
        "session_id": session.id,
        "session_type": "normal",
        "resume_gateway_url": resume_url,
        "shard": list(session.shard),
        "application": {"id": str(world.application.id), "flags": application_flags(world)},
        "private_channels": [],
        "presences": [],
        "relationships": [],
        "user_settings": {},
    }


def own_guilds(world: World, session: Session) -> list[Guild]:
    """The servers of a session: those with the bot, in its shard, if its intents include servers."""
    if not session.intents & Intent.GUILDS:
        return []
    bot_id = world.application.bot_id
    return [g for g in world.guilds.values() if bot_id in g.members and session.in_shard(g.id)]


def guild_create_json(world: World, guild: Guild, intents: int) -> JsonObject:
    """GUILD_CREATE's data. Without the presences intent its only member is the bot, as at Discord."""
    bot_id = world.application.bot_id
    large = len(guild.members) > LARGE_GUILD
    everyone = bool(intents & Intent.GUILD_PRESENCES) and not large
    members = [m for m in guild.members.values() if everyone or m.user_id == bot_id]
    return guild_json(guild) | {
        "joined_at": guild.members[bot_id].joined_at,
        "large": large,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [member_json(world, member) for member in members],
        "channels": [channel_json(world, channel) for channel in guild.channels.values()],
        "threads": [channel_json(world, c, bot_id) for c in active_threads(world, guild, bot_id)],
        "presences": [
            presence_json(m.user_id, guild.id, online=True)
            for m in members
            if everyone and is_online(world, m.user_id)
        ],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def member_chunks(world: World, request: JsonObject, intents: int) -> list[JsonObject]:
    """The GUILD_MEMBERS_CHUNK events for a request; none if it is not allowed.

    The full list needs the members intent, presences need the presences intent ("Request Guild Members").
    """
    guild = world.guilds.get(as_id(request.get("guild_id")) or 0)
    if guild is None or world.application.bot_id not in guild.members:
        return []
    user_ids = request.get("user_ids")
    query = str(request.get("query") or "")
    limit = request.get("limit")
    limit = limit if isinstance(limit, int) and 0 <= limit <= 100 else 0
    not_found: list[str] = []
    if user_ids is not None:
        wanted = user_ids if isinstance(user_ids, list) else [user_ids]
        found = [guild.members[i] for i in map(as_id, wanted[:100]) if i is not None and i in guild.members]
        not_found = [str(raw) for raw in wanted[:100] if (as_id(raw) or 0) not in guild.members]
    elif query == "" and limit == 0 and not intents & Intent.GUILD_MEMBERS:
        return []
    else:
        found = [m for m in guild.members.values() if world.is_named(m, query)]
        found = found[:limit] if limit else found
    pages = [found[at : at + CHUNK_MEMBERS] for at in range(0, len(found), CHUNK_MEMBERS)] or [[]]
    chunks: list[JsonObject] = []
    for index, page in enumerate(pages):
        chunk: JsonObject = {
            "guild_id": str(guild.id),
            "members": [member_json(world, member) for member in page],
            "chunk_index": index,
            "chunk_count": len(pages),
            "not_found": not_found,
        }
        if request.get("presences") and intents & Intent.GUILD_PRESENCES:
            online = [m for m in page if is_online(world, m.user_id)]
            chunk["presences"] = [presence_json(m.user_id, guild.id, online=True) for m in online]
        if isinstance(request.get("nonce"), str):
            chunk["nonce"] = request["nonce"][:32]
        chunks.append(chunk)
    return chunks
