"""Encoding and decoding of JSON."""

import pytest

from sandbox.wire import MAX_DEPTH, decode, encode
from tests.sandbox.support import Api


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "NaN",
        '{"a": [Infinity]}',
        r'{"a": "\ud800"}',
        "[" * 100_000,
        "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
        '{"a":' * (MAX_DEPTH + 1) + "1" + "}" * (MAX_DEPTH + 1),
    ],
)
def test_values_that_cannot_be_encoded_are_refused(text: str) -> None:
    for raw in (text, text.encode()):
        with pytest.raises(ValueError, match=r".+"):
            decode(raw)


def test_bytes_that_are_not_utf8_are_refused() -> None:
    with pytest.raises(ValueError, match="utf-8"):
        decode(b'"\xff"')


@pytest.mark.parametrize(
    "text", [r'"\ud83e\uddc0"', '"🧀"', "[" * MAX_DEPTH + "]" * MAX_DEPTH, '{"a":[1,null,true]}']
)
def test_valid_json_is_decoded(text: str) -> None:
    assert decode(encode(decode(text))) == decode(text.encode())


async def test_half_a_surrogate_pair_in_a_message_is_refused_before_it_reaches_anyone(
    api: Api, general: int
) -> None:
    raw, _ = await api.identified()
    body = f'{{"user": "owner", "channel": "{general}", "content": "\\ud800"}}'
    url = f"{api.sandbox.page_url}sandbox/act/message"

    async with api.session.post(url, data=body, headers={"X-Helix-Sandbox": "1"}) as response:
        assert response.status == 400
    await api.sandbox.act.message(user="owner", channel=general, content="whole")

    assert (await raw.event("MESSAGE_CREATE"))["d"]["content"] == "whole"
