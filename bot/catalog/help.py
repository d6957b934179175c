"""The commands of the cog help."""

from bot.catalog.entry import CogInfo, CommandEntry, Param

COG = CogInfo("help", "Help", "Finding your way")

ENTRIES = COG.commands(
    CommandEntry(
        name="help",
        aliases=("commands", "cmds", "h"),
        params=(Param("topic", "A command or a category", kind="rest"),),
        form="[command or category]",
        summary="Find your way: every command by category, or one command in full.",
        example="!help status",
        ephemeral=True,
    ),
)
