import pytest

from bot import access, catalog
from bot.access import Caller
from bot.catalog.entry import Access, CommandEntry, Cooldown, Level
from bot.cogs.help import _screens, _topics
from bot.cogs.help._topics import NoSuchTopic
from bot.text.embeds import check

MEMBER = Caller(user_id=1, display_name="member", guild_id=9, at_home=True)
ADMIN = Caller(user_id=2, display_name="admin", guild_id=9, at_home=True, administrator=True)
FOREIGN_ADMIN = Caller(user_id=3, display_name="visitor", guild_id=8, administrator=True)


def visible(caller: Caller) -> tuple[CommandEntry, ...]:
    return access.visible_entries(caller)


def test_categories_hold_only_what_the_reader_may_run() -> None:
    names = {category.info.name for category in _topics.build_categories(visible(MEMBER))}
    assert "monitoring" in names
    assert "admin" not in names
    assert "admin" in {category.info.name for category in _topics.build_categories(visible(ADMIN))}


def test_an_admin_of_another_server_sees_no_admin_category() -> None:
    assert "admin" not in {one.info.name for one in _topics.build_categories(visible(FOREIGN_ADMIN))}


def test_categories_stand_in_the_order_of_the_catalog() -> None:
    shown = [one.info for one in _topics.build_categories(visible(ADMIN))]
    assert shown == [info for info in catalog.COGS if info in shown]


@pytest.mark.parametrize("word", ["status", "STATUS", " status ", "!status", "/status", "s"])
def test_a_command_is_found_by_name_alias_and_prefixed_name(word: str) -> None:
    topic = _topics.find_topic(word, visible(MEMBER), prefix="!")
    assert topic.entry is not None
    assert topic.entry.name == "status"
    assert topic.category is None


def test_a_name_that_is_both_is_the_command_and_the_category() -> None:
    topic = _topics.find_topic("agents", visible(MEMBER), prefix="!")
    assert topic.entry is not None
    assert topic.entry.name == "agents"
    assert topic.category is not None
    assert topic.category.info.name == "agents"


def test_a_category_is_found_by_its_title() -> None:
    topic = _topics.find_topic("Monitoring", visible(MEMBER), prefix="!")
    assert topic.entry is None
    assert topic.category is not None


def test_commands_the_reader_may_not_run_are_not_found() -> None:
    with pytest.raises(NoSuchTopic, match="no command or category `reload`"):
        _topics.find_topic("reload", visible(MEMBER), prefix="!")


def test_a_typo_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(NoSuchTopic, match="Did you mean `status`"):
        _topics.find_topic("staus", visible(MEMBER), prefix="!")


def test_suggestions_name_only_what_the_reader_may_run() -> None:
    with pytest.raises(NoSuchTopic) as error:
        _topics.find_topic("relaod", visible(MEMBER), prefix="!")
    assert "`reload`" not in str(error.value)


def test_an_unknown_topic_is_answered_with_a_hint() -> None:
    with pytest.raises(NoSuchTopic, match=r"`\?help` shows all"):
        _topics.find_topic("qqqqqqqq`", visible(MEMBER), prefix="?")


@pytest.mark.parametrize(
    ("access_", "words"),
    [
        (Access(), "everyone"),
        (Access(Level.admin), "admins (of the home server)"),
        (Access(Level.admin, local=True), "admins (of the server where it is used)"),
        (
            Access(actions={"ack": Level.mod, "mute": Level.mod, "list": Level.everyone}),
            "everyone · ack, mute: mods (of the home server)",
        ),
    ],
)
def test_access_is_described_in_words(access_: Access, words: str) -> None:
    entry = CommandEntry(name="x", cog="fun", summary="X.", example="!x", access=access_)
    assert _topics.describe_access(entry) == words


def test_a_cooldown_is_described_in_words() -> None:
    entry = CommandEntry(name="x", cog="fun", summary="X.", example="!x", cooldown=Cooldown(1, 60.0))
    assert _topics.describe_cooldown(entry) == "once in 60 s"


def test_examples_carry_the_prefix_that_is_in_use() -> None:
    entry = CommandEntry(name="x", cog="fun", summary="X.", example="!x 1")
    assert _topics.with_prefix(entry, "?") == "?x 1"


def test_a_command_page_says_usage_aliases_access_cooldown_and_example() -> None:
    entry = catalog.find("metrics")
    assert entry is not None
    text = _screens.command(entry, "?").description or ""
    for part in (
        "?metrics [http|commands|cache|webhooks]",
        "`?stats`",
        "everyone",
        "5 times in 10 s",
        "`?metrics http`",
    ):
        assert part in text


def test_every_page_of_help_is_within_discords_limits() -> None:
    categories = _topics.build_categories(catalog.ENTRIES)
    check(None, [_screens.overview(categories, "!")])
    for category in categories:
        for entry in category.entries:
            check(None, [_screens.command(entry, "!"), _screens.category(category, "!")])
