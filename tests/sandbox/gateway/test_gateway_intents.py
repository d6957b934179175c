"""The events of a session by intents, shard and permissions, and requested members."""

from sandbox import Sandbox
from tests.sandbox.support import Api, deny_bot

ALL_INTENTS = 53608447
GUILDS = 1
MESSAGES = 1 << 9
CONTENT = 1 << 15


async def test_without_the_message_content_intent_text_is_blank_but_for_mentions_and_dms(
    api: Api, general: int
) -> None:
    raw, _ = await api.identified(intents=GUILDS | MESSAGES | 1 << 12)
    bot_id = api.sandbox.application_id
    act = api.sandbox.act

    await act.message(user="owner", channel=general, content="secret")
    await act.message(user="owner", channel=general, content=f"<@{bot_id}> open")
    await act.message(user="owner", dm=True, content="direct")
    await api.call("POST", f"/channels/{general}/messages", {"content": "own"})

    texts = [(await raw.event("MESSAGE_CREATE"))["d"]["content"] for _ in range(4)]
    assert texts == ["", f"<@{bot_id}> open", "direct", "own"]


async def test_a_blanked_message_blanks_the_one_it_answers(api: Api, general: int) -> None:
    raw, _ = await api.identified(intents=GUILDS | MESSAGES)
    first = await api.sandbox.act.message(user="owner", channel=general, content="first secret")

    await api.sandbox.act.message(
        user="owner", channel=general, content="second secret", reply_to=first["id"]
    )

    await raw.event("MESSAGE_CREATE")
    answer = await raw.event("MESSAGE_CREATE")
    assert answer["d"]["referenced_message"]["content"] == ""


async def test_events_without_their_intent_do_not_arrive(api: Api, general: int) -> None:
    raw, _ = await api.identified(intents=GUILDS | 1 << 10)

    sent = await api.sandbox.act.message(user="owner", channel=general, content="unheard")
    await api.sandbox.act.reaction(user="owner", message=sent["id"], emoji="👍")

    assert (await raw.next())["t"] == "MESSAGE_REACTION_ADD"


async def test_without_the_guilds_intent_no_server_is_sent(api: Api) -> None:
    raw = await api.gateway()

    await raw.send(2, {"token": api.sandbox.token, "intents": 0})

    assert (await raw.event("READY"))["d"]["guilds"] == []


async def test_a_hidden_channel_sends_no_events(api: Api, sandbox: Sandbox, general: int) -> None:
    raw, _ = await api.identified(intents=GUILDS | MESSAGES | CONTENT)
    deny_bot(sandbox, sandbox.channel("bot-commands"))

    await sandbox.act.message(user="admin", channel=sandbox.channel("bot-commands"), content="hidden")
    await sandbox.act.message(user="admin", channel=general, content="seen")

    assert (await raw.event("MESSAGE_CREATE"))["d"]["content"] == "seen"


async def test_each_shard_gets_events_of_its_own_servers_only(api: Api) -> None:
    seen: list[str] = []
    for number in range(2):
        raw = await api.gateway()
        await raw.send(2, {"token": api.sandbox.token, "intents": GUILDS, "shard": [number, 2]})
        ready = await raw.event("READY")
        assert ready["d"]["shard"] == [number, 2]
        assert all((int(guild["id"]) >> 22) % 2 == number for guild in ready["d"]["guilds"])
        seen += [guild["id"] for guild in ready["d"]["guilds"]]

    assert sorted(seen) == sorted([str(api.sandbox.home_guild_id), str(api.sandbox.other_guild_id)])


async def test_members_are_sent_in_chunks_with_nonce_and_presences(api: Api) -> None:
    raw, _ = await api.identified()
    request = {"guild_id": str(api.sandbox.home_guild_id), "query": "", "limit": 0}

    await raw.send(8, request | {"presences": True, "nonce": "abc"})

    chunk = (await raw.event("GUILD_MEMBERS_CHUNK"))["d"]
    assert len(chunk["members"]) == 5
    assert len(chunk["presences"]) == 5
    assert (chunk["nonce"], chunk["chunk_index"], chunk["chunk_count"]) == ("abc", 0, 1)


async def test_members_can_be_asked_for_by_name_and_by_id(api: Api) -> None:
    raw, _ = await api.identified()
    users, guild = api.sandbox.users, str(api.sandbox.home_guild_id)

    await raw.send(8, {"guild_id": guild, "query": "MON", "limit": 5})
    by_name = (await raw.event("GUILD_MEMBERS_CHUNK"))["d"]
    await raw.send(8, {"guild_id": guild, "user_ids": [str(users["mod"]), str(users["newcomer"])]})
    by_id = (await raw.event("GUILD_MEMBERS_CHUNK"))["d"]

    assert [member["user"]["username"] for member in by_name["members"]] == ["mona"]
    assert [member["user"]["id"] for member in by_id["members"]] == [str(users["mod"])]
    assert by_id["not_found"] == [str(users["newcomer"])]


async def test_the_whole_member_list_needs_the_members_intent(api: Api) -> None:
    raw, _ = await api.identified(intents=GUILDS)
    guild = str(api.sandbox.home_guild_id)

    await raw.send(8, {"guild_id": guild, "query": "", "limit": 0})
    await raw.send(8, {"guild_id": "1", "query": "a", "limit": 1})
    await raw.send(8, {"guild_id": guild, "query": "nobody", "limit": 1})

    assert (await raw.event("GUILD_MEMBERS_CHUNK"))["d"]["members"] == []


async def test_without_the_presences_intent_a_server_comes_with_just_the_bot(api: Api) -> None:
    raw = await api.gateway()

    await raw.send(2, {"token": api.sandbox.token, "intents": GUILDS | 1 << 1})

    guild = (await raw.event("GUILD_CREATE"))["d"]
    assert [member["user"]["id"] for member in guild["members"]] == [str(api.sandbox.application_id)]
    assert guild["member_count"] == 5
