"""The live dashboard: changes show without a reload; on any screen, with the keyboard, in both colours."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from state.models import METRICS
from tests.axe_support import grave_findings
from tests.browser_support import Tabs
from tests.e2e.conftest import new_database
from tests.e2e.dashboard import DESKTOP, PHONE, Colours, Dashboard, dashboard, live
from tests.stores import ENGINES

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def board(tabs: Tabs, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Dashboard]:
    async with dashboard(tabs, tmp_path_factory.mktemp("helix"), RITUAL_STEP_S="0.02") as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=ENGINES)
async def either_board(
    request: pytest.FixtureRequest, tabs: Tabs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Dashboard]:
    """One on each engine."""
    async with dashboard(tabs, tmp_path_factory.mktemp("helix"), **new_database(request)) as running:
        yield running


def _value(page: Page, name: str) -> Locator:
    return page.locator(f'[data-metric="{name}"] .value')


async def test_a_change_of_state_reaches_the_page_without_a_reload(either_board: Dashboard) -> None:
    async with either_board.page() as page:
        await live(page)
        await page.evaluate("window.sameDocument = true")
        await either_board.send("ucf.update", set={"harmony": 0.123, "klesha": 0.9})
        await expect(_value(page, "harmony")).to_have_text("0.123")
        panel = page.locator('[data-metric="klesha"]')
        await expect(panel.locator(".value")).to_have_text("0.900")
        await expect(panel.locator(".judgement")).to_have_text("critical")
        await expect(page.locator(".assessment")).to_contain_text("harmony 0.12 and klesha 0.90 are critical")
        await expect(page.locator("#alerts li")).to_have_count(2)
        await expect(page.locator("#alerts")).to_contain_text("ucf.klesha")
        await either_board.send("ucf.update", set={"harmony": 0.9, "klesha": 0.1})
        await expect(page.locator("#alerts li")).to_have_count(0)
        await expect(page.get_by_text("No alert is open.")).to_be_visible()
        assert await page.evaluate("window.sameDocument") is True


async def test_a_trend_says_since_when_and_agrees_with_its_chart(board: Dashboard) -> None:
    await board.send("ucf.update", set={"klesha": 0.5})
    async with board.page() as page:
        await live(page)
        trend = page.locator('[data-metric="klesha"] .trend')
        await expect(trend).to_have_text(re.compile("^↑ rising, since "))
        await board.send("ucf.update", set={"klesha": 0.0})
        await expect(trend).to_have_text(re.compile("^↓ falling, since "))
        await board.send("ucf.update", set={"klesha": 0.1})
        await expect(trend).to_have_text(re.compile("^→ steady, since "))


async def test_nothing_is_well_while_a_value_is_critical_though_the_checks_pass(board: Dashboard) -> None:
    async with board.page() as page:
        await live(page)
        verdict = page.locator(".verdict")
        await board.send("ucf.update", set={"klesha": 0.9})
        await expect(verdict).to_have_text("Needs attention")
        # As after /alerts ack: the check passes again, and the value is as critical as before.
        await page.evaluate(
            """async () => {
                const answer = await (await fetch("/status")).json();
                window.fetch = async () => new Response(JSON.stringify({ ...answer, status: "pass" }));
            }"""
        )
        await board.send("ucf.update", set={"klesha": 0.91})
        await expect(page.locator(".assessment")).to_contain_text("klesha 0.90")
        await expect(verdict).to_have_text("Needs attention")
        await board.send("ucf.update", set={"klesha": 0.1})
        await expect(verdict).to_have_text("All well")


async def test_a_screen_reader_hears_what_is_critical_once_and_not_every_digit(board: Dashboard) -> None:
    async with board.page() as page:
        await live(page)
        await page.evaluate(
            """() => {
                window.heard = [];
                const node = document.querySelector('#announcer');
                const hear = () => window.heard.push(node.textContent);
                new MutationObserver(hear).observe(node, {childList: true});
            }"""
        )
        sentence = page.locator(".assessment")
        for value in (0.11, 0.12, 0.13):
            await board.send("ucf.update", set={"zoom": value})
            await expect(sentence).to_contain_text(f"zoom {value} is critical")
        heard = await page.evaluate("window.heard")
        assert len([words for words in heard if "Strained" in words]) == 1
        await board.send("ucf.update", set={"zoom": 1.0})
        await expect(sentence).not_to_contain_text("zoom")


async def test_an_alert_from_outside_is_shown_as_text(board: Dashboard) -> None:
    words = "<img src=x onerror=alert(1)> & more"
    async with board.page() as page:
        await live(page)
        await board.send("alert.raise", key="outside", severity="warning", summary=words)
        await expect(page.locator("#alerts strong")).to_have_text(words)
        await expect(page.locator("#alerts img")).to_have_count(0)
        await expect(page.locator('[data-agent="Grok"]')).to_have_attribute("data-status", "degraded")
        await expect(page.locator('[data-rung="Grok"]')).to_have_attribute("data-status", "degraded")
        await expect(page.locator('#checks li:has-text("alerts")').first).to_contain_text("warn")
    async with board.page() as page:
        await expect(page.locator("#alerts strong")).to_have_text(words)
        await live(page)
    await board.send("alert.clear", key="outside")


async def test_a_ritual_moves_on_and_ends(board: Dashboard) -> None:
    async with board.page() as page:
        await live(page)
        await board.send("ritual.start", steps=150)
        bar = page.get_by_role("progressbar", name="Ritual")
        await expect(bar).to_have_attribute("aria-valuemax", "150")
        first = await bar.get_attribute("aria-valuenow")
        await expect(bar).not_to_have_attribute("aria-valuenow", first or "")
        await expect(page.locator("#ritual")).to_contain_text("Z-88, 150 steps, was completed")


async def test_without_a_script_the_values_are_there(board: Dashboard) -> None:
    async with board.page(java_script_enabled=False) as page:
        await expect(_value(page, "zoom")).to_have_text(re.compile(r"\d\.\d{3}"))
        await expect(page.locator(".assessment")).not_to_be_empty()
        await expect(page.locator("[data-agent]")).to_have_count(14)
        await expect(page.locator("#checks li").first).to_be_visible()
        await expect(page.locator("#theme")).to_be_hidden()
        await expect(page.locator("noscript p")).to_be_visible()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_axe_finds_nothing_grave(board: Dashboard, size: tuple[int, int], colours: Colours) -> None:
    async with board.page(size, colours=colours, reduced_motion="reduce", bypass_csp=True) as page:
        await live(page)
        await page.get_by_text("Show as a table").click()
        await expect(page.locator("#history tbody tr").first).to_be_visible()
        assert await grave_findings(page) == []


async def test_many_alerts_are_scrolled_with_the_keyboard(board: Dashboard) -> None:
    keys = [f"outside.{number}" for number in range(8)]
    for key in keys:
        await board.send(
            "alert.raise", key=key, severity="critical", summary="Something that takes room " * 4
        )
    async with board.page(PHONE, bypass_csp=True) as page:
        await live(page)
        await expect(page.locator("#alerts li")).to_have_count(len(keys))
        await expect(page.locator("#alerts ul")).to_have_attribute("tabindex", "0")
        await expect(page.locator("#alerts .count")).to_have_text("8 open")
        assert await grave_findings(page) == []
    for key in keys:
        await board.send("alert.clear", key=key)


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1440])
async def test_nothing_sticks_out_to_the_side(board: Dashboard, width: int) -> None:
    async with board.page((width, 844)) as page:
        await live(page)
        await page.get_by_text("Show as a table").click()
        assert await page.evaluate("document.documentElement.scrollWidth") == width


async def test_the_page_is_walked_through_with_the_keyboard(board: Dashboard) -> None:
    async with board.page() as page:
        await live(page)
        await page.keyboard.press("Tab")
        await expect(page.get_by_text("Skip to content")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.locator('#ranges input[value="24h"]')).to_be_focused()
        seen = []
        for _ in METRICS:
            await page.keyboard.press("Tab")
            seen.append(await page.evaluate("document.activeElement.getAttribute('aria-label')"))
            outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid"
        assert seen == [f"History of {name}" for name in METRICS]


async def test_a_chart_is_read_with_the_arrow_keys(board: Dashboard) -> None:
    await board.send("ucf.update", set={"prana": 0.61})
    await board.send("ucf.update", set={"prana": 0.72})
    async with board.page() as page:
        await live(page)
        chart = page.get_by_role("slider", name="History of prana")
        await chart.focus()
        await page.keyboard.press("End")
        await expect(chart).to_have_attribute("aria-valuetext", re.compile(r": 0\.720$"))
        await page.keyboard.press("Home")
        await expect(chart).not_to_have_attribute("aria-valuetext", re.compile(r": 0\.720$"))
        await page.keyboard.press("End")
        # The charts are drawn again up to a later time; the step begins where the cursor stands.
        await board.send("ucf.update", set={"zoom": 0.93})
        last = await chart.get_attribute("aria-valuemax")
        await expect(chart).not_to_have_attribute("aria-valuenow", last or "")
        await page.keyboard.press("ArrowLeft")
        await expect(chart).to_have_attribute("aria-valuetext", re.compile(r": 0\.720$"))
        await page.keyboard.press("ArrowLeft")
        await expect(chart).to_have_attribute("aria-valuetext", re.compile(r": 0\.610$"))
        readout = page.locator('[data-metric="prana"] .readout')
        await expect(readout).to_contain_text("0.610")
        # All charts are read at the same moment.
        await expect(page.locator('[data-metric="zoom"] .cursor')).not_to_have_attribute("hidden", "")
        await page.keyboard.press("Escape")
        await expect(readout).not_to_contain_text(": 0.610")


async def test_another_range_is_asked_for_and_drawn(board: Dashboard) -> None:
    async with board.page() as page:
        await live(page)
        async with page.expect_response(lambda response: "since=7d" in response.url) as asked:
            await page.locator('#ranges label:has-text("7 d")').click()
        assert (await asked.value).status == 200
        await expect(page.locator('[data-metric="harmony"] .chart .line')).to_have_count(1)


async def test_the_colours_are_switched_and_remembered(board: Dashboard) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    async with board.page(colours="light") as page:
        await live(page)
        light = await page.evaluate(ground)
        await page.get_by_role("button", name="Colours: Auto").click()
        await expect(page.get_by_role("button", name="Colours: Dark")).to_be_visible()
        dark = await page.evaluate(ground)
        assert dark != light
        await page.reload()
        assert await page.evaluate(ground) == dark
        await expect(page.get_by_role("button", name="Colours: Dark")).to_be_visible()


async def test_nothing_moves_for_who_wants_no_motion(board: Dashboard) -> None:
    async with board.page(reduced_motion="reduce") as page:
        await live(page)
        await board.send("ucf.update", set={"drishti": 0.66})
        await expect(_value(page, "drishti")).to_have_text("0.660")
        assert await page.evaluate("document.getAnimations().length") == 0
