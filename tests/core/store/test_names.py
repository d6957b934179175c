"""Names in the text of SQL."""

from __future__ import annotations

import pytest

from core.store.names import with_names


def test_each_place_gets_its_name_in_quotation_marks() -> None:
    assert (
        with_names("SELECT {columns} FROM {table}", columns=("id", "value"), table="order")
        == 'SELECT "id", "value" FROM "order"'
    )


@pytest.mark.parametrize("name", ["", "a b", 'a"b', "a;--", "a.b", "1a", "?"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        with_names("SELECT * FROM {table}", table=name)
    with pytest.raises(ValueError, match="no name"):
        with_names("SELECT {columns} FROM inbox", columns=("id", name))
