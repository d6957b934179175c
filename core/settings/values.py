"""Parsers of settings. Each raises `ValueError` with what is accepted, as it continues "must be"."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from core.http.guard import ForbiddenTarget, check_url
from core.logs.secret import Secret
from core.settings.discord_token import bot_id_in
from core.text.durations import say_duration
from core.text.numbers import plain
from core.text.surrogates import find_half

T = TypeVar("T")
Word = TypeVar("Word", bound=str)

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?", re.ASCII)
_PLAIN_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_HOSTNAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?", re.ASCII)
# No segment may be . or .., which clients remove.
_PUBLIC_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)*", re.ASCII)
_VERSION_AT_END = re.compile(r"/v\d+$", re.ASCII)

# Standard Webhooks, "Signature scheme": a symmetric key has 24 to 64 bytes.
_WEBHOOK_KEY_BYTES = 24

_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})|%00", re.ASCII)
_NODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", re.ASCII)

_LONGEST_LIST = 100


def switch(text: str) -> bool:
    """On or off."""
    folded = text.casefold()
    if folded in _TRUE:
        return True
    if folded in _FALSE:
        return False
    raise ValueError("true or false (also 1 and 0, yes and no, on and off)")


def whole(low: int, high: int, unit: str) -> Callable[[str], int]:
    """A parser of whole numbers within bounds."""

    def parse(text: str) -> int:
        if not _is_digits(text) or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high} ({unit})")
        return int(text)

    return parse


def number(low: float, high: float, unit: str) -> Callable[[str], float]:
    """A parser of numbers above `low` and at most `high`."""

    def parse(text: str) -> float:
        value = float(text) if _PLAIN_NUMBER.fullmatch(text) else math.nan
        if not low < value <= high:
            raise ValueError(f"a number above {plain(low)} and at most {plain(high)} ({unit})")
        return value

    return parse


def duration(low_s: float, high_s: float) -> Callable[[str], float]:
    """A parser of durations in seconds, from a plain number or from `1d2h30m15s`."""

    def parse(text: str) -> float:
        compact = text.replace(" ", "").casefold()
        seconds = math.nan
        if _PLAIN_NUMBER.fullmatch(compact):
            seconds = float(compact)
        elif compact and len(compact) <= 32 and (parts := _DURATION.fullmatch(compact)):
            days, hours, minutes, rest = (float(part or 0) for part in parts.groups())
            seconds = ((days * 24 + hours) * 60 + minutes) * 60 + rest
        if not low_s <= seconds <= high_s:
            raise ValueError(
                'seconds, or a duration like "15m" or "1h30m",'
                f" from {say_duration(timedelta(seconds=low_s))} to {say_duration(timedelta(seconds=high_s))}"
            )
        return seconds

    return parse


port = whole(0, 65535, "0 means any free port")


def snowflake(text: str) -> int:
    """A Discord id: 64 bits, of which the upper 42 are a time (API reference, "Snowflakes")."""
    if not _is_digits(text) or not 2**22 <= int(text) < 2**64 or len(text) < 15:
        raise ValueError("a Discord id, 15 to 20 digits (in Discord: right click, Copy ID)")
    return int(text)


def host(text: str) -> str:
    """An address or a host name to listen on."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        return str(ip_address(bare))
    except ValueError:
        if len(text) > 253 or not _HOSTNAME.fullmatch(text) or _is_digits(text.replace(".", "")):
            raise ValueError("an IP address or a host name, without scheme and port") from None
        return text


def network(text: str) -> IPv4Network | IPv6Network:
    """An IP address or a network in CIDR notation."""
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError("IP addresses or networks like 10.0.0.0/8, with no bits set past the mask") from None


def url(*schemes: str, versioned: bool = False) -> Callable[[str], str]:
    """A parser of full URLs with one of `schemes`, without user, query and fragment."""
    right = f"a full URL starting with {' or '.join(scheme + '://' for scheme in schemes)}"
    if versioned:
        right += " and ending with its version, like /v10"

    def parse(text: str) -> str:
        if not _is_address(text, schemes) or any(mark in text for mark in "@?#"):
            raise ValueError(f"{right}, without user, query or fragment")
        address = text.rstrip("/")
        if versioned and not _VERSION_AT_END.search(address):
            raise ValueError(right)
        return address

    return parse


def public_url(text: str) -> str:
    """The URL that people type: scheme, host, and the path below which Helix is served."""
    address = url("https", "http")(text)
    if not _PUBLIC_PATH.fullmatch(urlsplit(address).path):
        raise ValueError("a URL whose path, if any, has only letters, digits and - . _ ~, like /helix")
    return address


