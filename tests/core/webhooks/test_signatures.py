"""Every way in which a signature, a moment, an id or a token can be wrong, and two independent peers."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
import standardwebhooks
import svix.webhooks
from hypothesis import given
from hypothesis import strategies as st

from core.logs.secret import Secret
from core.webhooks.signatures import NotAuthentic, decode_key, sign, verify, verify_github, verify_token

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
NOW_S = int(NOW.timestamp())
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OLD_SECRET = "whsec_" + base64.b64encode(bytes(range(1, 33))).decode()
KEY, OLD_KEY = decode_key(Secret(SECRET)), decode_key(Secret(OLD_SECRET))
BODY = b'{"shift": {"harmony": 0.1}}'


def check(
    *,
    message_id: str | None = "msg_1",
    timestamp: str | None = str(NOW_S),
    signature: str | None = None,
    body: bytes = BODY,
    keys: tuple[bytes, ...] = (KEY,),
) -> str:
    if signature is None:
        signature = sign(KEY, "msg_1", NOW_S, BODY)
    return verify(
        keys, message_id=message_id, timestamp=timestamp, signature=signature, body=body, now_s=NOW_S
    )


def flaw_of(**changes: object) -> str:
    with pytest.raises(NotAuthentic) as caught:
        check(**changes)  # type: ignore[arg-type]  # the tests are about wrong ones
    return caught.value.flaw


def test_what_was_signed_is_taken() -> None:
    assert check() == "msg_1"


def test_one_right_signature_among_others_is_enough() -> None:
    right = sign(KEY, "msg_1", NOW_S, BODY)
    assert check(signature=f"v1a,xxx v1,AAAA {right} v2,zzz") == "msg_1"


def test_a_list_holds_16_signatures_at_most() -> None:
    right = sign(KEY, "msg_1", NOW_S, BODY)
    assert check(signature=" ".join([right] * 16)) == "msg_1"
    assert flaw_of(signature=" ".join([right] * 17)) == "malformed"


def test_while_a_key_rotates_the_old_one_is_taken_too() -> None:
    signature = sign(OLD_KEY, "msg_1", NOW_S, BODY)
    assert check(signature=signature, keys=(KEY, OLD_KEY)) == "msg_1"
    assert flaw_of(signature=signature) == "wrong"


@pytest.mark.parametrize("header", ["message_id", "timestamp", "signature"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_header_that_is_missing(header: str, value: str | None) -> None:
    with pytest.raises(NotAuthentic) as caught:
        verify(
            (KEY,),
            **{"message_id": "msg_1", "timestamp": str(NOW_S), "signature": "v1,AAAA", header: value},
            body=BODY,
            now_s=NOW_S,
        )
    assert caught.value.flaw == "missing"


@pytest.mark.parametrize(
    "timestamp",
    ["now", "1.5", "-1", "+5", " 1", "0x10", "1e9", "\u0661\u0662", "9" * 13, f"{NOW_S} ", f"{NOW_S}.0"],
)
def test_a_moment_that_is_none(timestamp: str) -> None:
    assert flaw_of(timestamp=timestamp) == "malformed"


@pytest.mark.parametrize(
    ("offset_s", "flaw"), [(-301, "too old"), (301, "too new"), (-NOW_S, "too old"), (10**11, "too new")]
)
def test_a_moment_that_is_too_far(offset_s: int, flaw: str) -> None:
    assert flaw_of(timestamp=str(NOW_S + offset_s)) == flaw


@pytest.mark.parametrize("offset_s", [-300, 300])
def test_five_minutes_are_near_enough(offset_s: int) -> None:
    moment = NOW_S + offset_s
    signature = sign(KEY, "msg_1", moment, BODY)
    assert check(timestamp=str(moment), signature=signature) == "msg_1"


@pytest.mark.parametrize("message_id", ["x" * 256, "msg\u00fc", "msg\n1", "\x00"])
def test_an_id_that_is_none(message_id: str) -> None:
    assert flaw_of(message_id=message_id) == "malformed"


@pytest.mark.parametrize(
    "signature",
    [
        "v1",
        "v1,",
        "v1,###",
        "v2,AAAA",
        ",",
        " ",
        "v1,AAAA=A",
        "v1,\u00fc",
        "sha256=00",
        "x" * 5000,
        "v1,A " * 20,
    ],
)  # fmt: skip
def test_a_signature_that_is_none(signature: str) -> None:
    assert flaw_of(signature=signature) in {"malformed", "wrong"}


def test_what_was_changed_on_the_way_does_not_fit() -> None:
    assert flaw_of(body=BODY + b" ") == "wrong"
    assert flaw_of(message_id="msg_2") == "wrong"
    assert flaw_of(timestamp=str(NOW_S + 1)) == "wrong"


def test_without_a_key_nothing_fits() -> None:
    assert flaw_of(keys=()) == "wrong"


@given(st.text(), st.text(), st.text(), st.binary())
def test_no_header_and_no_body_gets_in_or_raises_anything_else(
    message_id: str, timestamp: str, signature: str, body: bytes
) -> None:
    with pytest.raises(NotAuthentic):
        check(message_id=message_id, timestamp=timestamp, signature=signature, body=body)


@given(st.binary(max_size=500), st.from_regex(r"[A-Za-z0-9_]{1,60}", fullmatch=True))
def test_what_standardwebhooks_and_svix_sign_is_taken_and_they_take_ours(
    body: bytes, message_id: str
) -> None:
    text = body.decode("latin-1")
    now = datetime.now(UTC)
    moment = int(now.timestamp())
    for peer in (standardwebhooks.Webhook(SECRET), svix.webhooks.Webhook(SECRET)):
        signature = peer.sign(message_id, now, text)
        assert (
            verify(
                (KEY,),
                message_id=message_id,
                timestamp=str(moment),
                signature=signature,
                body=text.encode(),
                now_s=moment,
            )
            == message_id
        )
        assert signature == sign(KEY, message_id, moment, text.encode())


def test_both_peers_verify_what_we_sign() -> None:
    moment = int(datetime.now(UTC).timestamp())
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(moment),
        "webhook-signature": sign(KEY, "msg_1", moment, BODY),
    }
    assert standardwebhooks.Webhook(SECRET).verify(BODY, headers) == {"shift": {"harmony": 0.1}}
    renamed = {name.replace("webhook-", "svix-"): value for name, value in headers.items()}
    svix.webhooks.Webhook(SECRET).verify(BODY, renamed)
    with pytest.raises(svix.webhooks.WebhookVerificationError):
        svix.webhooks.Webhook(SECRET).verify(BODY + b" ", renamed)


GITHUB = Secret("it is a secret")


def github_signature(body: bytes = BODY) -> str:
    return "sha256=" + hmac.new(GITHUB.reveal().encode(), body, hashlib.sha256).hexdigest()


def test_githubs_own_example_fits() -> None:
    # GitHub Docs, "Testing the webhook payload validation".
    secret = Secret("It's a Secret to Everybody")
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    verify_github(secret, signature, b"Hello, World!")


@pytest.mark.parametrize(
    ("signature", "flaw"),
    [
        (None, "missing"),
        ("", "missing"),
        ("sha1=" + "0" * 40, "malformed"),
        ("sha256=", "malformed"),
        ("sha256=" + "\u00fc" * 64, "malformed"),
        ("SHA256=" + "0" * 64, "malformed"),
        (github_signature() + "0", "malformed"),
        (github_signature().upper().replace("SHA256", "sha256"), "wrong"),
        (github_signature(b"other"), "wrong"),
    ],
)
def test_what_github_did_not_sign_is_refused(signature: str | None, flaw: str) -> None:
    with pytest.raises(NotAuthentic) as caught:
        verify_github(GITHUB, signature, BODY)
    assert caught.value.flaw == flaw


@given(st.text())
def test_no_text_passes_for_githubs_signature(signature: str) -> None:
    with pytest.raises(NotAuthentic):
        verify_github(GITHUB, signature, BODY)


@pytest.mark.parametrize(("offered", "flaw"), [(None, "missing"), ("", "missing"), ("other", "wrong")])
def test_a_token_that_is_not_ours(offered: str | None, flaw: str) -> None:
    with pytest.raises(NotAuthentic) as caught:
        verify_token(Secret("ours"), offered)
    assert caught.value.flaw == flaw


def test_our_token_is_taken() -> None:
    verify_token(Secret("ours"), "ours")
