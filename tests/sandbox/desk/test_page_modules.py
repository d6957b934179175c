"""Single modules of the chat page: permissions, name search, and the length of lists."""

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_READ, _WRITE, _MODERATE = 1 << 10, (1 << 10) | (1 << 11), (1 << 10) | (1 << 11) | (1 << 34)
_STORE = """
    const { Store } = await import("/static/js/store.js");
    const { whyClosed } = await import("/static/js/permits.js");
    const { channel, meets, rooms } = given;
    const store = new Store();
    store.bot = { user: { id: "5", username: "Helix" }, prefix: "!" };
    const room = { id: "31", name: "open-to-bots", type: 0, permissions: String(rooms) };
    const members = meets ? [{ user: store.bot.user, roles: [] }] : [];
    store.guilds = [{ id: "1", members, roles: [], channels: [room], threads: [] }];
    store.dms = [{ id: "40", type: 1 }];
    store.commands = [{ name: "status" }];
    if (channel !== null && channel.id !== "40") store.guilds[0].channels.push(channel);
    store.channelId = channel?.id ?? null;
    const why = whyClosed(store);
"""


def _channel(permissions: int, **more: Any) -> dict[str, Any]:
    return {"id": "32", "name": "here", "type": 0, "permissions": str(permissions)} | more


def _given(channel: dict[str, Any] | None, *, meets: bool = True, rooms: int = _WRITE) -> dict[str, Any]:
    """The open place, whether a server is shared with the bot, and the permissions in its other channel."""
    return {"channel": channel, "meets": meets, "rooms": rooms}


@pytest.mark.parametrize(
    ("given", "text", "leads_to"),
    [
        (_given(_channel(_WRITE)), None, None),
        (_given(_channel(_READ)), "do not have permission to send messages", "31"),
        (_given(_channel(_READ), rooms=_READ), "do not have permission to send messages", "40"),
        (_given(_channel(_READ), rooms=_READ, meets=False), "do not have permission to send messages", None),
        (_given(_channel(_WRITE, thread_metadata={"locked": True})), "This thread is locked", "31"),
        (_given(_channel(_MODERATE, thread_metadata={"locked": True})), None, None),
        (_given({"id": "40"}), None, None),
        (_given({"id": "40"}, meets=False), "You share no server with Helix yet", None),
        (_given(None, meets=False), "You share no server with Helix yet", None),
    ],
)
async def test_a_closed_message_box_says_why_and_where_one_may_write(
    modules: Page, given: dict[str, Any], text: str | None, leads_to: str | None
) -> None:
    why = await modules.evaluate(f"async (given) => {{ {_STORE} return why; }}", given)
    assert (why is None) == (text is None)
    if text is not None:
        assert text in why["text"]
        assert (why["channel"] and why["channel"]["id"]) == leads_to


@pytest.mark.parametrize(("permissions", "names"), [(_WRITE, []), (_WRITE | 1 << 31, ["status"])])
async def test_slash_commands_are_offered_where_they_may_be_used(
    modules: Page, permissions: int, names: list[str]
) -> None:
    body = "return store.slashCommands().map((command) => command.name);"
    found = await modules.evaluate(f"async (given) => {{ {_STORE} {body} }}", _given(_channel(permissions)))
    assert found == names


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("help", ["help"]),
        ("hel", ["help"]),
        ("hlp", ["help"]),
        ("hepl", ["help"]),
        ("stauts", ["status"]),
        ("state", ["status"]),
        ("lat", ["ping"]),
        ("us", ["status"]),
        ("hx", []),
        ("unrelated", []),
        ("", ["status", "help", "ping"]),
    ],
)
async def test_names_are_found_by_their_letters_and_by_a_slip_of_them(
    modules: Page, word: str, found: list[str]
) -> None:
    names = await modules.evaluate(
        """async (word) => {
            const { rankOrGuess } = await import("/static/js/ranking.js");
            const entries = [["status"], ["help"], ["ping", "latency"]];
            return rankOrGuess(word, entries, (names) => names).map(([name]) => name);
        }""",
        word,
    )
    assert names == found


async def test_a_list_that_is_cut_says_how_much_there_is(modules: Page) -> None:
    shown = await modules.evaluate("""async () => {
        const { Completion } = await import("/static/js/completion.js");
        const input = document.createElement("input");
        const panel = document.createElement("div");
        panel.append(document.createElement("p"), document.createElement("ul"));
        document.body.replaceChildren(input, panel);
        const items = Array.from({ length: 130 }, (_, index) => ({ label: String(index) }));
        const completion = new Completion(input, panel, { find: () => ({ title: "People", items }) });
        input.focus();
        await completion.update();
        return [panel.firstChild.textContent, panel.lastChild.children.length];
    }""")
    assert shown == ["People · the first 100 of 130: type more to narrow the list", 100]
