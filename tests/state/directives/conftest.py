"""A queue of directives with the hands that do them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.runtime.kernel import Kernel
from core.store import Store
from state.collective import Collective
from state.opening import open_collective
from tests.state.directives.manus import Hands, Manus, renew


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def collective(kernel: Kernel, database: Store, hands: Hands) -> AsyncIterator[Collective]:
    collective = await open_collective(kernel, database)
    kernel.supervisor.remove("directives")
    await renew(collective, hands)
    yield collective
    await collective.close()


@pytest.fixture
async def manus(collective: Collective) -> AsyncIterator[Manus]:
    loop = Manus(collective)
    yield loop
    await loop.cancel()
