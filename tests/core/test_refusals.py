from core.kernel import build_kernel
from core.settings import Settings


def test_refusals_show_by_kind_in_the_check_access() -> None:
    kernel = build_kernel(Settings())
    for kind in ("token", "permission", "token"):
        kernel.refusals.count(kind)
    kernel.health.refresh()
    check = kernel.health.get("access")
    assert check is not None
    assert check.status == "pass"
    assert check.counters == {"token": 2, "permission": 1}
