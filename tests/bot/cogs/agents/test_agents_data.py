import random
import re
from datetime import timedelta

import pytest

from bot.cogs.agents import _history, _roster, _screens, _wisdom
from bot.cogs.agents._roster import UnknownLayer
from bot.cogs.agents.sayings import SAYINGS
from bot.replies import last_said
from core.runtime.kernel import Kernel
from core.store.kv import KeyValueStore
from state.agents import ROSTER, find_agent
from state.change import JournalRow
from state.collective import Collective
from tests.manual_clock import ManualClock

SHADOW = find_agent("Shadow")


@pytest.mark.parametrize("word", ["Operational", "operational", " OPER ", "o"])
def test_a_layer_is_named_in_any_case_or_by_its_beginning(word: str) -> None:
    assert _roster.parse_layer(word) == "Operational"


def test_without_a_layer_all_are_shown() -> None:
    assert _roster.parse_layer(None) is None


@pytest.mark.parametrize("word", ["operatoinal", "x", ""])
def test_an_unknown_layer_is_refused(word: str) -> None:
    with pytest.raises(UnknownLayer, match="There is no layer"):
        _roster.parse_layer(word)


def test_the_roster_has_all_fourteen_by_layer(collective: Collective) -> None:
    roster = _roster.build_roster(collective.monitor.agents(), None)
    assert [layer for layer, _ in roster.layers] == ["Consciousness", "Operational", "Integration"]
    assert [agent.name for _, agents in roster.layers for agent in agents] == [spec.name for spec in ROSTER]
    assert roster.total == 14
    assert roster.active == sum(agent.status == "active" for agent in collective.monitor.agents())


def test_one_layer_alone_still_counts_all_agents(collective: Collective) -> None:
    roster = _roster.build_roster(collective.monitor.agents(), "Integration")
    assert [layer for layer, _ in roster.layers] == ["Integration"]
    assert roster.total == 14


def test_a_sheet_has_the_check_that_measures_the_agent(collective: Collective, kernel: Kernel) -> None:
    sheet = _roster.build_sheet(SHADOW, collective.monitor.agents(), kernel.health)
    assert sheet.view.name == "Shadow"
    assert sheet.check is not None
    assert sheet.check.name == "journal"


async def record(collective: Collective, **fields: object) -> None:
    row = {"kind": "agent", "subject": "Shadow", "cause": "system", "before": "active", "after": "degraded"}
    await collective.manager.record(JournalRow(**{**row, **fields}))  # type: ignore[arg-type]  # a test's shorthand


async def fetch(collective: Collective, clock: ManualClock, **options: object) -> _history.History:
    given = {"since": clock.now() - timedelta(days=7), **options}
    return await _history.fetch_history(collective.journal, SHADOW, **given)  # type: ignore[arg-type]  # likewise


async def test_history_has_only_this_agents_entries_newest_first(
    collective: Collective, clock: ManualClock
) -> None:
    await record(collective, after="first")
    await record(collective, subject="Kael", after="another's")
    await record(collective, after="second")
    history = await fetch(collective, clock)
    assert [_history.describe(entry) for entry in history.entries] == ["active → second", "active → first"]
    assert history.total == 2


async def test_history_shows_who_and_why_at_home(collective: Collective, clock: ManualClock) -> None:
    await record(collective, actor="Ada", actor_id=7, reason="a drill")
    shown = _screens.history(await fetch(collective, clock), SHADOW, 7, 0, show_people=True)
    assert "-# by Ada · a drill" in (shown.embed.description or "")


async def test_history_outside_home_leaves_out_who_and_why(
    collective: Collective, clock: ManualClock
) -> None:
    await record(collective, actor="Ada", actor_id=7, reason="a drill")
    shown = _screens.history(await fetch(collective, clock), SHADOW, 7, 0, show_people=False)
    assert "active → degraded" in (shown.embed.description or "")
    assert "Ada" not in repr(shown.embed.to_dict())
    assert "a drill" not in repr(shown.embed.to_dict())


