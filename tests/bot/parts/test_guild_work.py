"""One long piece of work on a server at a time."""

import pytest

from bot.parts.guild_work import Busy, GuildWork


def test_only_one_works_on_a_server_and_others_are_free() -> None:
    work = GuildWork()
    with work.hold(1, "setup"):
        with pytest.raises(Busy, match="`setup` is already running"), work.hold(1, "setup-roles"):
            pass
        with work.hold(2, "setup"):
            pass
    with work.hold(1, "setup-roles"):
        pass


def test_a_server_is_let_go_early_and_after_an_error() -> None:
    work = GuildWork()
    with work.hold(1, "setup") as let_go:
        let_go()
        with work.hold(1, "setup-roles"):
            pass
    with pytest.raises(LookupError), work.hold(1, "setup"):
        raise LookupError
    with work.hold(1, "setup"):
        pass
