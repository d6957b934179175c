"""Raw modals: Discord's refusals, and the route that submits one."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.sandbox.support import Api, RawGateway

FIELD = {"type": 4, "custom_id": "a", "style": 1, "label": "A"}
BARE = {"type": 4, "custom_id": "a", "style": 1}


def row(**changes: Any) -> dict[str, Any]:
    return {"type": 1, "components": [FIELD | changes]}


def label(component: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"type": 18, "label": "L", "component": component} | changes


def modal(*parts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"title": "T", "custom_id": "m", "components": list(parts)} | changes


@pytest.fixture
async def asked(api: Api) -> AsyncIterator[dict[str, Any]]:
    """An interaction that waits for its answer."""
    application = api.sandbox.application_id
    command = {"name": "try", "description": "Tries"}
    await api.call("POST", f"/applications/{application}/commands", command)
    raw: RawGateway
    raw, _ = await api.identified()
    await api.act("slash", user="member", channel=str(api.sandbox.channel("general")), command="try")
    yield (await raw.event("INTERACTION_CREATE"))["d"]
    await raw.socket.close()


async def answer(api: Api, asked: dict[str, Any], data: Any, kind: int = 9) -> tuple[int, Any]:
    path = f"/interactions/{asked['id']}/{asked['token']}/callback"
    return await api.call("POST", path, {"type": kind, "data": data})


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (modal(row(), title=""), "title"),
        (modal(row(), title="x" * 46), "title"),
        (modal(row(), custom_id=None), "custom_id"),
        (modal(row(), custom_id="x" * 101), "custom_id"),
        (modal(), "components"),
        (modal(*(row(custom_id=str(n)) for n in range(6))), "components"),
        (modal(row(), row()), "COMPONENT_CUSTOM_ID_DUPLICATED"),
        (modal(row(label=None)), "label"),
        (modal(row(label="x" * 46)), "label"),
        (modal(row(style=3)), "style"),
        (modal(row(min_length=-1)), "min_length"),
        (modal(row(max_length=0)), "max_length"),
        (modal(row(max_length=4001)), "max_length"),
        (modal(row(placeholder="x" * 101)), "placeholder"),
        (modal(row(value="x" * 4001)), "value"),
        (modal({"type": 1, "components": []}), "components"),
        (modal({"type": 1, "components": [{"type": 2}]}), "type"),
        (modal({"type": 2}), "type"),
        (modal(label(BARE, label="x" * 46)), "label"),
        (modal(label(BARE, description="x" * 101)), "description"),
        (modal(label({"type": 2})), "type"),
        (modal(label({"type": 3, "custom_id": "s", "options": []})), "options"),
        (modal({"type": 10}), "content"),
    ],
)
async def test_a_form_that_is_not_valid_is_refused_and_stays_unanswered(
    api: Api, asked: dict[str, Any], data: dict[str, Any], where: str
) -> None:
    status, body = await answer(api, asked, data)

    assert (status, body["code"]) == (400, 50035)
    assert where in json.dumps(body["errors"])
    assert (await answer(api, asked, modal(row())))[0] == 204


async def test_what_the_sandbox_does_not_have_in_forms_is_501(api: Api, asked: dict[str, Any]) -> None:
    status, body = await answer(api, asked, modal(label({"type": 19, "custom_id": "f"})))

    assert (status, body["message"]) == (501, "The sandbox does not have file uploads in modals.")


async def test_a_form_is_submitted_over_http(api: Api, asked: dict[str, Any]) -> None:
    await answer(api, asked, modal(row()))

    empty, refusal = await api.act("submit_modal", user="member", interaction=asked["id"])
    status, body = await api.act("submit_modal", user="member", interaction=asked["id"], values={"a": "text"})
    wrong, _ = await api.act("submit_modal", user="member", interaction=asked["id"], values="text")

    assert (empty, refusal["message"]) == (400, "A is required.")
    assert status == 200
    assert body["interaction_id"] != asked["id"]
    assert wrong == 400


async def test_a_form_cannot_be_answered_with_a_form(api: Api) -> None:
    raw, _ = await api.identified()
    application = api.sandbox.application_id
    command = {"name": "try", "description": "Tries"}
    await api.call("POST", f"/applications/{application}/commands", command)
    await api.act("slash", user="member", channel=str(api.sandbox.channel("general")), command="try")
    asked = (await raw.event("INTERACTION_CREATE"))["d"]
    await answer(api, asked, modal(row(required=False)))
    await api.act("submit_modal", user="member", interaction=asked["id"])
    submitted = (await raw.event("INTERACTION_CREATE"))["d"]

    assert (submitted["type"], submitted["data"]["custom_id"]) == (5, "m")
    assert submitted["data"]["components"][0]["components"][0] == {
        "type": 4,
        "id": 2,
        "custom_id": "a",
        "value": "",
    }
    assert (await answer(api, submitted, modal(row())))[0] == 400
    assert (await answer(api, submitted, {"content": "thanks"}, kind=4))[0] == 204
