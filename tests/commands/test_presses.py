"""Every privileged button and menu, pressed by those who lack the access: it is checked at each press."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator

import pytest

from bot import catalog
from bot.catalog.entry import Level
from bot.replies import buttons
from tests.bot.cogs.talk import Talk
from tests.bot.support import RunningBot
from tests.commands.refusing import Stranger, assert_refused, strangers
from tests.commands.table import traces


def cog_of(module: object) -> type:
    return next(
        one
        for _, one in inspect.getmembers(module, inspect.isclass)
        if hasattr(one, "__cog_name__") and one.__module__ == getattr(module, "__name__", "")
    )


def presses() -> Iterator[object]:
    """Each handler whose command or action not everybody may use, with each of those who may not."""
    for info in catalog.COGS:
        module = importlib.import_module(f"bot.cogs.{info.name}")
        for _, mark in inspect.getmembers(cog_of(module), lambda one: hasattr(one, buttons.MARK)):
            route = getattr(mark, buttons.MARK)
            entry = catalog.find(route.command)
            assert entry is not None
            level = entry.access.needed(route.needs)
            for stranger in strangers(level, local=entry.access.local) if level > Level.everyone else ():
                name = f"{route.cog}-{route.action}-{stranger.user}-{stranger.place}"
                yield pytest.param(route.cog, route.action, stranger, id=name)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(("cog", "action", "stranger"), list(presses()))
async def test_a_press_by_a_stranger_is_refused_alone_and_changes_nothing(
    steady_bot: RunningBot, steady_talk: Talk, cog: str, action: str, stranger: Stranger
) -> None:
    running, talk = steady_bot, steady_talk
    before = await traces(running)
    # A button of nobody in particular, as those in the alerts channel are.
    item = await buttons.button(running.bot, cog, action, 0, "1", label="go")
    place = running.bot.get_partial_messageable(stranger.channel(talk.sandbox))
    sent = await place.send("press", view=buttons.view_of(item))
    shown = {"id": str(sent.id), "components": [row.to_dict() for row in sent.components]}
    answer = await talk.answer_to(await talk.press(stranger.user, shown, "go"))
    assert_refused(answer["content"])
    assert answer["flags"] & 64
    assert await traces(running) == before
