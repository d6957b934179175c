"""Messages over raw REST: nonces, replies, uploads, reactions and their refusals."""

import io
import json
from typing import Any

import pytest
from aiohttp import FormData

from sandbox import Sandbox
from sandbox.permissions import Permission
from sandbox.posts.files import MAX_FILE_BYTES
from sandbox.rest import messages
from sandbox.world import MESSAGES_PER_CHANNEL
from tests.sandbox.support import Api, Clock, deny_bot


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", 50109),
        (b"[1]", 50035),
        (b"\xff", 50109),
        (b"[" * 100_000, 50109),
        (b"", 50006),
    ],
)
async def test_a_body_that_is_no_json_object_is_400(api: Api, general: int, body: bytes, code: int) -> None:
    status, answer = await api.call("POST", f"/channels/{general}/messages", data=body)

    assert (status, answer["code"]) == (400, code)


async def test_a_reply_to_nothing_is_refused_unless_that_is_allowed(api: Api, general: int) -> None:
    path = f"/channels/{general}/messages"
    reference = {"message_id": "1"}

    refused, body = await api.call("POST", path, {"content": "x", "message_reference": reference})
    allowed, message = await api.call(
        "POST",
        path,
        {"content": "x", "message_reference": reference | {"fail_if_not_exists": False}},
    )

    assert (refused, allowed) == (400, 200)
    assert body["errors"]["message_reference"]["_errors"][0]["code"] == "REPLIES_UNKNOWN_MESSAGE"
    assert "message_reference" not in message


async def test_system_messages_cannot_be_replied_to(api: Api, sandbox: Sandbox, general: int) -> None:
    path = f"/channels/{general}/messages"
    sent = await sandbox.act.message(user="owner", channel=general, content="x")
    await sandbox.act.pin(user="owner", message=sent["id"])
    _, (notice,) = await api.call("GET", f"{path}?limit=1")
    reference = {"message_id": notice["id"], "fail_if_not_exists": False}

    status, body = await api.call("POST", path, {"content": "y", "message_reference": reference})

    (error,) = body["errors"]["message_reference"]["_errors"]
    assert (status, body["code"]) == (400, 50035)
    assert error["code"] == "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE"


async def test_replying_needs_the_history_permission(api: Api, sandbox: Sandbox, general: int) -> None:
    sent = await sandbox.act.message(user="owner", channel=general, content="x")
    deny_bot(sandbox, general, deny=Permission.READ_MESSAGE_HISTORY)

    status, body = await api.call(
        "POST",
        f"/channels/{general}/messages",
        {"content": "x", "message_reference": {"message_id": sent["id"]}},
    )

    assert (status, body["code"]) == (403, 160002)


async def test_an_answered_message_that_is_gone_is_shown_as_null(
    api: Api, sandbox: Sandbox, general: int
) -> None:
    sent = await sandbox.act.message(user="owner", channel=general, content="x")
    _, reply = await api.call(
        "POST",
        f"/channels/{general}/messages",
        {"content": "y", "message_reference": {"message_id": sent["id"]}},
    )
    await sandbox.act.delete(user="owner", message=sent["id"])

    _, later = await api.call("GET", f"/channels/{general}/messages/{reply['id']}")

    assert reply["referenced_message"]["id"] == sent["id"]
    assert later["referenced_message"] is None


async def test_a_nonce_is_enforced_only_on_request_and_for_some_minutes(
    api: Api, general: int, clock: Clock
) -> None:
    path = f"/channels/{general}/messages"

    async def send(nonce: object, *, enforce: bool) -> str:
        body = {"content": "x", "nonce": nonce, "enforce_nonce": enforce}
        _, message = await api.call("POST", path, body)
        return str(message["id"])

    first = await send("n", enforce=True)
    assert await send("n", enforce=True) == first
    assert await send("n", enforce=False) != first
    assert await send(7, enforce=True) == await send("7", enforce=True)
    clock.now_s += 301
    assert await send("n", enforce=True) != first


async def test_a_nonce_whose_message_was_deleted_sends_again(api: Api, general: int) -> None:
    path = f"/channels/{general}/messages"
    body = {"content": "x", "nonce": "n", "enforce_nonce": True}
    _, first = await api.call("POST", path, body)
    await api.call("DELETE", f"{path}/{first['id']}")

    status, second = await api.call("POST", path, body)

    assert status == 200
    assert second["id"] != first["id"]


