"""Hints that name a command fit who reads them: what the reader may not run says who may."""

from __future__ import annotations

import discord
import pytest

from bot.access import Caller, hints
from bot.text import embeds
from tests.bot.cogs.talk import Talk, text_of
from tests.bot.support import RunningBot

MEMBER = Caller(1, "Ada", guild_id=5, at_home=True)
MOD = Caller(1, "Ada", guild_id=5, at_home=True, manage_guild=True)
ADMIN = Caller(1, "Ada", guild_id=5, at_home=True, administrator=True)
VISITING_ADMIN = Caller(1, "Ada", guild_id=6, administrator=True)
IN_PRIVATE = Caller(1, "Ada")


@pytest.mark.parametrize(
    ("caller", "text", "shown"),
    [
        (MEMBER, "`/restore x` does it.", "`/restore x` (for admins) does it."),
        (MEMBER, "`!restore x` does it.", "`!restore x` (for admins) does it."),
        (MEMBER, "`/run` submits one.", "`/run` (for mods) submits one."),
        (MOD, "`/run` submits one.", "`/run` submits one."),
        (ADMIN, "`/restore x` or `/run`", "`/restore x` or `/run`"),
        (MEMBER, "An admin stops it with `/halt`.", "An admin stops it with `/halt`."),
        (MEMBER, "Tell an admin. Then `/halt`.", "Tell an admin. Then `/halt` (for admins)."),
        (MEMBER, "See `/alerts`.", "See `/alerts`."),
        (MEMBER, "See `/alerts list`.", "See `/alerts list`."),
        (MEMBER, "`/alerts ack 3`", "`/alerts ack 3` (for mods)"),
        (VISITING_ADMIN, "`/restore x`", "`/restore x` (for admins, in the home server)"),
        (VISITING_ADMIN, "`/setup`", "`/setup`"),
        (IN_PRIVATE, "`/setup`", "`/setup` (in a server)"),
        (IN_PRIVATE, "`/resume`", "`/resume` (for admins, in the home server)"),
        (MEMBER, "`restore` and `/nonsense` and /restore", "`restore` and `/nonsense` and /restore"),
        (MEMBER, r"typed \`/restore\` here", r"typed \`/restore\` here"),
    ],
)
def test_a_command_the_reader_may_not_run_says_who_may(caller: Caller, text: str, shown: str) -> None:
    assert hints.fit(text, lambda: caller, "!") == shown


def test_hints_go_into_a_copy_of_a_card_and_are_left_out_without_room() -> None:
    card = embeds.card("", ("`/restore`",), fields=(embeds.Field("a", "`/run`"),))
    fitted = hints.fit_card(card, lambda: MEMBER, "!")
    assert fitted.description == "`/restore` (for admins)"
    assert fitted.fields[0].value == "`/run` (for mods)"
    assert card.description == "`/restore`"
    full = discord.Embed(description="`/run`".ljust(embeds.DESCRIPTION_LIMIT, "x"))
    assert hints.fit_card(full, lambda: MEMBER, "!") is full


def test_the_reader_is_looked_up_only_if_hints_are_needed() -> None:
    def never() -> Caller:
        raise AssertionError

    assert hints.fit("`/status`, `/help`", never, "!") == "`/status`, `/help`"


@pytest.mark.usefixtures("running_bot")
async def test_archive_says_to_members_who_may_restore(talk: Talk) -> None:
    assert "`/restore storm` (for admins)" in text_of(await talk.ask("member", "!archive storm"))
    assert "(for admins)" not in text_of(await talk.ask("admin", "!archive storm"))


@pytest.mark.usefixtures("running_bot")
async def test_jobs_says_to_members_who_may_run_directives(talk: Talk) -> None:
    assert "`/run` (for mods)" in text_of(await talk.ask("member", "!jobs"))
    assert "(for mods)" not in text_of(await talk.slash("mod", "jobs"))


async def test_advice_of_a_check_says_who_may_follow_it(talk: Talk, running_bot: RunningBot) -> None:
    running_bot.kernel.health.report("extra", "warn", "a test", action="`/resume` lets it work again.")
    assert "`/resume` (for admins) lets" in text_of(await talk.ask("member", "!health"))


async def test_an_error_says_who_may_follow_it(talk: Talk, running_bot: RunningBot) -> None:
    await running_bot.bot.loader.unload("agents")
    assert "`!load agents` (for admins)" in text_of(await talk.ask("member", "!agents"))
    assert "`/load agents`" in text_of(await talk.slash("admin", "agents"))


async def test_a_turned_page_has_hints_for_the_reader_who_turned_it(
    talk: Talk, running_bot: RunningBot
) -> None:
    for number in range(20):
        running_bot.kernel.health.report(f"extra-{number:02}", "warn", "a test", action="Try `/resume`.")
    reply = await talk.ask("member", "!health")
    await talk.press("member", reply, "▶️")
    second = await talk.edited(reply, lambda one: "Page 2 of" in text_of(one))
    assert "`/resume` (for admins)" in text_of(second)
