"""What `welcome` is told to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, get_args

from core.errors import HelixError

Action = Literal["test", "set", "off"]
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)

# What it takes to post there, as people see it in the settings of a channel.
NEEDED: Final = (
    ("view_channel", "View Channel"),
    ("send_messages", "Send Messages"),
    ("embed_links", "Embed Links"),
)


class WrongChannel(HelixError):
    """No channel was named, or the bot cannot post in it."""


def check_channel(name: str, lacking: Sequence[str]) -> None:
    """Nothing, when the bot can post in the channel of that name.

    Raises:
        WrongChannel: says what is missing.
    """
    if lacking:
        raise WrongChannel(
            f"In #{name} I lack {', '.join(lacking)}. Give me that, or choose another channel."
        )
