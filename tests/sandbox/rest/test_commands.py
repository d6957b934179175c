"""Application commands over raw REST."""

from sandbox import Sandbox
from tests.sandbox.support import Api


async def test_commands_are_created_edited_and_deleted_one_by_one(api: Api, sandbox: Sandbox) -> None:
    base = f"/applications/{sandbox.application_id}/commands"
    body = {"name": "ping", "description": "Pong"}

    created, command = await api.call("POST", base, body)
    replaced, again = await api.call("POST", base, body | {"description": "Pong!"})
    _, edited = await api.call("PATCH", f"{base}/{command['id']}", {"name": "pong"})
    _, fetched = await api.call("GET", f"{base}/{command['id']}")
    deleted, _ = await api.call("DELETE", f"{base}/{command['id']}")
    _, left = await api.call("GET", base)

    assert (created, replaced, deleted) == (201, 200, 204)
    assert again["id"] == command["id"]
    assert edited["description"] == "Pong!"
    assert fetched == edited
    assert int(edited["version"]) > int(command["version"])
    assert left == []


async def test_a_bulk_overwrite_replaces_all_and_keeps_the_ids_of_what_stays(
    api: Api, sandbox: Sandbox
) -> None:
    base = f"/applications/{sandbox.application_id}/commands"
    one, two, three = ({"name": name, "description": "x"} for name in ("one", "two", "three"))

    _, first = await api.call("PUT", base, [one, two])
    _, second = await api.call("PUT", base, [two, three])
    refused, _ = await api.call("PUT", base, [one, one])
    not_a_list, _ = await api.call("PUT", base, {})
    _, kept = await api.call("GET", base)

    assert [command["name"] for command in kept] == ["two", "three"]
    assert second[0]["id"] == first[1]["id"]
    assert (refused, not_a_list) == (400, 400)


async def test_a_command_cannot_be_renamed_to_one_that_exists(api: Api, sandbox: Sandbox) -> None:
    base = f"/applications/{sandbox.application_id}/commands"
    _, commands = await api.call("PUT", base, [{"name": name, "description": "x"} for name in ("one", "two")])

    status, _ = await api.call("PATCH", f"{base}/{commands[0]['id']}", {"name": "two"})

    assert status == 400


async def test_a_hundred_and_first_command_is_refused(api: Api, sandbox: Sandbox) -> None:
    base = f"/applications/{sandbox.application_id}/commands"
    await api.call("PUT", base, [{"name": f"c{n}", "description": "x"} for n in range(100)])

    status, body = await api.call("POST", base, {"name": "one-more", "description": "x"})

    assert (status, body["code"]) == (400, 30032)
