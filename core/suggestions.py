"""Suggests the nearest known name for an unknown one."""

from __future__ import annotations

from collections.abc import Collection

# Below this similarity (difflib's ratio, 0 to 1) a suggestion would confuse.
_LEAST_LIKENESS = 0.7

_LONGEST_NAME = 64


def closest(name: str, known: Collection[str]) -> str | None:
    """The known name most similar to `name`, ignoring case; None if none is similar."""
    import difflib

    by_folded = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(
        name.casefold()[:_LONGEST_NAME], list(by_folded), n=1, cutoff=_LEAST_LIKENESS
    )
    return by_folded[found[0]] if found else None
