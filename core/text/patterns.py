"""The patterns that texts from outside are held against, and what each asks for in words.

They are written so that Python and JSON Schema read them alike: Python's `$` lets a line break follow, so
that is refused by a look ahead.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SNOWFLAKE: Final = r"^[0-9]{15,20}(?!\n)$"
KEY: Final = r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}(?!\n)$"
WEB_ADDRESS: Final = "^https?://"

IN_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        SNOWFLAKE: "Expected an id of Discord's, 15 to 20 digits",
        KEY: "Expected 1 to 100 letters, digits and . _ : / -, with a letter or digit first",
        WEB_ADDRESS: "Expected an address that begins with http:// or https://",
    }
)
