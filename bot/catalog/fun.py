"""The commands of the cog fun."""

from bot.catalog.entry import CogInfo, CommandEntry, Param

COG = CogInfo("fun", "Fun", "Dice, coins and fortunes")

ENTRIES = COG.commands(
    CommandEntry(
        name="8ball",
        aliases=("oracle",),
        params=(Param("question", "What you want to know", kind="rest", required=True),),
        summary="An answer whose tone follows harmony.",
        example="!8ball Will it hold?",
    ),
    CommandEntry(
        name="roll",
        aliases=("dice", "d20"),
        params=(Param("dice", "Such as 2d6, 4d6kh3 or 1d20+5", kind="rest", default="1d20"),),
        summary="Roll dice and show each result.",
        example="!roll 4d6kh3",
    ),
    CommandEntry(
        name="coinflip",
        aliases=("flip",),
        params=(Param("count", "How many coins", kind="int", default="1"),),
        summary="Flip fair coins; the UCF has no influence.",
        example="!coinflip 3",
    ),
    CommandEntry(
        name="fortune",
        aliases=("horoscope", "reading"),
        params=(Param("sign", "Your sign"),),
        summary="Your fortune for today.",
        example="!fortune libra",
    ),
    CommandEntry(
        name="vibe-check",
        aliases=("vibe", "reality-check"),
        params=(Param("member", "The member; you if omitted", kind="member"),),
        summary="A vibe, computed from the field and the person's day.",
        example="!vibe-check",
    ),
)
