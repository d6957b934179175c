"""Threads over raw REST: Discord's refusals and their codes, and paging of archived threads."""

from typing import Any

import pytest

from sandbox import Sandbox
from sandbox.permissions import Permission
from sandbox.places.threads import MAX_ACTIVE
from sandbox.records import Overwrite
from tests.sandbox.support import Api, deny_bot


async def _started(sandbox: Sandbox, name: str = "x", *, private: bool = False) -> str:
    general = sandbox.channel("general")
    thread = await sandbox.act.start_thread(user="member", channel=general, name=name, private=private)
    return str(thread["id"])


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        ("/channels/{general}/threads", {}, (400, 50035)),
        ("/channels/{general}/threads", {"name": ""}, (400, 50035)),
        ("/channels/{general}/threads", {"name": "x" * 101}, (400, 50035)),
        ("/channels/{general}/threads", {"name": "x", "type": 0}, (400, 50035)),
        ("/channels/{general}/threads", {"name": "x", "auto_archive_duration": 61}, (400, 50035)),
        ("/channels/{general}/threads", {"name": "x", "invitable": 1}, (400, 50035)),
        ("/channels/{general}/threads", {"name": "x", "rate_limit_per_user": -1}, (400, 50035)),
        ("/channels/{general}/threads", {"name": "x", "message": {"content": "y"}}, (501, 0)),
        ("/channels/{Talk}/threads", {"name": "x", "type": 11}, (400, 50024)),
        ("/channels/1/threads", {"name": "x", "type": 11}, (404, 10003)),
        ("/channels/{general}/messages/1/threads", {"name": "x"}, (404, 10008)),
        ("/channels/{thread}/threads", {"name": "x", "type": 11}, (400, 50024)),
        ("/channels/{dm}/threads", {"name": "x", "type": 11}, (400, 50024)),
    ],
)
async def test_a_channel_that_is_not_a_thread_is_refused(
    api: Api, sandbox: Sandbox, *, path: str, body: dict[str, Any], refusal: tuple[int, int]
) -> None:
    thread = await _started(sandbox)
    _, dm = await api.call("POST", "/users/@me/channels", {"recipient_id": str(sandbox.users["member"])})
    names = {"general": sandbox.channel("general"), "Talk": sandbox.channel("Talk")}

    status, answer = await api.call("POST", path.format(thread=thread, dm=dm["id"], **names), body)

    assert (status, answer["code"]) == refusal, answer


async def test_a_message_has_one_thread_and_a_notice_none(api: Api, sandbox: Sandbox, general: int) -> None:
    sent = await sandbox.act.message(user="owner", channel=general, content="x")
    path = f"/channels/{general}/messages/{sent['id']}/threads"
    first, _ = await api.call("POST", path, {"name": "x"})
    again, body = await api.call("POST", path, {"name": "x"})
    await api.call("PUT", f"/channels/{general}/messages/pins/{sent['id']}")
    _, history = await api.call("GET", f"/channels/{general}/messages?limit=1")
    notice, other = await api.call(
        "POST", f"/channels/{general}/messages/{history[0]['id']}/threads", {"name": "x"}
    )

    assert (first, again, body["code"]) == (201, 400, 160004)
    assert (notice, other["code"]) == (400, 50068)


@pytest.mark.parametrize(
    ("kind", "right"),
    [(11, Permission.CREATE_PUBLIC_THREADS), (12, Permission.CREATE_PRIVATE_THREADS)],
)
async def test_starting_a_thread_needs_the_permission(
    api: Api, sandbox: Sandbox, general: int, kind: int, right: Permission
) -> None:
    deny_bot(sandbox, general, deny=right)

    status, body = await api.call("POST", f"/channels/{general}/threads", {"name": "x", "type": kind})

    assert (status, body["code"]) == (403, 50013)


async def test_writing_in_threads_needs_its_own_permission(api: Api, sandbox: Sandbox, general: int) -> None:
    thread = await _started(sandbox)
    channel = sandbox.engine.world.find_channel(general)
    assert channel is not None
    no_word = Overwrite(sandbox.application_id, 1, 0, int(Permission.SEND_MESSAGES))
    channel.overwrites = [no_word]
    inside, _ = await api.call("POST", f"/channels/{thread}/messages", {"content": "x"})
    deny_bot(sandbox, general, deny=Permission.SEND_MESSAGES_IN_THREADS)
    outside, body = await api.call("POST", f"/channels/{thread}/messages", {"content": "x"})

    assert (inside, outside, body["code"]) == (200, 403, 50013)


async def test_a_thread_has_no_overwrites(api: Api, sandbox: Sandbox) -> None:
    thread = await _started(sandbox)

    put, body = await api.call("PUT", f"/channels/{thread}/permissions/1", {"type": 0})
    dropped, _ = await api.call("DELETE", f"/channels/{thread}/permissions/1")

    assert (put, body["code"], dropped) == (400, 50024, 400)


async def test_a_member_can_reopen_but_not_edit_the_thread_of_another(api: Api, sandbox: Sandbox) -> None:
    thread = await _started(sandbox)
    renamed, body = await api.call("PATCH", f"/channels/{thread}", {"name": "mine"})
    await sandbox.act.edit_thread(user="member", thread=thread, archived=True)
    stays, other = await api.call("PATCH", f"/channels/{thread}", {"name": "mine"})
    back, shown = await api.call("PATCH", f"/channels/{thread}", {"archived": False})

    assert (renamed, body["code"]) == (403, 50013)
    assert (stays, other["code"]) == (400, 50083)
    assert (back, shown["thread_metadata"]["archived"]) == (200, False)


