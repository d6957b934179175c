"""Dice, coins and fortunes with the real client on the sandbox."""

from tests.bot.cogs.talk import Talk, text_of


async def test_without_dice_one_d20_is_rolled(talk: Talk) -> None:
    assert "`1d20`" in text_of(await talk.ask("member", "!roll"))
    assert "`1d20`" in text_of(await talk.ask("member", "!d20"))


async def test_markdown_in_the_question_is_escaped(talk: Talk) -> None:
    text = text_of(await talk.ask("member", "!8ball is **this** [it](https://example.org)?"))
    assert "\\*\\*this\\*\\*" in text


async def test_one_coin_is_heads_or_tails(talk: Talk) -> None:
    assert text_of(await talk.slash("member", "coinflip")).startswith(("🪙 Heads", "🪙 Tails"))


async def test_a_fortune_is_the_same_by_prefix_and_slash(talk: Talk) -> None:
    first = text_of(await talk.ask("member", "!fortune libra"))
    assert text_of(await talk.slash("member", "fortune", sign="libra")) == first
    assert text_of(await talk.ask("admin", "!fortune libra")) != first


async def test_the_vibe_of_another_member_is_checked_by_mention_name_and_option(talk: Talk) -> None:
    admin = talk.sandbox.users["admin"]
    texts = {
        text_of(await talk.ask("member", f"!vibe-check <@{admin}>")),
        text_of(await talk.ask("owner", "!vibe Adam (admin)")),
        text_of(await talk.slash("mod", "vibe-check", member=str(admin))),
    }
    assert len(texts) == 1
    assert "Vibe check: Adam (admin)" in texts.pop()


async def test_a_direct_message_allows_the_vibe_of_its_author_only(talk: Talk) -> None:
    own = text_of(await talk.ask("member", "!vibe-check", dm=True))
    assert "Vibe check: Mika" in own
    member = talk.sandbox.users["member"]
    assert text_of(await talk.ask("member", f"!vibe-check <@{member}>", dm=True)) == own
    told = text_of(await talk.ask("member", "!vibe-check adam", dm=True))
    assert "in a direct message you can only name yourself" in told


async def test_dice_and_signs_are_completed(talk: Talk) -> None:
    assert await talk.complete("member", "fortune", "sign", "li") == ["libra"]
    assert "4d6kh3" in await talk.complete("member", "roll", "dice", "4d6")
