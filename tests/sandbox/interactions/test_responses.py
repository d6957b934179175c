"""Raw responses to an interaction: accepted and refused ones, and access by its token."""

from typing import Any

import pytest

from sandbox import interactions
from tests.sandbox.commanding import register, run
from tests.sandbox.support import Api, Clock


class Answers:
    """Raw answers to one interaction."""

    def __init__(self, api: Api, interaction: Any) -> None:
        self._api = api
        self.id = interaction["id"]
        self.token = interaction["token"]

    async def callback(self, body: Any, query: str = "", **ids: str) -> tuple[int, Any]:
        path = f"/interactions/{ids.get('id', self.id)}/{ids.get('token', self.token)}/callback"
        return await self._api.call("POST", path + query, body, headers={})

    async def follow_up(self, application: int | None = None) -> tuple[int, Any]:
        path = f"/webhooks/{application or self._api.sandbox.application_id}/{self.token}"
        return await self._api.call("POST", path, {"content": "more"}, headers={})

    async def message(self, which: str) -> tuple[int, Any]:
        path = f"/webhooks/{self._api.sandbox.application_id}/{self.token}/messages/{which}"
        return await self._api.call("GET", path, headers={})


@pytest.fixture
async def answers(api: Api, general: int) -> Answers:
    await register(api, options=[])
    return Answers(api, await run(api, general))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"type": 9, "data": {}}, 400),
        ({"type": 1}, 400),
        ({"type": 6}, 400),
        ({"type": 7, "data": {"content": "x"}}, 400),
        ({"type": 8, "data": {"choices": []}}, 400),
        ({"type": []}, 400),
        ({}, 400),
        ({"type": 4, "data": []}, 400),
        ({"type": 4, "data": [1]}, 400),
        ({"type": 4, "data": {}}, 400),
        ({"type": 4, "data": {"content": "x" * 2001}}, 400),
    ],
)
async def test_a_wrong_answer_is_refused_and_leaves_the_interaction_open(
    answers: Answers, body: Any, status: int
) -> None:
    refused, _ = await answers.callback(body)
    accepted, _ = await answers.callback({"type": 4, "data": {"content": "right"}})

    assert (refused, accepted) == (status, 204)


async def test_a_response_can_be_fetched(answers: Answers) -> None:
    status, body = await answers.callback({"type": 5, "data": {"flags": 64}}, "?with_response=true")

    assert status == 200
    assert body["interaction"]["response_message_loading"] is True
    assert body["interaction"]["response_message_ephemeral"] is True
    assert body["resource"]["message"]["flags"] == 64 | 128


async def test_a_second_answer_is_too_many(answers: Answers) -> None:
    await answers.callback({"type": 5})

    status, body = await answers.callback({"type": 4, "data": {"content": "x"}})

    assert (status, body["code"]) == (400, 40060)


async def test_an_unknown_interaction_is_10062(answers: Answers) -> None:
    by_token = await answers.callback({"type": 5}, token="wrong")
    by_id = await answers.callback({"type": 5}, id="1")

    assert [(status, body["code"]) for status, body in (by_token, by_id)] == [(404, 10062)] * 2


async def test_a_follow_up_needs_an_answer_first_and_the_right_application(
    answers: Answers,
) -> None:
    early = await answers.follow_up()
    await answers.callback({"type": 5})
    wrong = await answers.follow_up(application=1)
    right, _ = await answers.follow_up()

    assert [(status, body["code"]) for status, body in (early, wrong)] == [(404, 10015)] * 2
    assert right == 200


@pytest.mark.parametrize("which", ["1", "x", "@else"])
async def test_messages_of_other_interactions_are_unknown(answers: Answers, which: str) -> None:
    accepted, _ = await answers.callback({"type": 4, "data": {"content": "x"}})
    assert accepted == 204

    status, body = await answers.message(which)

    assert (status, body["code"]) == (404, 10008)


async def test_what_was_answered_too_late_has_no_webhook(api: Api, general: int) -> None:
    await register(api, options=[])
    api.sandbox.engine.interactions.answer_s = 0.0
    answers = Answers(api, await run(api, general))

    late = await answers.callback({"type": 4, "data": {"content": "x"}})
    unknown = await answers.message("1")

    assert [(status, body["code"]) for status, body in (late, unknown)] == [(404, 10062), (404, 10015)]


async def test_the_token_works_without_the_bots(answers: Answers) -> None:
    await answers.callback({"type": 4, "data": {"content": "x"}})

    status, body = await answers.message("@original")

    assert (status, body["content"]) == (200, "x")


async def test_interactions_are_bounded_and_the_oldest_is_forgotten(
    api: Api, answers: Answers, general: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interactions, "_MAX_KEPT", 1)
    await api.sandbox.act.slash(user="member", channel=general, command="try")

    status, body = await answers.callback({"type": 5})

    assert (status, body["code"]) == (404, 10062)


async def test_interactions_are_forgotten_after_twice_their_time(
    api: Api, answers: Answers, clock: Clock, general: int
) -> None:
    await answers.callback({"type": 5})
    clock.now_s += 900
    expired = await answers.follow_up()
    clock.now_s += 901
    await api.sandbox.act.slash(user="member", channel=general, command="try")
    forgotten = await answers.follow_up()

    assert [(status, body["code"]) for status, body in (expired, forgotten)] == [
        (401, 50027),
        (404, 10015),
    ]
