"""The commands of the cog diagnostics."""

from bot.catalog.entry import Access, CogInfo, CommandEntry, Cooldown, Level

COG = CogInfo("diagnostics", "Diagnostics", "The self-test")

ENTRIES = COG.commands(
    CommandEntry(
        name="test-all",
        aliases=("selftest", "validate", "test-integrations"),
        summary="Run the self-test, with live progress and a report.",
        example="!test-all",
        access=Access(Level.admin),
        cooldown=Cooldown(1, 60.0),
    ),
)
