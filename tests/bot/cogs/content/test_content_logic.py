"""What the commands about documents are told, in plain functions and through dpytest."""

import pytest

from bot.arguments.parsing import UnknownAction
from bot.cogs.consciousness._level import BANDS
from bot.cogs.content import _arguments
from bot.cogs.rituals._harmony import PHASES
from bot.cogs.rituals._limits import REST
from bot.text import documents
from tests.bot.cogs.logic import reply_to

CODEX = documents.load("codex")


@pytest.mark.parametrize(("word", "key"), [("agents", "agents"), ("AGE", "agents"), (" Ucf ", "ucf")])
def test_a_section_is_named_in_any_case_or_by_its_beginning(word: str, key: str) -> None:
    found = _arguments.parse_section(word, CODEX)
    assert found is not None
    assert found.key == key


def test_without_a_name_there_is_no_section_and_a_wrong_one_is_answered_with_the_nearest() -> None:
    assert _arguments.parse_section(None, CODEX) is None
    with pytest.raises(_arguments.UnknownSection, match="Did you mean 'rituals'"):
        _arguments.parse_section("ritauls", CODEX)
    with pytest.raises(_arguments.UnknownSection, match="Known"):
        _arguments.parse_section(" ", CODEX)


def test_only_post_is_an_action() -> None:
    assert _arguments.parse_action(None) is False
    assert _arguments.parse_action(" Post ") is True
    with pytest.raises(UnknownAction, match="no action called"):
        _arguments.parse_action("post it")


def test_a_channel_needs_the_action_post() -> None:
    _arguments.refuse_channel(None, "agents", "codex")
    with pytest.raises(_arguments.WrongUse, match="`codex post #general`, not `agents`"):
        _arguments.refuse_channel("general", "agents", "codex")


def test_a_button_of_a_removed_document_shows_the_manifesto() -> None:
    assert _arguments.parse_name("rules") == "rules"
    assert _arguments.parse_name("poem") == "manifesto"


def test_the_codex_knows_bands_emotions_and_phases_as_the_commands_do() -> None:
    consciousness = CODEX.find("consciousness")
    rituals = CODEX.find("rituals")
    assert consciousness is not None
    assert rituals is not None
    for least, band in BANDS:
        assert (f"**{band}** ({least})" if least else f"**{band}**") in consciousness.text
    assert all(phase.split(" ", 1)[1].split(":")[0] in rituals.text for phase in PHASES)
    assert f"rests {REST.seconds // 60} minutes" in rituals.text


@pytest.mark.usefixtures("logic_bot")
async def test_everyone_may_read_and_only_admins_may_post() -> None:
    assert "One field" in await reply_to("!manifesto", member=1)
    assert "**Glossary**" in await reply_to("!cv", member=1)
    assert "good from 0.7" in await reply_to("!codex ucf", member=1)
    assert "Be kind" in await reply_to("!rules", member=1)
    assert "needs an administrator" in await reply_to("!codex post", member=1)
    assert "Say where" in await reply_to("!update-rules post")
