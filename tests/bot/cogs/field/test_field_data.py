"""What the commands about the field compute, without Discord."""

from __future__ import annotations

import msgspec
import pytest

from bot.cogs.field import _alerts, _field, _screens, _tune
from bot.cogs.field._arguments import Shift, WrongInput
from bot.replies import pages
from state.change import Actor
from state.collective import Collective
from state.models import DEFAULT_UCF, METRICS, UCF

GOOD = msgspec.structs.replace(DEFAULT_UCF, harmony=0.9, resilience=1.2, prana=0.7, drishti=0.7)
ADA = Actor("command", "Ada", 5)


def ucf(**values: float) -> UCF:
    return msgspec.structs.replace(GOOD, **values)


def advice(field: UCF, *, running: bool = False) -> str:
    return _field.advise(field, "!", ritual_running=running)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Nothing to do: all six are good."),
        ({"harmony": 0.5}, "`!harmony` raises it toward 0.7"),
        ({"klesha": 0.35}, "`!ritual 108` lowers it by 0.05"),
        ({"klesha": 0.6}, "`!ritual 648` lowers it by 0.30"),
        ({"klesha": 0.9}, "`!ritual 108` lowers it by 0.05"),
        ({"zoom": 1.9}, "`!tune zoom 1.0`"),
        ({"prana": 0.4}, "may promote a hymn, which raises it; `!tune prana +0.10` raises it at once"),
        ({"resilience": 0.9999}, "`!tune resilience +0.01`"),
        # Critical comes before fair, whatever the distance.
        ({"harmony": 0.31, "drishti": 0.29}, "Raise drishti"),
    ],
)
def test_the_next_sensible_action_is_for_the_worst(values: dict[str, float], said: str) -> None:
    assert said in advice(ucf(**values))


def test_no_ritual_is_advised_while_one_runs() -> None:
    assert "A ritual is running" in advice(ucf(klesha=0.6), running=True)
    assert "tune zoom" in advice(ucf(zoom=0.1), running=True)


def test_advice_for_one_value_concerns_that_value() -> None:
    field = ucf(klesha=0.6)
    assert _field.advise(field, "!", ritual_running=False, among=("zoom",)) == (
        "Nothing to do: this value is good."
    )


def test_a_row_has_its_change_in_a_day() -> None:
    row = _field.build_row("klesha", ucf(klesha=0.5), ucf(klesha=0.2))
    assert row.moved == pytest.approx(0.3)
    assert _field.build_row("klesha", GOOD, None).moved is None


def test_the_field_fits_a_phone_and_says_every_bound() -> None:
    view = _field.FieldView(tuple(_field.build_row(name, GOOD, GOOD) for name in METRICS), "rest")
    text = _screens.field(view).description or ""
    assert text.count("→ steady") == 6
    assert "good 0 to 0.3 · critical above 0.7" in text
    assert "critical below 0.5 or above 1.8" in text
    assert max(len(line) for line in text.splitlines()) < 60


async def test_tuning_twice_to_the_same_value_changes_nothing(collective: Collective) -> None:
    manager = collective.manager
    first = await _tune.tune(manager, "harmony", Shift(0.6, relative=False), ADA, "why not")
    version, entries = manager.snapshot.version, await collective.journal.count()
    second = await _tune.tune(manager, "harmony", Shift(0.6, relative=False), ADA, None)
    assert (first.changed, second.changed) == (True, False)
    assert (manager.snapshot.version, await collective.journal.count()) == (version, entries)
    assert manager.snapshot.source == "tune"
    entry = (await collective.journal.entries(subject="harmony"))[0]
    assert (entry.actor, entry.reason, entry.before, entry.after) == ("Ada", "why not", 0.5, 0.6)


async def test_concurrent_shifts_add_up(collective: Collective) -> None:
    for _ in range(3):
        await _tune.tune(collective.manager, "prana", Shift(0.1, relative=True), ADA, None)
    assert collective.manager.snapshot.ucf.prana == 0.8
    with pytest.raises(WrongInput, match=r"prana goes from 0 to 1, and 0\.8 \+ 0\.3 would be 1\.1"):
        await _tune.tune(collective.manager, "prana", Shift(0.3, relative=True), ADA, None)
    with pytest.raises(WrongInput, match=r"and 1\.5 is outside"):
        await _tune.tune(collective.manager, "prana", Shift(1.5, relative=False), ADA, None)


async def test_alerts_are_listed_open_first_and_newest_first(collective: Collective) -> None:
    alerts = collective.alerts
    for key in ("a", "b", "c"):
        await alerts.raise_(key, "warning", key)
    await alerts.clear("b")
    view = await _alerts.fetch_alerts(alerts)
    assert [alert.key for alert in view.alerts] == ["c", "a", "b"]
    page = pages.share(view.alerts, 0, per_page=_alerts.PER_PAGE)
    assert (page.count, len(page.parts)) == (1, 3)
    assert (_screens.alerts(view, page, show_people=True).embed.description or "").startswith("2 alerts open")


async def test_without_open_alerts_the_list_says_so(collective: Collective) -> None:
    view = await _alerts.fetch_alerts(collective.alerts)
    page = pages.share(view.alerts, 0, per_page=_alerts.PER_PAGE)
    assert "No alert is open." in (_screens.alerts(view, page, show_people=True).embed.description or "")
