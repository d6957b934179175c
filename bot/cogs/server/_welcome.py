"""Arguments of `welcome`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, get_args

from core.errors import HelixError

Action = Literal["test", "set", "off"]
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)

# The permissions needed to post, as a channel's settings name them.
NEEDED: Final = (
    ("view_channel", "View Channel"),
    ("send_messages", "Send Messages"),
    ("embed_links", "Embed Links"),
)


class WrongChannel(HelixError):
    """No channel was given, or the bot cannot post in it."""


def check_channel(name: str, lacking: Sequence[str]) -> None:
    """Raise unless the bot can post in the channel of that name.

    Raises:
        WrongChannel: the message names the missing permissions.
    """
    if lacking:
        raise WrongChannel(f"In #{name} I lack {', '.join(lacking)}. Grant it, or choose another one.")
