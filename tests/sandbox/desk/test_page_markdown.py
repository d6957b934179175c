"""The page's Markdown, rendered by the real modules in a real Chromium."""

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_RENDER = """async ([text]) => {
    const { renderMarkdown } = await import("/static/js/markdown.js");
    const names = {
        userName: (id) => (id === "7" ? "Kael" : "unknown-user"),
        role: (id) => (id === "8" ? { name: "Mods", colour: null } : null),
        channelName: (id) => (id === "9" ? "general" : null),
        openChannel: () => {},
        useCommand: () => {},
    };
    const box = document.createElement("div");
    box.append(renderMarkdown(text, names));
    for (const node of box.querySelectorAll("time")) node.replaceChildren("T");
    return box;
}"""


async def _html(modules: Page, text: str) -> str:
    box = await modules.evaluate_handle(_RENDER, [text])
    html: str = await box.evaluate("(node) => node.innerHTML")
    return html


async def _count(modules: Page, text: str, selector: str) -> int:
    box = await modules.evaluate_handle(_RENDER, [text])
    count: int = await box.evaluate("(node, selector) => node.querySelectorAll(selector).length", selector)
    return count


def _line(inside: str) -> str:
    return f'<div class="paragraph">{inside}</div>'


_X = _line("x")


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("plain", "plain"),
        ("**bold**", "<strong>bold</strong>"),
        ("*italic* and _italic_", "<em>italic</em> and <em>italic</em>"),
        ("__under__", "<u>under</u>"),
        ("~~gone~~", "<s>gone</s>"),
        ("***both***", "<strong><em>both</em></strong>"),
        ("**bold *inside* it**", "<strong>bold <em>inside</em> it</strong>"),
        ("a `code **not bold**` b", "a <code>code **not bold**</code> b"),
        ("``a ` b``", "<code>a ` b</code>"),
        ("``open and `code`", "``open and <code>code</code>"),
        ("snake_case_name", "snake_case_name"),
        (r"\*not italic\*", "*not italic*"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("one\ntwo", "one<br>two"),
        ("**open", "**open"),
        (r"**a\*b**", "<strong>a*b</strong>"),
        (r"*a\*b*", "<em>a*b</em>"),
        ("<@7>", '<span class="mention" data-user="7">@Kael</span>'),
        ("<@!7>", '<span class="mention" data-user="7">@Kael</span>'),
        ("<@&8>", '<span class="mention">@Mods</span>'),
        ("<@&1>", '<span class="mention">@deleted-role</span>'),
        ("<#9>", '<button type="button" class="mention">#general</button>'),
        ("<#1>", '<span class="mention" data-channel="1">#unknown</span>'),
        ("</status:5>", '<button type="button" class="mention">/status</button>'),
        ("@everyone", '<span class="mention">@everyone</span>'),
        ("<:spark:123>", '<span class="emoji-name">:spark:</span>'),
        ("<id:browse>", '<span class="mention">#browse</span>'),
        ("<evil:/x>", "<span>evil:/x</span>"),
    ],
)
async def test_inline_marks_become_elements(modules: Page, text: str, inside: str) -> None:
    assert await _html(modules, text) == _line(inside)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# One", '<div class="heading heading-1" role="heading" aria-level="4">One</div>'),
        ("### Three", '<div class="heading heading-3" role="heading" aria-level="6">Three</div>'),
        ("#no heading", _line("#no heading")),
        ("-# small", '<div class="subtext">small</div>'),
        ("> a\n> b\nc", f"<blockquote>{_line('a<br>b')}</blockquote>{_line('c')}"),
        ("  > a", f"<blockquote>{_line('a')}</blockquote>"),
        ("a\n  >>> b", f"{_line('a')}<blockquote>{_line('b')}</blockquote>"),
        ("a\n>>> b\nc", f"{_line('a')}<blockquote>{_line('b<br>c')}</blockquote>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("- a\n1. b", '<ul><li>a</li></ul><ol start="1"><li>b</li></ol>'),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        (
            "x\n```py\na *b*\n```\nx",
            f'{_X}<pre tabindex="0" aria-label="Code, py"><code data-language="py">a *b*</code></pre>{_X}',
        ),
        ("```one line```", '<pre tabindex="0" aria-label="Code"><code>one line</code></pre>'),
        (
            "```\n>>> prompt\n```",
            '<pre tabindex="0" aria-label="Code"><code>&gt;&gt;&gt; prompt</code></pre>',
        ),
    ],
)
async def test_blocks_become_elements(modules: Page, text: str, html: str) -> None:
    assert await _html(modules, text) == html


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("https://example.org/a_b_c?x=1.", "https://example.org/a_b_c?x=1"),
        ("<https://example.org/a>", "https://example.org/a"),
        ("[words](https://example.org/b)", "https://example.org/b"),
        ('[words](<https://example.org/c> "title")', "https://example.org/c"),
        (r"[words](https\://example.org/d)", "https://example.org/d"),
        (r"[words](https:\/\/example.org/e\_f)", "https://example.org/e_f"),
        ("<a@example.org>", "mailto:a@example.org"),
        ("<mailto:a@example.org>", "mailto:a@example.org"),
        ("<+1 (555) 123 4567>", "tel:+1 (555) 123 4567"),
    ],
)
async def test_web_addresses_become_links(modules: Page, text: str, href: str) -> None:
    box = await modules.evaluate_handle(_RENDER, [text])
    found: Any = await box.evaluate("(n) => [...n.querySelectorAll('a')].map((a) => [a.href, a.rel])")
    assert found == [[href, "noopener noreferrer nofollow"]]