async def test_a_channel_keeps_its_newest_messages_only(api: Api, sandbox: Sandbox, general: int) -> None:
    first = await sandbox.act.message(user="owner", channel=general, content="first")
    for _ in range(MESSAGES_PER_CHANNEL):
        await sandbox.act.message(user="owner", channel=general, content="x")

    status, _ = await api.call("GET", f"/channels/{general}/messages/{first['id']}")

    channel = sandbox.engine.world.find_channel(general)
    assert channel is not None
    assert len(channel.messages) == MESSAGES_PER_CHANNEL
    assert status == 404


def upload(payload: str, *files: tuple[str, str, bytes]) -> FormData:
    form = FormData(quote_fields=False)
    form.add_field("payload_json", payload)
    for field, name, data in files:
        form.add_field(field, io.BytesIO(data), filename=name)
    return form


async def test_a_file_name_is_never_a_path(api: Api, general: int) -> None:
    form = upload('{"content":"x"}', ("files[0]", "../../etc/pass wd;.png", b"x"))

    status, message = await api.call("POST", f"/channels/{general}/messages", data=form)

    assert status == 200
    filename = message["attachments"][0]["filename"]
    assert "/" not in filename
    assert " " not in filename
    assert message["attachments"][0]["url"].endswith("/" + filename)


async def test_a_file_that_is_too_large_is_413(api: Api, general: int) -> None:
    form = upload("{}", ("files[0]", "big.bin", bytes(MAX_FILE_BYTES + 1)))

    status, body = await api.call("POST", f"/channels/{general}/messages", data=form)

    assert (status, body["code"]) == (413, 40005)


async def test_more_than_ten_files_are_refused(api: Api, general: int) -> None:
    files = [(f"files[{n}]", f"{n}.txt", b"x") for n in range(11)]

    status, body = await api.call("POST", f"/channels/{general}/messages", data=upload("{}", *files))

    assert status == 400
    assert "attachments" in body["errors"]


async def test_a_broken_multipart_body_is_400(api: Api, general: int) -> None:
    headers = {
        "Authorization": f"Bot {api.sandbox.token}",
        "Content-Type": "multipart/form-data",
    }

    status, body = await api.call(
        "POST", f"/channels/{general}/messages", data=b"--x\r\nnonsense", headers=headers
    )

    assert (status, body["code"]) == (400, 50109)


@pytest.mark.parametrize("payload", ["{", "[]"])
async def test_a_payload_that_is_no_object_is_refused(api: Api, general: int, payload: str) -> None:
    status, _ = await api.call("POST", f"/channels/{general}/messages", data=upload(payload))

    assert status == 400


async def test_direct_messages_cannot_be_opened_with_nobody_or_a_bot(api: Api, sandbox: Sandbox) -> None:
    path = "/users/@me/channels"

    unknown, _ = await api.call("POST", path, {"recipient_id": "1"})
    broken, _ = await api.call("POST", path, {"recipient_id": "x"})
    itself, body = await api.call("POST", path, {"recipient_id": str(sandbox.application_id)})

    assert (unknown, broken, itself) == (404, 400, 400)
    assert body["code"] == 50007


async def test_a_persons_direct_message_cannot_be_deleted(api: Api, sandbox: Sandbox) -> None:
    sent = await sandbox.act.message(user="owner", dm=True, content="mine")
    path = f"/channels/{sent['channel_id']}/messages"

    one, body = await api.call("DELETE", f"{path}/{sent['id']}")
    many, _ = await api.call("POST", f"{path}/bulk-delete", {"messages": [sent["id"], "1"]})

    assert (one, body["code"]) == (403, 50003)
    assert many == 403


@pytest.mark.parametrize("messages", [None, ["1"], ["1"] * 101, ["x", "y"], ["1", "1"]])
async def test_bulk_delete_needs_two_to_a_hundred_messages(api: Api, general: int, messages: Any) -> None:
    answer, body = await api.call("POST", f"/channels/{general}/messages/bulk-delete", {"messages": messages})

    assert (answer, body["code"]) == (400, 50035)


async def test_bulk_delete_takes_nothing_older_than_two_weeks(
    api: Api, sandbox: Sandbox, general: int
) -> None:
    young = [await sandbox.act.message(user="owner", channel=general, content=str(n)) for n in range(2)]
    path = f"/channels/{general}/messages/bulk-delete"
    old = str(int(young[0]["id"]) - ((14 * 86_400 + 60) * 1000 << 22))
    nobody = [str(sandbox.engine.next_id()) for _ in range(2)]

    refused, body = await api.call("POST", path, {"messages": [young[0]["id"], old]})
    unknown, _ = await api.call("POST", path, {"messages": nobody})
    done, _ = await api.call("POST", path, {"messages": [young[0]["id"], young[1]["id"], nobody[0]]})
    _, left = await api.call("GET", f"/channels/{general}/messages")

    assert (refused, body["code"]) == (400, 50034)
    assert (unknown, done, left) == (404, 204, [])