async def test_history_leaves_out_what_is_older_than_asked_for(
    collective: Collective, clock: ManualClock
) -> None:
    await record(collective)
    clock.advance(8 * 86_400)
    assert (await fetch(collective, clock)).entries == ()


async def test_a_page_turned_later_shows_the_same_list(collective: Collective, clock: ManualClock) -> None:
    await record(collective, after="seen")
    first = await fetch(collective, clock)
    await record(collective, after="came since")
    again = await fetch(collective, clock, newest_id=first.newest_id)
    assert again.entries == first.entries


async def test_entries_beyond_the_limit_are_counted(collective: Collective, clock: ManualClock) -> None:
    row = JournalRow(kind="agent", subject="Shadow", cause="system", before="a", after="b")
    await collective.manager.record(*[row] * 505)
    history = await fetch(collective, clock)
    assert (len(history.entries), history.total) == (500, 505)


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"before": None, "after": "active"}, "– → active"),
        (
            {"before": {"status": "down"}, "after": {"status": "active", "task": "mapping"}},
            "down → active, mapping",
        ),
        ({"kind": "report", "cause": "file", "after": {"status": "active"}}, "reported by file: active"),
        ({"before": 1, "after": {"x": 2}}, '1 → {"x":2}'),
    ],
)
async def test_every_kind_of_entry_is_said_in_a_line(
    collective: Collective, clock: ManualClock, fields: dict[str, object], what: str
) -> None:
    await record(collective, **fields)
    assert _history.describe((await fetch(collective, clock)).entries[0]) == what


def test_all_fourteen_have_at_least_eight_sayings_of_their_own() -> None:
    assert set(SAYINGS) == {spec.name for spec in ROSTER}
    assert all(len(set(texts)) >= 8 for texts in SAYINGS.values())
    texts = [text for texts in SAYINGS.values() for text in texts]
    assert len(texts) == len(set(texts))


def test_sayings_fit_a_phone() -> None:
    for texts in SAYINGS.values():
        for text in texts:
            assert len(text) <= 140
            assert re.search(r"[.?!”]$", text)


def test_a_saying_belongs_to_the_agent_and_differs_from_the_last() -> None:
    draw = random.Random(1)
    for last in SAYINGS["Kael"]:
        text = _wisdom.pick_saying("Kael", last, draw.choice)
        assert text != last
        assert _wisdom.author_of(text) == "Kael"


def test_without_a_name_any_agent_may_be_chosen() -> None:
    draw = random.Random(1)
    heard = {_wisdom.author_of(_wisdom.pick_saying(None, None, draw.choice)) for _ in range(300)}
    assert heard == set(SAYINGS)


def _scope(collective: Collective) -> tuple[KeyValueStore, str]:
    return collective.key_values, "scope"


def _alternate(last: str | None) -> str:
    return "b" if last == "a" else "a"


async def test_no_saying_repeats_in_a_row_in_a_channel(collective: Collective) -> None:
    heard = [await last_said.choose(*_scope(collective), "here", _alternate) for _ in range(40)]
    assert heard == ["a", "b"] * 20


async def test_concurrent_callers_get_different_sayings(collective: Collective) -> None:
    import asyncio

    both = await asyncio.gather(
        *(last_said.choose(*_scope(collective), "here", _alternate) for _ in range(2))
    )
    assert set(both) == {"a", "b"}


async def test_channels_do_not_share_their_last_saying(collective: Collective) -> None:
    await last_said.choose(*_scope(collective), "here", lambda _: "a")
    seen: list[str | None] = []

    def pick(last: str | None) -> str:
        seen.append(last)
        return "a"

    await last_said.choose(*_scope(collective), "there", pick)
    assert seen == [None]


async def test_the_longest_silent_places_are_forgotten(
    collective: Collective, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.replies.last_said.MAX_PLACES", 3)
    for place in ("old", "b", "c", "d"):
        clock.advance(1)
        await last_said.choose(*_scope(collective), place, lambda _: "said")
    kept = await collective.key_values.items("scope#last-said")
    assert set(kept) == {"b", "c", "d"}
