from tests.web.helpers import Site

NAMES = [
    "error_rate", "uptime", "deliveries", "command_p95",
    "mean_response", "response_p95", "hit_rate", "broadcast_p95",
]  # fmt: skip


async def test_every_objective_has_a_target(site: Site) -> None:
    report = (await site.get("/slo")).json()
    assert set(report) == {"since", "until", "met", "promises"}
    assert [promise["name"] for promise in report["promises"]] == NAMES
    assert {
        promise["name"]: (promise["comparison"], promise["target"]) for promise in report["promises"]
    } == {
        "error_rate": ("<", 0.001),
        "uptime": (">", 0.999),
        "deliveries": (">", 0.995),
        "command_p95": ("<", 2.0),
        "mean_response": ("<", 0.05),
        "response_p95": ("<", 0.2),
        "hit_rate": (">", 0.8),
        "broadcast_p95": ("<", 0.1),
    }
    assert all(promise["value"] is None and promise["met"] is None for promise in report["promises"])


async def test_objectives_are_measured_by_real_requests(site: Site) -> None:
    wire = await site.wire()
    for _ in range(120):
        await wire.ask("/ucf")
    report = (await site.get("/slo")).json()
    by_name = {promise["name"]: promise for promise in report["promises"]}
    assert (by_name["error_rate"]["value"], by_name["error_rate"]["samples"]) == (0.0, 120)
    assert by_name["hit_rate"]["value"] > 0.9
    assert by_name["mean_response"]["value"] > 0
    assert by_name["response_p95"]["samples"] == 120
    assert by_name["error_rate"]["met"] is True


async def test_it_is_kept_for_a_minute(site: Site) -> None:
    first = await site.get("/slo")
    site.clock.advance(59.0)
    second = await site.get("/slo")
    assert (second.headers["x-cache"], second.body) == ("hit", first.body)
    site.clock.advance(2.0)
    assert (await site.get("/slo")).headers["x-cache"] == "miss"
