"""The commands of the cog visuals."""

from bot.catalog.entry import SERVER_ONLY, Access, CogInfo, CommandEntry, Cooldown, Level, Param

COG = CogInfo("visuals", "Visuals", "Pictures of the field")

_PICTURES = Cooldown(3, 30.0)

ENTRIES = COG.commands(
    CommandEntry(
        name="visualize",
        aliases=("visual", "render", "image", "fractal", "aion"),
        params=(
            Param(
                "style",
                "What to draw",
                kind="choice",
                choices=("mandelbrot", "julia", "ouroboros", "mandala"),
            ),
        ),
        summary="Draw a picture of the current field.",
        example="!visualize julia",
        ttl_s=300.0,
        cooldown=_PICTURES,
    ),
    CommandEntry(
        name="icon",
        aliases=("server-icon",),
        params=(
            Param("action", "What to do", kind="choice", default="info", choices=("info", "set", "cycle")),
            Param("value", "The mode to set; for cycle: on or off"),
        ),
        form="[info|set <mode>|cycle on|cycle off]",
        summary="Show or set this server's icon, or let it change daily.",
        example="!icon info",
        access=Access(Level.admin, local=True),
        where=SERVER_ONLY,
        cooldown=_PICTURES,
        quick=("info",),
    ),
)
