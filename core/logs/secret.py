"""A text that is not shown by accident."""

from __future__ import annotations

import hmac
from typing import NoReturn, final


@final
class Secret:
    """A token or key; printing, formatting, logging, pickling or encoding never reveals it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself; call this only to send or compare it."""
        return self._text

    def matches(self, offered: str) -> bool:
        """Whether `offered` equals this secret, compared in constant time."""
        return hmac.compare_digest(
            self._text.encode("utf-8", "surrogatepass"), offered.encode("utf-8", "surrogatepass")
        )

    def __repr__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return self.matches(other._text) if isinstance(other, Secret) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")
