"""One setting, as people read of it."""

from __future__ import annotations

from typing import Literal

import msgspec

Group = Literal[
    "Discord", "HTTP", "Data", "Webhooks", "Features", "Rhythm", "Health", "Logging", "More than one process"
]


class SettingDoc(msgspec.Struct, frozen=True):
    """One setting, for people.

    Attributes:
        name: its variable.
        default: as text.
        meaning: one sentence or two.
    """

    name: str
    default: str
    meaning: str
    secret: bool
    group: Group
