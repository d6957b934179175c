from types import SimpleNamespace
from typing import Any

from bot.catalog.entry import Cooldown
from bot.dispatch.cooldowns import UserCooldowns


def _from(user: int) -> Any:
    return SimpleNamespace(author=SimpleNamespace(id=user))


def _kept(cooldowns: UserCooldowns) -> int:
    return len(cooldowns._cache)


def test_a_user_may_so_often_and_again_after_the_window() -> None:
    cooldowns = UserCooldowns(Cooldown(2, 10.0))
    waits = [cooldowns.update_rate_limit(_from(1), moment) for moment in (100.0, 101.0, 102.0, 111.0)]
    assert waits == [None, None, 8.0, None]


def test_users_do_not_share_a_cooldown() -> None:
    cooldowns = UserCooldowns(Cooldown(1, 10.0))
    assert cooldowns.update_rate_limit(_from(1), 100.0) is None
    assert cooldowns.update_rate_limit(_from(2), 100.0) is None


def test_who_has_been_silent_for_two_windows_is_forgotten() -> None:
    cooldowns = UserCooldowns(Cooldown(1, 10.0))
    for user in range(1000):
        cooldowns.update_rate_limit(_from(user), 100.0)
    assert _kept(cooldowns) == 1000
    cooldowns.update_rate_limit(_from(0), 121.0)
    assert _kept(cooldowns) == 1


def test_a_window_is_swept_once() -> None:
    cooldowns = UserCooldowns(Cooldown(1, 10.0))
    cooldowns.update_rate_limit(_from(1), 100.0)
    cooldowns.update_rate_limit(_from(2), 110.5)
    cooldowns.update_rate_limit(_from(3), 111.5)
    assert _kept(cooldowns) == 2, "1 is forgotten at the first call of its next window, and 2 not yet"


def test_a_clock_that_is_set_back_still_sweeps() -> None:
    cooldowns = UserCooldowns(Cooldown(1, 10.0))
    cooldowns.update_rate_limit(_from(1), 5000.0)
    cooldowns.update_rate_limit(_from(2), 100.0)
    cooldowns.update_rate_limit(_from(3), 111.0)
    assert 2 not in cooldowns._cache