async def test_only_a_new_kind_of_reaction_needs_the_permission(
    api: Api, sandbox: Sandbox, general: int
) -> None:
    sent = await sandbox.act.message(user="owner", channel=general, content="x")
    await sandbox.act.reaction(user="owner", message=sent["id"], emoji="👍")
    deny_bot(sandbox, general, deny=Permission.ADD_REACTIONS)
    path = f"/channels/{general}/messages/{sent['id']}/reactions"

    joined, _ = await api.call("PUT", f"{path}/👍/@me")
    anew, body = await api.call("PUT", f"{path}/🎉/@me")

    assert joined == 204
    assert (anew, body["code"]) == (403, 50013)


async def test_a_message_has_at_most_twenty_kinds_of_reactions(
    api: Api, sandbox: Sandbox, general: int
) -> None:
    sent = await sandbox.act.message(user="owner", channel=general, content="x")
    path = f"/channels/{general}/messages/{sent['id']}/reactions"
    emojis = [chr(0x1F600 + n) for n in range(21)]

    statuses = [(await api.call("PUT", f"{path}/{emoji}/@me"))[0] for emoji in emojis]
    _, listed = await api.call("GET", f"{path}/{emojis[0]}?limit=1")

    assert statuses == [204] * 20 + [400]
    assert [user["id"] for user in listed] == [str(sandbox.application_id)]


@pytest.mark.parametrize(
    "change",
    [
        {"content": ""},
        {"content": None, "embeds": []},
        {"content": " ", "attachments": []},
    ],
)
async def test_an_edit_that_would_leave_nothing_is_refused_and_changes_nothing(
    api: Api, general: int, change: dict[str, Any]
) -> None:
    _, message = await api.call("POST", f"/channels/{general}/messages", {"content": "kept"})
    path = f"/channels/{general}/messages/{message['id']}"

    status, body = await api.call("PATCH", path, change)

    assert (status, body["code"]) == (400, 50006)
    _, after = await api.call("GET", path)
    assert (after["content"], after["edited_timestamp"]) == ("kept", None)


async def test_an_edit_with_too_many_files_changes_nothing(api: Api, general: int) -> None:
    _, message = await api.call("POST", f"/channels/{general}/messages", data=_files(10))
    path = f"/channels/{general}/messages/{message['id']}"

    status, body = await api.call("PATCH", path, data=_files(1, content="changed"))

    assert (status, body["code"]) == (400, 50035)
    _, after = await api.call("GET", path)
    assert (after["content"], len(after["attachments"])) == ("", 10)


async def test_a_nonce_ends_in_time_even_when_one_before_it_was_used_again(
    api: Api, general: int, clock: Clock
) -> None:
    path = f"/channels/{general}/messages"
    for nonce in ("again", "once", "again"):
        await api.call("POST", path, {"content": "x", "nonce": nonce})
        clock.now_s += 100.0
    enforced = {"content": "x", "nonce": "once", "enforce_nonce": True}
    _, known = await api.call("POST", path, enforced)

    clock.now_s += 101.0
    _, anew = await api.call("POST", path, enforced)

    assert known["id"] != anew["id"]


def _files(count: int, **body: Any) -> FormData:
    form = FormData()
    form.add_field("payload_json", json.dumps(body))
    for number in range(count):
        form.add_field(f"files[{number}]", io.BytesIO(b"x"), filename=f"{number}.txt")
    return form


async def test_an_old_message_allows_three_edits_in_six_seconds(
    api: Api, general: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, message = await api.call("POST", f"/channels/{general}/messages", {"content": "0"})
    path = f"/channels/{general}/messages/{message['id']}"
    fresh = [(await api.call("PATCH", path, {"content": str(number)}))[0] for number in range(4)]
    # As if an hour had passed.
    monkeypatch.setattr(messages, "OLD_S", -1.0)

    old = [await api.call("PATCH", path, {"content": str(number)}) for number in range(4)]

    assert fresh == [200] * 4
    assert [status for status, _ in old] == [200, 200, 200, 429]
    assert old[3][1]["code"] == 30046
