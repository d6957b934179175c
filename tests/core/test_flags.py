import logging

import pytest

from core.flags import Flags, UnknownFlag
from core.settings import Settings, load_settings


def flags(**environ: str) -> Flags:
    return Flags(load_settings(environ, None).settings)


def test_every_flag_is_on_by_default() -> None:
    assert [(flag.name, flag.value, flag.source) for flag in flags().describe()] == [
        ("response_caching", True, "default"),
        ("lazy_commands", True, "default"),
        ("state_watching", True, "default"),
    ]


def test_the_environment_decides_at_start() -> None:
    off = flags(ENABLE_LAZY_COMMANDS="false")
    assert not off.lazy_commands
    assert off.response_caching
    assert off.state_watching
    assert off.describe()[1].source == "environment"


@pytest.mark.parametrize(
    "name",
    ["lazy_commands", "LAZY_COMMANDS", "ENABLE_LAZY_COMMANDS", "enable_lazy_commands", " lazy-commands "],
)
def test_a_flag_goes_by_its_short_and_its_long_name_in_any_case(name: str) -> None:
    assert flags(ENABLE_LAZY_COMMANDS="0").value(name) is False


def test_an_unknown_flag_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UnknownFlag, match="Did you mean 'lazy_commands'"):
        flags().switch("lazy_comands", True)
    with pytest.raises(UnknownFlag):
        flags().value("")
    with pytest.raises(UnknownFlag, match="'response_caching'"):
        flags().value("ENABLE_RESPONSE_CACHE")


def test_a_switch_shows_as_overridden_until_it_is_taken_back() -> None:
    these = flags(ENABLE_STATE_WATCHING="true")
    assert these.switch("state_watching", False).source == "overridden until restart"
    assert these.switch("state_watching", True).source == "environment"


def test_a_reader_sees_every_switch() -> None:
    these = Flags(Settings())
    read = these.reader("ENABLE_RESPONSE_CACHING")
    assert read()
    these.switch("response_caching", False)
    assert not read()


def test_listeners_hear_of_a_change_and_of_nothing_else() -> None:
    these, heard = Flags(Settings()), list[tuple[str, bool]]()
    these.on_switch(lambda name, on: heard.append((name, on)))
    these.switch("ENABLE_LAZY_COMMANDS", True)
    these.switch("ENABLE_LAZY_COMMANDS", False)
    assert heard == [("lazy_commands", False)]


def test_a_listener_that_fails_is_logged_and_does_not_keep_the_next_from_hearing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    these, heard = Flags(Settings()), list[bool]()

    def fail(_name: str, _on: bool) -> None:
        raise RuntimeError("no")

    these.on_switch(fail)
    these.on_switch(lambda _name, on: heard.append(on))
    with caplog.at_level(logging.ERROR):
        these.switch("lazy_commands", False)
    assert heard == [False]
    assert "flag.listener_failed flag=lazy_commands" in caplog.text
