import msgspec

from core.health.threshold import fails_when
from tests.web.helpers import MakeSite, Site


async def test_health_follows_its_draft(site: Site) -> None:
    site.kernel.health.report(
        "disk",
        "warn",
        "little room is left",
        action="Make room.",
        observed_value=97,
        observed_unit="percent",
        load=0.97,
        counters={"files": 3},
    )
    answer = await site.get("/health")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/health+json")
    health = answer.json()
    assert health["status"] == "warn"
    (disk,) = health["checks"]["disk"]
    assert disk["time"] == "2026-01-01T12:00:00Z"
    assert disk["output"] == "little room is left"
    assert (disk["observedValue"], disk["observedUnit"]) == (97, "percent")
    assert (disk["action"], disk["load"], disk["counters"]) == ("Make room.", 0.97, {"files": 3})
    assert health["checks"]["store"][0]["status"] == "pass"
    assert "output" not in health["checks"]["store"][0]


async def test_a_check_lists_its_thresholds(make_site: MakeSite) -> None:
    site = await make_site(loop_lag_warn_ms=100, disk_free_warn_mb=7_000, queue_warn_percent=50)
    checks = (await site.get("/health")).json()["checks"]
    assert checks["event-loop"][0]["thresholds"] == [
        {
            "of": "worst_recent_s",
            "comparison": "above",
            "warn": 0.1,
            "fail": 2.0,
            "settings": ["LOOP_LAG_WARN_MS", "LOOP_LAG_FAIL_MS"],
        }
    ]
    assert checks["disk"][0]["thresholds"][0]["warn"] == 7_000 * 2**20
    for name in ("store", "webhooks", "directives"):
        assert checks[name][0]["thresholds"][0]["settings"] == ["QUEUE_WARN_PERCENT"], name
    for name in ("loops", "clock"):
        assert checks[name][0]["status"] == "pass"
        assert checks[name][0]["since"] == "2026-01-01T12:00:00Z"
        assert checks[name][0]["thresholds"], name


async def test_an_optional_failure_is_a_warning_and_200(site: Site) -> None:
    site.kernel.health.report("external-services", "fail", "one is down")
    answer = await site.get("/health")
    assert (answer.status, answer.json()["status"]) == (200, "warn")


async def test_a_required_failure_is_503_also_from_the_cache(site: Site) -> None:
    site.break_store()
    for outcome in ("miss", "hit"):
        answer = await site.get("/health")
        assert (answer.status, answer.headers["x-cache"]) == (503, outcome)


async def test_live_is_always_200(site: Site) -> None:
    site.break_store()
    answer = await site.get("/health/live")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")


async def test_ready_means_store_state_and_gateway(site: Site) -> None:
    assert (await site.get("/health/ready")).status == 200
    site.kernel.health.report("state", "warn", "a refused edit", required=True)
    assert (await site.get("/health/ready")).status == 200


async def test_missing_checks_are_named(site: Site) -> None:
    health, since = site.kernel.health, "2026-01-01T12:00:00Z"
    bound = fails_when("the connection", "down")
    health.set_thresholds("gateway", bound)
    health.report("gateway", "fail", "not connected", required=True)
    health.remove("store")
    health.expect("store")
    answer = await site.get("/health/ready")
    assert (answer.status, answer.headers["content-type"]) == (503, "application/problem+json")
    store, gateway = answer.json()["missing"]
    assert (store["name"], store["reason"], store["since"]) == ("store", "not started yet", since)
    assert store["thresholds"][0]["of"] == "its first report"
    assert gateway == {
        "name": "gateway",
        "reason": "not connected",
        "since": since,
        "thresholds": [msgspec.json.decode(msgspec.json.encode(bound))],
    }
