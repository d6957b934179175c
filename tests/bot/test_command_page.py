from bot import catalog, command_page


def test_the_page_is_what_the_catalog_says() -> None:
    assert command_page.PATH.read_text(encoding="utf-8") == command_page.render(), "run `make docs`"


def test_every_command_is_on_the_page_once() -> None:
    page = command_page.render()
    for entry in catalog.ENTRIES:
        assert page.count(f"`!{entry.name} ") + page.count(f"`!{entry.name}`") >= 1, entry.name
