import pytest

from bot import catalog
from bot.catalog import page as command_page
from bot.catalog.entry import CommandEntry, Level


def test_the_page_is_what_the_catalog_says() -> None:
    assert command_page.PATH.read_text(encoding="utf-8") == command_page.render(), "run `make docs`"


def test_every_command_is_on_the_page_once() -> None:
    page = command_page.render()
    for entry in catalog.ENTRIES:
        assert page.count(f"`!{entry.name} ") + page.count(f"`!{entry.name}`") >= 1, entry.name


@pytest.mark.parametrize("entry", catalog.ENTRIES, ids=lambda entry: entry.name)
def test_commands_with_local_access_are_marked(entry: CommandEntry) -> None:
    row = next(line for line in command_page.render().splitlines() if line.startswith(f"| `!{entry.name}"))
    who = row.replace("\\|", "").split("|")[2]
    powers = [
        level for level in (entry.access.level, *entry.access.actions.values()) if level > Level.everyone
    ]
    assert who.count("†") == (len(powers) if entry.access.local else 0)
