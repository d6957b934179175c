"""What the bot asks of Discord."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord

from bot.gateway.invite import PERMISSIONS, PRIVILEGED_INTENTS, intents_needed, invite_url, permission_bits

ROOT = Path(__file__).resolve().parents[3]


def test_the_link_names_application_scopes_and_permissions() -> None:
    query = parse_qs(urlsplit(invite_url(123456789012345678)).query)
    assert query["client_id"] == ["123456789012345678"]
    assert query["scope"] == ["bot applications.commands"]
    assert query["permissions"] == [str(permission_bits())]


def test_the_bits_are_those_that_discord_calls_so() -> None:
    wanted = discord.Permissions(permission_bits())
    assert {name for name, on in wanted if on} == {
        "view_channel", "read_messages", "send_messages", "send_messages_in_threads", "embed_links",
        "attach_files", "read_message_history", "add_reactions", "use_external_emojis", "external_emojis",
        "pin_messages", "manage_roles", "manage_permissions", "manage_channels", "manage_guild",
    } & {name for name, _ in wanted}  # fmt: skip
    assert not wanted.administrator
    assert len({bit for _, bit, _ in PERMISSIONS}) == len(PERMISSIONS)


def test_two_intents_are_privileged_and_both_are_named() -> None:
    intents = discord.Intents(**dict.fromkeys(intents_needed(), True))
    privileged = {name for name in ("members", "message_content", "presences") if getattr(intents, name)}
    assert privileged == {"members", "message_content"}
    assert len(PRIVILEGED_INTENTS) == 2


def test_it_needs_no_discord_py() -> None:
    code = "import sys, bot.gateway.invite, bot.gateway.preflight; print('discord' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.strip() == "False"
