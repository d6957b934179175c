"""Both transports of the stream."""

from __future__ import annotations

import pytest

from tests.web.live.listening import over_sse, over_ws
from tests.web.live.streams.stream_events import Open


@pytest.fixture(params=["sse", "ws"])
def listen(request: pytest.FixtureRequest) -> Open:
    """Opens a stream over one transport; takes the site and a query."""
    if request.param == "sse":
        return lambda site, query="": over_sse(site, f"/events{query}")
    return lambda site, query="": over_ws(site, f"/ws{query}")
