"""The chat page's forms: filled in by keyboard, checked, submitted, and usable on a phone."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.sandbox.page_bot import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _open(page: Page) -> Locator:
    box = page.get_by_label("Message", exact=True)
    await box.fill("/form")
    await box.press("Enter")
    await box.press("Enter")
    dialog = page.get_by_role("dialog", name="A note")
    await expect(dialog).to_be_visible()
    return dialog


async def test_a_form_is_checked_filled_in_and_submitted(stage: Stage) -> None:
    async with stage.page() as page:
        dialog = await _open(page)
        name = dialog.get_by_label("Name")
        await expect(name).to_be_focused()
        await dialog.get_by_role("button", name="Submit").click()
        await expect(dialog).to_contain_text("This is required.")
        await expect(name).to_have_attribute("aria-invalid", "true")
        await name.fill("x")
        await dialog.get_by_role("button", name="Submit").click()
        await expect(dialog).to_contain_text("Enter at least 2 characters.")
        await name.fill("Spiral")
        await dialog.get_by_label("Text").fill("first line\nsecond line")
        await dialog.get_by_role("button", name="Layers").click()
        await page.get_by_role("option", name="Consciousness").click()
        await page.get_by_role("option", name="Integration").click()
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_visible()
        await dialog.get_by_role("button", name="Submit").click()
        await expect(dialog).to_have_count(0)
        answer = page.locator(".message", has_text="kept Spiral").last
        await expect(answer).to_contain_text("22 characters in Consciousness, Integration")


async def test_escape_closes_a_form_and_sends_nothing(stage: Stage) -> None:
    async with stage.page("member") as page:
        dialog = await _open(page)
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await expect(page.get_by_label("Message", exact=True)).to_be_focused()


async def test_tab_stays_in_the_form(stage: Stage) -> None:
    async with stage.page("member") as page:
        dialog = await _open(page)
        for _ in range(12):
            await page.keyboard.press("Tab")
            outside = "document.activeElement !== document.body && !document.activeElement.closest('dialog')"
            assert not await page.evaluate(outside)
        await dialog.get_by_role("button", name="Cancel").click()


async def test_a_form_fits_a_phone(stage: Stage) -> None:
    async with stage.page(width=390, height=844) as page:
        dialog = await _open(page)
        box = await dialog.bounding_box()
        assert box is not None
        assert (box["x"], box["width"]) == (0, 390)
        assert box["y"] + box["height"] <= 844
        await expect(dialog.get_by_role("button", name="Submit")).to_be_in_viewport()
        await dialog.get_by_role("button", name="Close the form").click()
