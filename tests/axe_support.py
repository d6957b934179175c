"""axe-core over a page: what it finds that keeps somebody out."""

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

_GRAVE = {"serious", "critical"}


async def grave_findings(page: Page) -> list[str]:
    """Serious and critical violations, each with the first elements that it is about."""
    found: dict[str, Any] = (await Axe().run(page)).response
    assert found["passes"], "axe looked at nothing"
    return [
        f"{violation['id']}: {violation['help']}: {[node['html'][:120] for node in violation['nodes'][:3]]}"
        for violation in found["violations"]
        if violation["impact"] in _GRAVE
    ]
