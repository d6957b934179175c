"""What a refusal of Discord's means: its JSON error codes, sorted once.

The codes and what they say are in Discord's API docs, "Opcodes and Status Codes".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import discord

# gone: what the request names is not there any more.
# forbidden: the bot may not do this, or nobody can in that place; asking again changes nothing.
# content: a filter blocks what the message says.
# limited: too often, too many, or too soon.
# theirs: Discord, or Cloudflare before it, has a fault of its own.
# ours: the request was wrong, which is a bug of Helix.
Kind = Literal["gone", "forbidden", "content", "limited", "theirs", "ours"]

UNKNOWN_CHANNEL: Final = 10003
UNKNOWN_MEMBER: Final = 10007
UNKNOWN_MESSAGE: Final = 10008
UNKNOWN_ROLE: Final = 10011
OLD_EDITS: Final = 30046
_INVALID_FORM: Final = 50035
# The 15 minutes of an interaction are over: its webhook is unknown, or its token is invalid.
INTERACTION_OVER: Final = frozenset({10015, 50027})
# Another process answered: it acknowledged the interaction, or deleted what it had said.
ANSWERED_ELSEWHERE: Final = frozenset({40060, 10062, UNKNOWN_MESSAGE})

_DEFAULT: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        "gone": "What this is about is gone from Discord.",
        "forbidden": "Discord does not let me do that here: I lack a permission, or my role is too low.",
        "content": "Discord blocks that text. Word it differently and try again.",
        "limited": "Discord limits how often this can be done. Try again in a minute.",
        "theirs": "Discord has trouble of its own. Try again in a moment.",
        "ours": "Discord did not take it. Try again in a moment.",
    }
)
_CODES: Final[Mapping[int, tuple[Kind, str]]] = MappingProxyType(
    {
        UNKNOWN_CHANNEL: ("gone", "That channel is gone."),
        10004: ("gone", "That server is gone, or I am not in it any more."),
        UNKNOWN_MEMBER: ("gone", "That person is not on this server any more."),
        UNKNOWN_MESSAGE: ("gone", "That message is gone."),
        UNKNOWN_ROLE: ("gone", "That role is gone."),
        10013: ("gone", "Discord does not know that person any more."),
        **dict.fromkeys(
            INTERACTION_OVER, ("gone", "Discord waits 15 minutes for an answer, and this took longer.")
        ),
        50007: ("forbidden", "That person takes no direct messages from me."),
        50278: ("forbidden", "That person is on no server with me, so I cannot write to them."),
        50003: ("forbidden", "That does not work in a direct message."),
        50008: ("forbidden", "That channel takes no messages. Choose a text channel."),
        40058: (
            "forbidden",
            "A forum takes no messages itself. Choose one of its posts, or a text channel.",
        ),
        50021: ("forbidden", "Discord does not allow that with a message of its own."),
        50024: ("forbidden", "That does not work in a channel of this kind."),
        50028: ("forbidden", "Nobody can give or take that role: it belongs to a bot, or to everyone."),
        50083: ("forbidden", "That thread is archived. Open it again first."),
        160005: ("forbidden", "That thread is locked. Someone who may manage threads can unlock it."),
        60003: (
            "forbidden",
            "This server asks for two-factor authentication. My owner's Discord account has to switch it on.",
        ),
        20009: ("content", "Discord blocks that as explicit content."),
        20031: ("content", "Discord does not allow a word in that name. Choose another name."),
        200000: ("content", "This server's AutoMod blocks that text. Word it differently and try again."),
        200001: ("content", "This server's AutoMod blocks that title. Choose another one."),
        240000: ("content", "Discord takes a link in that text for harmful. Leave the link out."),
        20016: ("limited", "This channel is in slow mode. Try again later."),
        20022: ("limited", "Discord takes no more edits of that announcement for now. Try again later."),
        30003: ("limited", "The channel has as many pins as Discord allows."),
        30005: ("limited", "This server has the most roles that Discord allows."),
        30013: ("limited", "This server has the most channels that Discord allows."),
        OLD_EDITS: ("limited", "Discord takes no more edits of that old message for now. Try again later."),
        40333: ("theirs", "Cloudflare, which stands before Discord, blocks me. Try again in a few minutes."),
        40004: ("theirs", "Discord has switched off sending for now. Try again later."),
        40006: ("theirs", "Discord has switched this off for now. Try again later."),
    }
)
# Discord gives each block of codes to one kind of error; those above it explains better.
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
    """What kind of refusal this is."""
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
    """What happened and what would help, as a sentence or two for a person.

    Args:
        error: what Discord answered.
        otherwise: what to say of a kind whose code says no more.
    """
    known = _CODES.get(error.code)
    if known is not None:
        return known[1]
    if refuses_reference(error):
        return "The message that this answers is gone."
    kind = kind_of(error)
    return otherwise.get(kind, _DEFAULT[kind])


def is_closed(error: discord.HTTPException) -> bool:
    """Whether the place is gone or closed to the bot: for some minutes there is no use in asking again."""
    return kind_of(error) in {"gone", "forbidden"}


def is_final(error: discord.HTTPException) -> bool:
    """Whether the same request would be refused again, however often it is made."""
    return error.code == _INVALID_FORM or kind_of(error) in {"gone", "forbidden", "content"}


def refused_fields(error: discord.HTTPException) -> dict[str, str]:
    """Which fields of the form were refused and why, such as `embeds.0.title`; empty for other errors."""
    return dict(_FIELD.findall(error.text)) if error.code == _INVALID_FORM else {}


def refuses_reference(error: discord.HTTPException) -> bool:
    """Whether nothing is wrong with a message but its reference to the one that it answers."""
    if error.code in _REFERENCE_CODES:
        return True
    fields = refused_fields(error)
    return bool(fields) and all(field.partition(".")[0] == _REFERENCE for field in fields)