async def test_adding_and_removing_members_needs_permission(api: Api, sandbox: Sandbox, general: int) -> None:
    thread = await _started(sandbox)
    path = f"/channels/{thread}/thread-members"
    nobody, body = await api.call("PUT", f"{path}/1")
    strange, _ = await api.call("PUT", f"{path}/{sandbox.users['newcomer']}")
    removed, other = await api.call("DELETE", f"{path}/{sandbox.users['member']}")
    channel = sandbox.engine.world.find_channel(general)
    assert channel is not None
    channel.overwrites = [Overwrite(sandbox.users["mod"], 1, 0, int(Permission.VIEW_CHANNEL))]
    blind, last = await api.call("PUT", f"{path}/{sandbox.users['mod']}")
    _, whole = await api.call("GET", f"{path}?with_member=true")

    assert (nobody, body["code"], strange) == (404, 10007, 404)
    assert (removed, other["code"]) == (403, 50013)
    assert (blind, last["code"]) == (403, 50001)
    assert [entry["member"]["user"]["id"] for entry in whole] == [str(sandbox.users["member"])]


async def test_only_the_starter_adds_members_to_a_thread_without_invites(api: Api, sandbox: Sandbox) -> None:
    thread = await _started(sandbox, private=True)
    stored = sandbox.engine.world.find_channel(int(thread))
    assert stored is not None
    assert stored.thread is not None
    stored.thread.invitable = False
    stored.thread.members[sandbox.application_id] = stored.thread.created_timestamp

    status, body = await api.call("PUT", f"/channels/{thread}/thread-members/{sandbox.users['mod']}")

    assert (status, body["code"]) == (403, 50013)


async def test_listing_members_needs_the_members_intent(api: Api, sandbox: Sandbox) -> None:
    thread = await _started(sandbox)
    await api.control("POST", "/control/intents", {"members": False})

    status, body = await api.call("GET", f"/channels/{thread}/thread-members")

    assert (status, body["code"]) == (403, 50001)


async def test_archived_threads_come_in_pages(api: Api, sandbox: Sandbox, general: int) -> None:
    for number in range(5):
        thread = await _started(sandbox, name=f"old {number}")
        await sandbox.act.edit_thread(user="member", thread=thread, archived=True)
    path = f"/channels/{general}/threads/archived/public"

    _, first = await api.call("GET", f"{path}?limit=3")
    before = first["threads"][-1]["thread_metadata"]["archive_timestamp"]
    _, rest = await api.call("GET", path, params={"limit": "3", "before": before})
    wrong, body = await api.call("GET", f"{path}?before=yesterday")

    names = [thread["name"] for thread in first["threads"] + rest["threads"]]
    assert names == ["old 4", "old 3", "old 2", "old 1", "old 0"]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert (wrong, body["code"]) == (400, 50035)


async def test_private_archives_are_for_members_and_managers(
    api: Api, sandbox: Sandbox, general: int
) -> None:
    mine = await api.call("POST", f"/channels/{general}/threads", {"name": "mine"})
    theirs = await _started(sandbox, private=True, name="theirs")
    await sandbox.act.edit_thread(user="member", thread=theirs, archived=True)
    await api.call("PATCH", f"/channels/{mine[1]['id']}", {"archived": True})
    refused, body = await api.call("GET", f"/channels/{general}/threads/archived/private")
    _, joined = await api.call("GET", f"/channels/{general}/users/@me/threads/archived/private")
    for role in sandbox.engine.world.guilds[sandbox.home_guild_id].roles.values():
        role.permissions |= int(Permission.MANAGE_THREADS)
    _, all_of_them = await api.call("GET", f"/channels/{general}/threads/archived/private")

    assert (refused, body["code"]) == (403, 50013)
    assert [thread["name"] for thread in joined["threads"]] == ["mine"]
    assert {thread["name"] for thread in all_of_them["threads"]} == {"mine", "theirs"}


async def test_a_server_has_at_most_1000_active_threads(api: Api, sandbox: Sandbox, general: int) -> None:
    thread = await _started(sandbox)
    guild = sandbox.engine.world.guilds[sandbox.home_guild_id]
    for number in range(MAX_ACTIVE - 1):
        guild.threads[number] = guild.threads[int(thread)]

    status, body = await api.call("POST", f"/channels/{general}/threads", {"name": "x", "type": 11})

    assert (status, body["code"]) == (400, 160006)


async def test_a_thread_is_found_over_http_as_people_use_it(api: Api, sandbox: Sandbox, general: int) -> None:
    started, thread = await api.act("start_thread", user="member", channel=str(general), name="By hand")
    renamed, _ = await api.act("edit_thread", user="member", thread=thread["id"], name="Renamed")
    joined, _ = await api.act("join_thread", user="mod", thread=thread["id"])
    wrong, _ = await api.act("start_thread", user="member", channel=str(general), name="")
    _, state = await api.control("GET", "/state?user=mod")

    assert (started, renamed, joined, wrong) == (200, 200, 200, 400)
    [shown] = next(g for g in state["guilds"] if g["name"] == "Helix Home")["threads"]
    assert (shown["name"], shown["member"]["user_id"]) == ("Renamed", str(sandbox.users["mod"]))
