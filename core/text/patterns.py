"""Patterns for input from outside, and a description of each in words.

Python and JSON Schema read them alike. Python's `$` also matches before a final line break, so a lookahead
excludes that.
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
        SNOWFLAKE: "Expected a Discord id, 15 to 20 digits",
        KEY: "Expected 1 to 100 letters, digits and . _ : / -, with a letter or digit first",
        WEB_ADDRESS: "Expected a URL that begins with http:// or https://",
    }
)
