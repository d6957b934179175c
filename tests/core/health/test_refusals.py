from core.runtime.kernel import build_kernel
from core.settings import Settings
from tests.manual_clock import ManualClock


def test_refusals_show_by_kind_in_the_check_access() -> None:
    kernel = build_kernel(Settings())
    for kind in ("token", "permission", "token"):
        kernel.refusals.count(kind)
    kernel.health.refresh()
    check = kernel.health.get("access")
    assert check is not None
    assert check.status == "pass"
    assert check.counters == {"token": 2, "permission": 1}


def test_the_check_access_asks_for_trusted_proxies_until_none_is_seen_for_an_hour() -> None:
    clock = ManualClock()
    kernel = build_kernel(Settings(), clock)

    def read() -> tuple[str, str]:
        reading = kernel.refusals.probe()
        return reading.status, reading.reason + reading.action

    assert read()[0] == "pass"
    kernel.refusals.saw_untrusted_proxy("10.0.0.7")
    status, said = read()
    assert status == "warn"
    assert "10.0.0.7" in said
    assert "TRUSTED_PROXIES" in said
    # A new reason counts as a change, so a second proxy does not alter it.
    kernel.refusals.saw_untrusted_proxy("10.0.0.8")
    assert read() == (status, said)
    clock.advance(3601)
    assert read()[0] == "pass"
