"""The store of these tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.stores import Stores


@pytest.fixture(params=["sqlite"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Stores:
    """Opens stores; archives are made of SQLite's file."""
    from tests.stores import Stores

    return Stores(request.param, tmp_path, lambda: request.getfixturevalue("postgres"))
