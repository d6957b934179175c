"""The commands of the cog rituals."""

from bot.catalog.entry import SERVER_ONLY, Access, CogInfo, CommandEntry, Level, Param

COG = CogInfo("rituals", "Rituals", "The Z-88 engine and its folklore")

ENTRIES = COG.commands(
    CommandEntry(
        name="ritual",
        aliases=("z88",),
        params=(Param("steps", "How many steps, 1 to 1000", kind="int", default="108"),),
        summary="Run a Z-88 ritual; shows live progress and the result.",
        example="!ritual 27",
    ),
    CommandEntry(
        name="harmony",
        aliases=("neti-neti",),
        summary="A short ritual in four phases that raises harmony; once per server every 10 min.",
        example="!harmony",
        where=SERVER_ONLY,
    ),
    CommandEntry(
        name="rituals",
        aliases=("ritual-log",),
        params=(Param("page", "Which page", kind="int", default="1"),),
        form="[page]",
        summary="Running and past rituals; finished ones can be replayed.",
        example="!rituals",
    ),
    CommandEntry(
        name="schedule",
        aliases=("ritual-schedule",),
        params=(
            Param("action", "What to do", kind="choice", default="list", choices=("list", "add", "remove")),
            Param("details", "When and how many steps, or the id to remove", kind="rest"),
        ),
        form="[list|add <when> <steps>|remove <id>]",
        summary='Schedule rituals with a cron expression or an interval such as "every 6h".',
        example="!schedule add every 6h 27",
        access=Access(Level.mod),
    ),
    CommandEntry(
        name="folklore",
        aliases=("lore", "legends"),
        params=(Param("entry", "One entry", kind="rest"),),
        summary="Anomalies, legends, hymns and laws: counts, last seen, next promotion.",
        example="!folklore void",
        ttl_s=30.0,
    ),
)
