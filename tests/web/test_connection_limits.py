"""How many connections there may be, in all and for one client."""

from ipaddress import ip_network

from tests.web.helpers import MakeSite, Site, counter
from tests.web.test_edge import assert_problem


def refused(site: Site, status: str) -> float:
    return counter(site.kernel.metrics, "helix_http_requests_total").value("unmatched", "other", status)


async def test_too_many_connections_are_refused_with_a_reason(make_site: MakeSite) -> None:
    site = await make_site(max_connections=1)
    first = await site.wire()
    assert (await first.ask("/ucf")).status == 200
    second = await site.wire()
    answer = await second.answer()
    assert_problem(answer, 503)
    assert (answer.headers["retry-after"], answer.headers["connection"]) == ("1", "close")
    assert answer.headers["date"].endswith("GMT")
    assert refused(site, "503") == 1
    assert await second.closed()
    assert (await first.ask("/ucf")).status == 200


async def test_one_client_may_not_have_them_all(make_site: MakeSite) -> None:
    site = await make_site(max_connections_per_client=2)
    wires = [await site.wire() for _ in range(3)]
    assert [(await wire.ask("/ucf")).status for wire in wires[:2]] == [200, 200]
    answer = await wires[2].answer()
    assert "at most 2" in assert_problem(answer, 429)["detail"]
    assert refused(site, "429") == 1
    assert await wires[2].closed()


async def test_a_place_is_free_again_when_its_connection_ends(make_site: MakeSite) -> None:
    site = await make_site(max_connections=1)
    for _ in range(3):
        wire = await site.wire()
        assert (await wire.ask("/ucf", "Connection: close")).status == 200
        assert await wire.closed()


async def test_a_trusted_proxy_speaks_for_many(make_site: MakeSite) -> None:
    site = await make_site(max_connections_per_client=1, trusted_proxies=(ip_network("127.0.0.1/32"),))
    wires = [await site.wire() for _ in range(3)]
    assert [(await wire.ask("/ucf")).status for wire in wires] == [200, 200, 200]
