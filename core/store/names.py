"""Names of tables and columns in the text of SQL, where no parameter can stand."""

from __future__ import annotations

from collections.abc import Sequence


def with_names(text: str, /, **names: str | Sequence[str]) -> str:
    """The text with each `{place}` filled by a quoted name, or by several with commas between.

    Raises:
        ValueError: a name has other characters than letters, digits and underscores, or begins with a digit.
    """
    return text.format_map({place: _quoted(name) for place, name in names.items()})


def _quoted(name: str | Sequence[str]) -> str:
    if not isinstance(name, str):
        return ", ".join(map(_quoted, name))
    if not name.isidentifier():
        raise ValueError(f"{name!r} is no name of a table or column")
    return f'"{name}"'