async def test_the_label_of_a_link_shows_its_backslashes(modules: Page) -> None:
    assert r">a\*b</a>" in await _html(modules, r"[a\*b](https://example.org)")


async def test_a_label_that_looks_like_an_address_makes_no_link(modules: Page) -> None:
    text = "[https://example.org](https://evil.example)"
    box = await modules.evaluate_handle(_RENDER, [text])
    assert await box.evaluate("(node) => node.textContent") == text


@pytest.mark.parametrize(
    "text",
    [
        "[click](javascript:alert(1))",
        "<javascript:alert(1)>",
        "[click](data:text/html,<script>1</script>)",
        "javascript:alert(1)",
        "[x](https://)",
    ],
)
async def test_no_other_scheme_becomes_a_link(modules: Page, text: str) -> None:
    assert await _count(modules, text, "a") == 0


async def test_html_stays_text(modules: Page) -> None:
    text = '<img src=x onerror=alert(1)><b>"&amp;</b> **<i>x</i>**'
    box = await modules.evaluate_handle(_RENDER, [text])
    assert await box.evaluate("(node) => node.textContent") == text.replace("**", "")
    assert await _count(modules, text, "img, b, i, script") == 0


async def test_a_timestamp_shows_a_time_that_knows_its_moment(modules: Page) -> None:
    assert await _html(modules, "<t:0:D>") == _line(
        '<span class="moment"><time datetime="1970-01-01T00:00:00.000Z" '
        f'title="{await _title(modules)}">T</time></span>'
    )
    assert await _count(modules, "<t:0:R>", "time[data-relative]") == 1


async def _title(modules: Page) -> str:
    title: str = await modules.evaluate(
        "new Intl.DateTimeFormat(undefined, {dateStyle: 'full', timeStyle: 'short'}).format(new Date(0))"
    )
    return title


async def test_a_timestamp_out_of_range_breaks_nothing(modules: Page) -> None:
    assert "an invalid date" in await _html(modules, "<t:9999999999999>") + await modules.evaluate(
        "import('/static/js/time.js').then((m) => m.timeElement(new Date(NaN), 'f').textContent)"
    )


async def test_a_spoiler_is_hidden_until_it_is_pressed(modules: Page) -> None:
    await modules.evaluate(f"({_RENDER})(['||secret||']).then((box) => document.body.replaceChildren(box))")
    spoiler = modules.get_by_role("button", name="Spoiler, press to show")
    assert await modules.locator(".spoiler-inside").get_attribute("aria-hidden") == "true"
    await spoiler.press("Enter")
    assert await modules.locator(".spoiler.is-shown").count() == 1
    assert await modules.locator(".spoiler-inside").get_attribute("aria-hidden") is None


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "mark", ["**", "__", "||", "> ", "*", "`", "` ``", "[", "<@", "_a", "~~", "- ", "***a"]
)
async def test_deep_nonsense_is_rendered_in_bounded_time(modules: Page, mark: str) -> None:
    text = (mark * 4096)[:4096]
    box = await modules.evaluate_handle(_RENDER, [text])
    assert await box.evaluate("(node) => node.childNodes.length") > 0


async def test_a_carriage_return_begins_a_line_and_a_form_feed_is_left_out(modules: Page) -> None:
    assert await _count(modules, "a\r# b", "h1, h2, h3, [role=heading], .heading") == 1
    assert await _count(modules, "https:\f//example.org", "a") == 1
