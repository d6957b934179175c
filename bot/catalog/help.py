"""The commands of the cog help."""

from bot.catalog.entry import CogInfo, CommandEntry, Param

COG = CogInfo("help", "Help", "Finding your way")

ENTRIES = COG.commands(
    CommandEntry(
        name="help",
        aliases=("commands", "cmds", "h"),
        params=(Param("topic", "A command or a category", kind="rest"),),
        form="[command or category]",
        summary="List every command by category, or explain one command.",
        example="!help status",
        ephemeral=True,
    ),
)