def webhook_url(text: str) -> Secret:
    """A destination of events: https to a public host or, as the sandbox permits, to this machine."""
    try:
        check_url(text, loopback=True)
    except ForbiddenTarget:
        raise ValueError("a full https:// URL of a public host, without a user name") from None
    return Secret(text)


def database_url(text: str) -> Secret:
    """The address of a PostgreSQL server; it may hold a password, so it is a secret."""
    if not _is_visible(text) or not text.startswith(("postgresql://", "postgres://")):
        raise ValueError(
            "unset, which means SQLite, or the address of a PostgreSQL server like"
            " postgresql://user:password@host:5432/database; there is no other engine"
        )
    # Otherwise the driver takes a part of the password for the host, and its errors quote that.
    account = text.partition("://")[2].rpartition("@")[0]
    if any(sign in account for sign in "@/?#") or _BAD_PERCENT.search(text):
        raise ValueError(
            "an address whose user and password write the characters % @ / ? # as %25 %40 %2F %3F %23"
        )
    return Secret(text)


def node_name(text: str) -> str:
    """The name of one process among several, as labels of metrics and messages show it."""
    if not _NODE.fullmatch(text):
        raise ValueError("1 to 63 letters, digits and - . _, starting with a letter or digit")
    return text


def is_forbidden_outside(url: Secret) -> bool:
    """Whether a URL that `webhook_url` accepted may be sent to only in the sandbox."""
    try:
        check_url(url.reveal(), loopback=False)
    except ForbiddenTarget:
        return True
    return False


def secret(text: str) -> Secret:
    """A token that is sent in a header: visible ASCII, no spaces."""
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("visible ASCII characters without spaces")
    return Secret(text)


def passphrase(text: str) -> Secret:
    """A key that is only compared: any text that UTF-8 can encode."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("text in UTF-8") from None
    return Secret(text)


def discord_token(text: str) -> Secret:
    """The bot's token, as the Developer Portal shows it."""
    if text.casefold().startswith(("bot ", "bearer ")):
        raise ValueError('the token alone, without "Bot" before it')
    if bot_id_in(text) is None:
        raise ValueError(
            "the bot's token: three parts separated by dots (Developer Portal, Bot, Reset Token); not the"
            " client secret, the public key or the application's id"
        )
    return Secret(text)


def webhook_key(text: str) -> Secret:
    """A Standard Webhooks key: `whsec_` and base64."""
    right = f"whsec_ and base64 of at least {_WEBHOOK_KEY_BYTES} bytes"
    if not text.startswith("whsec_"):
        raise ValueError(right)
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(right) from None
    if len(key) < _WEBHOOK_KEY_BYTES:
        raise ValueError(f"{right}; this one has {len(key)}")
    return Secret(text)


def prefix(text: str) -> str:
    """A command prefix; `/` is reserved by Discord, and `#` starts a comment line in a batch."""
    if not 1 <= len(text) <= 5 or any(c.isspace() or not c.isprintable() for c in text) or text[0] in "/#":
        raise ValueError("1 to 5 characters without spaces, starting with neither / nor #")
    return text


def log_level(text: str) -> str:
    """One of the standard levels."""
    if text.upper() not in _LEVELS:
        raise ValueError(f"one of {', '.join(_LEVELS)}")
    return text.upper()


def one_of(*choices: Word) -> Callable[[str], Word]:
    """A parser of one of a few words, ignoring case."""

    def parse(text: str) -> Word:
        for choice in choices:
            if choice == text.casefold():
                return choice
        raise ValueError(f"one of {', '.join(choices)}")

    return parse


def folder(text: str) -> Path:
    """A folder that exists or can be created; whether it is writable is checked when it is locked."""
    path = Path(text)
    # A file system accepts any bytes as a name; the folder's watcher does not.
    if find_half(str(path.absolute())) is not None:
        raise ValueError("the path of a folder, in UTF-8")
    try:
        taken = path.exists() and not path.is_dir()
    except (OSError, ValueError):
        taken = True
    if taken or "\0" in text:
        raise ValueError("the path of a folder (it is created if it is missing)")
    return path


def listed(parse_one: Callable[[str], T], *, commas: bool = True) -> Callable[[str], tuple[T, ...]]:
    """A parser of several values, separated by spaces (or commas), without duplicates."""

    def parse(text: str) -> tuple[T, ...]:
        parts = (text.replace(",", " ") if commas else text).split()
        if len(parts) > _LONGEST_LIST:
            raise ValueError(f"at most {_LONGEST_LIST} values")
        return tuple(dict.fromkeys(parse_one(part) for part in parts))

    return parse


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 20


def _is_visible(text: str) -> bool:
    return text.isprintable() and " " not in text


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    if not _is_visible(text) or "\\" in text:
        return False
    try:
        parts = urlsplit(text)
        found = parts.hostname
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in schemes and bool(found)
