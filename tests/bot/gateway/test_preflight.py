"""What `check` tells an operator."""

import base64
import sqlite3
from pathlib import Path

from bot.gateway.preflight import describe
from core.logs.secret import Secret
from core.settings import Settings

TOKEN = base64.b64encode(b"123456789012345678").decode() + ".GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789ab"


def test_without_a_token_it_says_that_the_sandbox_stands_in() -> None:
    text = describe(Settings())
    assert "sandbox" in text
    assert "invite" not in text
    assert f"database     SQLite {sqlite3.sqlite_version}" in text


def test_with_a_token_it_prints_the_invite_link_and_the_intents_but_never_the_token() -> None:
    text = describe(Settings(discord_token=Secret(TOKEN), home_guild_id=5, data_dir=Path("kept")))
    assert "client_id=123456789012345678" in text
    assert "Server Members Intent" in text
    assert "Message Content Intent" in text
    assert TOKEN not in text
    assert "kept" in text


def test_it_says_what_is_on_and_what_is_off() -> None:
    text = describe(Settings(enable_lazy_commands=False, alerts_channel_id=7))
    assert "off  lazy commands" in text
    assert "on   response caching" in text
    assert "on   alerts, refused edits" in text


def test_it_says_which_webhooks_would_be_taken_and_sent_and_shows_no_secret() -> None:
    secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
    text = describe(Settings(discord_token=Secret(TOKEN), webhook_secret=(Secret(secret),)))
    assert "on   events in by webhook" in text
    assert "off  REST hooks" in text
    assert "off  events in from GitHub" in text
    assert "off  events out" in text
    assert secret not in text


def test_in_the_sandbox_webhooks_are_open() -> None:
    text = describe(Settings())
    assert "on   events in by webhook" in text
    assert "on   events in from GitHub" in text


def test_without_a_home_it_says_what_that_means() -> None:
    assert "only owners" in describe(Settings(discord_token=Secret(TOKEN)))
