import asyncio

from core.cache import Cache
from core.logs.secret import Secret
from core.runtime.kernel import Kernel, build_kernel
from core.settings import Settings
from core.version import VERSION
from tests.manual_clock import ManualClock


def build() -> Kernel:
    return build_kernel(Settings(), ManualClock())


def test_a_kernel_starts_at_the_time_of_its_clock() -> None:
    clock = ManualClock()
    assert build_kernel(Settings(), clock).started_at == clock.now()


def test_without_a_clock_it_takes_the_machine_s() -> None:
    assert build_kernel(Settings()).started_at.tzinfo is not None


def test_a_changed_check_drops_what_depends_on_health() -> None:
    kernel = build()
    cache: Cache[str, int] = kernel.caches.create("answers", owner="tests", max_entries=5, ttl_s=60)
    cache.get_or_build("health", lambda: 1, ("health",))
    cache.get_or_build("state", lambda: 1, ("state",))
    kernel.health.report("disk", "warn", "nearly full")
    assert cache.get("health") is None
    assert cache.get("state") is not None


def test_a_switched_flag_drops_what_depends_on_flags() -> None:
    kernel = build()
    cache: Cache[str, int] = kernel.caches.create("answers", owner="tests", max_entries=5, ttl_s=60)
    cache.get_or_build("flags", lambda: 1, ("flags",))
    kernel.flags.switch("lazy_commands", False)
    assert cache.get("flags") is None


def test_the_flag_of_response_caching_switches_every_cache_at_once() -> None:
    kernel = build()
    cache: Cache[str, int] = kernel.caches.create("answers", owner="tests", max_entries=5, ttl_s=60)
    cache.get_or_build("a", lambda: 1, ())
    kernel.flags.switch("response_caching", False)
    assert cache.get_or_build("a", lambda: 2, ()).outcome == "off"
    kernel.flags.switch("response_caching", True)
    assert cache.get_or_build("a", lambda: 3, ()).outcome == "hit"


async def test_its_own_loops_keep_the_checks_fresh() -> None:
    kernel = build_kernel(Settings())
    seen = asyncio.Event()
    kernel.health.on_change(lambda check, _previous: seen.set() if check.name == "event-loop" else None)
    kernel.supervisor.start()
    await asyncio.wait_for(seen.wait(), 40)
    assert {check.name for check in kernel.health.checks()} >= {"caches", "clock", "event-loop", "loops"}
    assert {loop.name for loop in kernel.supervisor.loops()} == {"clock", "event-loop-lag", "health"}
    assert await kernel.supervisor.stop(5) == ()


def test_without_a_redis_there_is_no_shared_cache_and_no_check_of_it() -> None:
    kernel = build()
    kernel.health.refresh()
    assert kernel.shared_cache is None
    assert kernel.health.get("shared-cache") is None


async def test_a_redis_that_is_away_is_one_more_check_that_warns() -> None:
    clock = ManualClock()
    kernel = build_kernel(Settings(redis_url=Secret("redis://:open-sesame@127.0.0.1:1/0")), clock)
    (loop,) = [loop for loop in kernel.supervisor.loops() if loop.name == "shared-cache"]
    assert loop.state == "waiting"
    assert kernel.shared_cache is not None
    await kernel.shared_cache.look()
    # On a busy machine even the refusal may come late, and that is told of only later.
    clock.advance(15.0)
    kernel.health.refresh()
    check = kernel.health.get("shared-cache")
    assert check is not None
    assert (check.status, check.required) == ("warn", False)
    assert "sesame" not in repr(check)
    assert await kernel.draw("tests.core.runtime.worker_jobs:upper", b"helix") == b"HELIX"
    await kernel.close()


async def test_a_loop_that_crashes_is_counted_and_shown() -> None:
    kernel = build_kernel(Settings())
    crashed = asyncio.Event()

    async def crash() -> None:
        crashed.set()
        raise OSError("no")

    kernel.supervisor.add("bad", crash)
    kernel.supervisor.start()
    await asyncio.wait_for(crashed.wait(), 40)
    await asyncio.sleep(0)
    await kernel.supervisor.stop(5)
    families = {family.name: family for family in kernel.metrics.collect()}
    (restarts,) = families["helix_loop_restarts_total"].samples
    assert (restarts.labels, restarts.value) == (("bad",), 1)
    statuses = {sample.labels: sample.value for sample in families["helix_check_status"].samples}
    assert statuses["loop:bad",] == 1
    (build,) = families["helix_build_info"].samples
    assert (build.labels, build.value) == ((VERSION,), 1)


def test_the_stop_has_the_time_that_the_settings_give_it() -> None:
    kernel = build_kernel(Settings(shutdown_s=2.5))
    assert kernel.settings.shutdown_s == 2.5
    assert kernel.drain.accepting
