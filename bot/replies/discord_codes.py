"""Discord's JSON error codes: their kind and a message for people.

See "Opcodes and Status Codes" in Discord's API docs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import discord

# gone: the target no longer exists.
# forbidden: the bot may not do this, or nobody can do it there; a retry fails again.
# content: a filter blocks the text.
# limited: too often, too many, or too soon.
# theirs: a fault of Discord, or of Cloudflare in front of it.
# ours: a wrong request, which is a bug in Helix.
Kind = Literal["gone", "forbidden", "content", "limited", "theirs", "ours"]

UNKNOWN_CHANNEL: Final = 10003
UNKNOWN_MEMBER: Final = 10007
UNKNOWN_MESSAGE: Final = 10008
UNKNOWN_ROLE: Final = 10011
OLD_EDITS: Final = 30046
_INVALID_FORM: Final = 50035
# The interaction's 15 minutes are over: its webhook is unknown, or its token is invalid.
INTERACTION_OVER: Final = frozenset({10015, 50027})
# Another process answered: it acknowledged the interaction, or deleted what it had said.
ANSWERED_ELSEWHERE: Final = frozenset({40060, 10062, UNKNOWN_MESSAGE})

_DEFAULT: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        "gone": "This no longer exists on Discord.",
        "forbidden": "Discord does not let me do that here: I lack a permission, or my role is too low.",
        "content": "Discord blocks that text. Word it differently and try again.",
        "limited": "Discord limits how often this can be done. Try again in a minute.",
        "theirs": "Discord has a problem. Try again in a moment.",
        "ours": "Discord did not accept this. Try again in a moment.",
    }
)
_CODES: Final[Mapping[int, tuple[Kind, str]]] = MappingProxyType(
    {
        UNKNOWN_CHANNEL: ("gone", "That channel is gone."),
        10004: ("gone", "That server no longer exists, or I am no longer in it."),
        UNKNOWN_MEMBER: ("gone", "That person is no longer in this server."),
        UNKNOWN_MESSAGE: ("gone", "That message is gone."),
        UNKNOWN_ROLE: ("gone", "That role is gone."),
        10013: ("gone", "That person no longer exists on Discord."),
        **dict.fromkeys(
            INTERACTION_OVER, ("gone", "This took longer than the 15 minutes that Discord allows. Try again.")
        ),
        50007: ("forbidden", "That person does not accept direct messages from me."),
        50278: ("forbidden", "That person shares no server with me, so I cannot write to them."),
        50003: ("forbidden", "That does not work in a direct message."),
        50008: ("forbidden", "Nobody can post in that channel. Choose a text channel."),
        40058: (
            "forbidden",
            "Nobody can post directly in a forum. Choose one of its posts, or a text channel.",
        ),
        50021: ("forbidden", "Discord does not allow that on a system message."),
        50024: ("forbidden", "That does not work in a channel of this kind."),
        50028: ("forbidden", "Nobody can assign or remove that role: it belongs to a bot, or to everyone."),
        50083: ("forbidden", "That thread is archived. Open it again first."),
        160005: ("forbidden", "That thread is locked. Someone who may manage threads can unlock it."),
        60003: (
            "forbidden",
            "This server requires two-factor authentication. My owner must enable it on Discord.",
        ),
        20009: ("content", "Discord blocks that as explicit content."),
        20031: ("content", "Discord does not allow a word in that name. Choose another name."),
        200000: ("content", "This server's AutoMod blocks that text. Word it differently and try again."),
        200001: ("content", "This server's AutoMod blocks that title. Choose another one."),
        240000: ("content", "Discord considers a link in that text harmful. Leave the link out."),
        20016: ("limited", "This channel is in slow mode. Try again later."),
        20022: ("limited", "Discord accepts no more edits of that announcement for now. Try again later."),
        30003: ("limited", "The channel has the maximum number of pins. Unpin a message first."),
        30005: ("limited", "This server has the most roles that Discord allows."),
        30013: ("limited", "This server has the most channels that Discord allows."),
        OLD_EDITS: ("limited", "Discord accepts no more edits of that old message for now. Try again later."),
        40333: ("theirs", "Cloudflare, in front of Discord, blocks me. Try again in a few minutes."),
        40004: ("theirs", "Discord has switched off sending for now. Try again later."),
        40006: ("theirs", "Discord has switched this off for now. Try again later."),
    }
)
# Each block of codes has one kind; the codes listed above have better messages.
_BLOCKS: Final[tuple[tuple[range, Kind], ...]] = (
    (range(10001, 11_000), "gone"),
    (range(30001, 31_000), "limited"),
)
_BY_STATUS: Final[Mapping[int, Kind]] = MappingProxyType({403: "forbidden", 404: "gone", 429: "limited"})
# discord.py puts each refused field on a line of its own.
_FIELD: Final = re.compile(r"^In ([\w.]+): (.*)$", re.MULTILINE)
_REFERENCE: Final = "message_reference"
# A reply needs the permission to read the history (160002); the message cannot be referred to (160009).
_REFERENCE_CODES: Final = frozenset({160002, 160009})


def kind_of(error: discord.HTTPException) -> Kind:
    """The kind of this error."""
    known = _CODES.get(error.code)
    if known is not None:
        return known[0]
    if error.status >= 500:
        return "theirs"
    if refuses_reference(error):
        return "gone"
    for codes, kind in _BLOCKS:
        if error.code in codes:
            return kind
    return _BY_STATUS.get(error.status, "ours")


def in_words(error: discord.HTTPException, otherwise: Mapping[Kind, str] = _DEFAULT) -> str:
    """What happened and what helps, in a sentence or two.

    Args:
        error: Discord's answer.
        otherwise: the message per kind for codes that are not listed.
    """
    known = _CODES.get(error.code)
    if known is not None:
        return known[1]
    if refuses_reference(error):
        return "The message that this answers is gone."
    kind = kind_of(error)
    return otherwise.get(kind, _DEFAULT[kind])


def is_closed(error: discord.HTTPException) -> bool:
    """Whether the target no longer exists or is closed to the bot, so that an early retry is useless."""
    return kind_of(error) in {"gone", "forbidden"}


def is_final(error: discord.HTTPException) -> bool:
    """Whether the same request would always be refused."""
    return error.code == _INVALID_FORM or kind_of(error) in {"gone", "forbidden", "content"}


def refused_fields(error: discord.HTTPException) -> dict[str, str]:
    """The refused fields, such as `embeds.0.title`, with the reason; empty for other errors."""
    return dict(_FIELD.findall(error.text)) if error.code == _INVALID_FORM else {}


def refuses_reference(error: discord.HTTPException) -> bool:
    """Whether only the reference to the answered message was refused."""
    if error.code in _REFERENCE_CODES:
        return True
    fields = refused_fields(error)
    return bool(fields) and all(field.partition(".")[0] == _REFERENCE for field in fields)
