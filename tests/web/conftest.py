"""A real server on a real socket, over a real collective on a real file; time stands still until moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.helpers import MakeSite, Site
from tests.web.sites import sites


@pytest.fixture
async def make_site(tmp_path: Path) -> AsyncIterator[MakeSite]:
    """Starts a server; takes settings by name, and the route table."""
    async with sites(tmp_path) as make:
        yield make


@pytest.fixture
async def site(make_site: MakeSite) -> Site:
    """A server with the default settings and nothing wrong."""
    made = await make_site()
    made.connect_gateway()
    return made
