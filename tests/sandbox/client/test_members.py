"""The real discord.py client in a server of thousands: member chunks, queries, paging."""

import discord
import pytest

from sandbox import Sandbox
from sandbox.records import Member, User
from tests.sandbox.support import Api, Bot, Bots

pytestmark = pytest.mark.unmeasured

CROWD = 2500


@pytest.fixture
def crowd(sandbox: Sandbox) -> list[Member]:
    """Adds ``CROWD`` people to the home server, which has five; returns the new members."""
    engine = sandbox.engine
    home = engine.world.guilds[sandbox.home_guild_id]
    people: list[Member] = []
    for number in range(CROWD):
        user = User(engine.next_id(), f"guest{number}", f"Guest {number}")
        engine.world.users[user.id] = user
        people.append(engine.members.add(home, user.id))
    return people


@pytest.fixture
async def home(crowd: list[Member], bots: Bots, sandbox: Sandbox) -> discord.Guild:
    """The home server in a client that connected after the people were added."""
    assert crowd
    guild = (await bots.connect()).get_guild(sandbox.home_guild_id)
    assert guild is not None
    return guild


async def test_a_large_servers_members_are_all_known_after_ready(home: discord.Guild) -> None:
    assert home.large
    assert home.chunked
    assert len(home.members) == CROWD + 5


async def test_a_client_that_did_not_ask_at_the_start_asks_later(
    crowd: list[Member], bots: Bots, sandbox: Sandbox
) -> None:
    bot = await bots.connect(Bot(chunk_guilds_at_startup=False))
    guild = bot.get_guild(sandbox.home_guild_id)
    assert guild is not None
    assert not guild.chunked
    await guild.chunk()
    assert guild.chunked
    assert guild.get_member(crowd[-1].user_id) is not None


async def test_members_are_found_by_the_beginning_of_their_names_up_to_a_limit(home: discord.Guild) -> None:
    assert len(await home.query_members("guest", limit=7)) == 7
    assert len(await home.query_members("guest", limit=100)) == 100
    assert await home.query_members("nobody") == []


async def test_members_are_found_by_their_ids(home: discord.Guild, crowd: list[Member]) -> None:
    wanted = [member.user_id for member in crowd[:3]]
    found = await home.query_members(user_ids=[*wanted, 1], presences=True)

    assert sorted(member.id for member in found) == sorted(wanted)


async def test_members_are_listed_in_pages_over_rest(home: discord.Guild) -> None:
    members = [member.id async for member in home.fetch_members(limit=None)]

    assert len(members) == len(set(members)) == CROWD + 5


async def test_the_chunks_count_themselves_and_hold_a_thousand_each(api: Api, crowd: list[Member]) -> None:
    assert crowd
    raw, _ = await api.identified()
    request = {"guild_id": str(api.sandbox.home_guild_id), "query": "", "limit": 0, "nonce": "n"}
    await raw.send(8, request)
    chunks = [(await raw.event("GUILD_MEMBERS_CHUNK"))["d"] for _ in range(3)]

    assert [(c["chunk_index"], c["chunk_count"], c["nonce"]) for c in chunks] == [
        (0, 3, "n"),
        (1, 3, "n"),
        (2, 3, "n"),
    ]
    assert [len(chunk["members"]) for chunk in chunks] == [1000, 1000, CROWD + 5 - 2000]
    assert all("presences" not in chunk for chunk in chunks)


async def test_members_are_searched_over_rest_by_name_and_nick(api: Api) -> None:
    home = api.sandbox.home_guild_id
    member = api.sandbox.users["member"]
    await api.call("PATCH", f"/guilds/{home}/members/{member}", {"nick": "Zebra"})

    for query in ("ZEB", "mika"):
        _, found = await api.call("GET", f"/guilds/{home}/members/search?query={query}&limit=5")
        assert [entry["user"]["id"] for entry in found] == [str(member)]
