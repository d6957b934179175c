"""A bot token is known by its shape: the bot's id, a time and a signature, with dots between."""

import base64

import pytest

from core.settings import values as parse
from core.settings.discord_token import bot_id_in

ID = base64.urlsafe_b64encode(b"123456789012345678").decode()
REST = "GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789ab"


def encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        f"{ID}.{REST}",
        f"{ID}.YPqU6Q.jNJcq1daGG3otexX3c1LcxCpgpQ",
        f"{encoded(b'1234567890123456789')}.{REST}",
        f"{encoded(b'123456789012345')}.{REST}",
    ],
)
def test_tokens_as_discord_gives_them_out_are_taken(token: str) -> None:
    assert parse.discord_token(token).reveal() == token
    assert str(bot_id_in(token)).startswith("123456789012345")


@pytest.mark.parametrize(
    "wrong",
    [
        "abc",
        "a" * 32,  # a client secret
        "f" * 64,  # a public key
        "123456789012345678",  # an application's id
        f"{encoded(b'no number at all')}.{REST}",
        f"{encoded(b'12')}.{REST}",
        f"{ID}.GhIjKl",
        f"{ID}.GhIjKl.short",
        f"{ID}.GhIjKl.{'x' * 38}.more",
        f"{ID}.GhIjKl.{'é' * 38}",
        f"Bot {ID}.{REST}",
    ],
)
def test_what_is_no_bot_token_is_refused_with_what_would_be_right(wrong: str) -> None:
    with pytest.raises(ValueError, match="token") as error:
        parse.discord_token(wrong)
    assert wrong not in str(error.value)


def test_only_a_whole_token_names_a_bot() -> None:
    assert bot_id_in(f"{ID}.{REST}") == 123456789012345678
    assert bot_id_in(ID) is None
